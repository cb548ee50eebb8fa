"""Nobody's tasks keep another's waiting: how many one person has, and in which order."""

import asyncio
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from tests.auth.factories import make_user, sign_in
from tests.conftest import Configure, MakeClient
from tests.tasks.workers import working
from tests.tasks.workplace import Order, Workplace, kind_of, store
from tests.waiting import eventually
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.models import Priority
from unwrapped.tasks.queue import requeue_lost
from unwrapped.tasks.service import TaskService, TooManyTasks
from unwrapped.tasks.settings import TASKS_PER_USER, TaskSettings

ONE, OTHER, THIRD = "tests.one", "tests.other", "tests.third"
KINDS = [kind_of(store, name) for name in (ONE, OTHER, THIRD)]

JOBS = text("""SELECT task.id FROM pgq.pgqueuer AS job
JOIN background_task AS task ON uuid_send(task.id) = job.payload
WHERE job.status = 'queued' ORDER BY job.priority DESC, job.id""")


async def somebody_else(workplace: Workplace) -> Workplace:
    """The same database, in the hands of another person."""
    async with workplace.resources.database.session() as session:
        return Workplace(workplace.resources, (await make_user(session)).id or 0)


async def order_of(workplace: Workplace) -> list[UUID]:
    """The queued tasks, as workers take them."""
    async with workplace.resources.database.session() as session:
        return list(await session.scalars(JOBS))


async def try_to_begin(workplace: Workplace, key: str) -> UUID | None:
    """Begin a task under the limit; None when it is refused."""
    try:
        async with workplace.resources.database.session() as session:
            tasks = TaskService(session, TASKS_PER_USER)
            task = await tasks.begin_task(workplace.user_id, ONE, key, Order())
    except TooManyTasks:
        return None
    return task.id


async def test_twenty_of_fifty_tasks_at_once_are_begun(workplace: Workplace) -> None:
    other = await somebody_else(workplace)
    begun = await asyncio.gather(
        *(try_to_begin(workplace, str(number)) for number in range(50))
    )
    assert len([task_id for task_id in begun if task_id]) == TASKS_PER_USER == 20
    assert await workplace.count("background_task") == TASKS_PER_USER
    assert await workplace.jobs() == TASKS_PER_USER
    assert await try_to_begin(other, "one") is not None


async def test_the_same_task_is_no_new_one_and_an_ended_one_makes_room(
    joined: Workplace,
) -> None:
    ids = [await try_to_begin(joined, str(n)) for n in range(TASKS_PER_USER)]
    assert await try_to_begin(joined, "0") == ids[0]
    assert await try_to_begin(joined, "new") is None
    await joined.cancel(ids[3] or UUID(int=0))
    assert await try_to_begin(joined, "new") is not None


async def test_a_refused_task_leaves_nothing_in_a_transaction_that_goes_on(
    joined: Workplace,
) -> None:
    for number in range(TASKS_PER_USER):
        await try_to_begin(joined, str(number))
    async with joined.resources.database.session() as session:
        with pytest.raises(TooManyTasks):
            await TaskService(session).begin_task(joined.user_id, ONE, "new", Order())
    assert await joined.count("background_task") == TASKS_PER_USER


async def test_a_retried_task_is_one_more(joined: Workplace) -> None:
    failed = await joined.begin(ONE, "failed")
    await joined.execute(
        "UPDATE background_task SET status = 'failed', retryable = true"
    )
    for number in range(TASKS_PER_USER):
        await try_to_begin(joined, str(number))
    async with joined.resources.database.session() as session:
        with pytest.raises(TooManyTasks):
            await TaskService(session).retry_task(joined.user_id, failed)
    assert (await joined.row(failed)).status == "failed"


async def test_the_refusal_is_a_429_that_says_what_to_do(
    cloned_resources: Resources,
    make_client: MakeClient,
    configure: Configure,
) -> None:
    configure(TaskSettings, tasks_per_user=1)
    client: httpx2.AsyncClient = make_client(cloned_resources)
    ada = await sign_in(cloned_resources)
    mine = Workplace(cloned_resources, ada.id)
    failed = await mine.begin(ONE)
    await mine.execute("UPDATE background_task SET status = 'failed', retryable = true")
    await mine.begin(OTHER)
    refused = await client.post(f"/api/v1/tasks/{failed}/retry", headers=ada.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tasks")
    assert "Wait until one has ended, or cancel one." in refused.json()["detail"]


async def test_everybody_s_first_goes_before_anybody_s_second_whatever_they_are(
    workplace: Workplace,
) -> None:
    """Interactive ones of one person used to go before all that others wait for."""
    other, third = await somebody_else(workplace), await somebody_else(workplace)
    mine = [
        await workplace.begin(ONE, str(number), priority=Priority.INTERACTIVE)
        for number in range(10)
    ]
    theirs = [await other.begin(OTHER, str(number)) for number in range(2)]
    sync = await third.begin(THIRD)
    assert await order_of(workplace) == [
        *(mine[0], theirs[0], sync),
        *(mine[1], theirs[1]),
        *mine[2:],
    ]


async def test_an_interactive_task_goes_before_the_persons_other_tasks(
    workplace: Workplace,
) -> None:
    other = await somebody_else(workplace)
    mine = [await workplace.begin(ONE, str(number)) for number in range(3)]
    theirs = await other.begin(ONE)
    urgent = await workplace.begin(OTHER, priority=Priority.INTERACTIVE)
    assert await order_of(workplace) == [theirs, urgent, *mine]


async def test_a_running_task_counts_as_the_first(workplace: Workplace) -> None:
    other = await somebody_else(workplace)
    running = await workplace.begin(ONE)
    await workplace.execute("UPDATE background_task SET status = 'processing'")
    await workplace.execute("UPDATE pgq.pgqueuer SET status = 'picked'")
    second = await workplace.begin(OTHER, priority=Priority.INTERACTIVE)
    first = await other.begin(ONE)
    assert running not in await order_of(workplace)
    assert await order_of(workplace) == [first, second]


async def test_a_person_who_keeps_beginning_tasks_is_not_always_next(
    workplace: Workplace,
) -> None:
    """Somebody with twenty tasks, and another one for each that has ended."""
    other = await somebody_else(workplace)
    taken: list[int] = []

    async def work(task: RunningTask) -> None:
        taken.append(task.user_id)
        if task.user_id == workplace.user_id:
            await workplace.begin(ONE, str(task.id), priority=Priority.INTERACTIVE)
        async with task.finishing():
            pass

    for number in range(TASKS_PER_USER):
        await workplace.begin(ONE, str(number), priority=Priority.INTERACTIVE)
    kinds = [kind_of(work, name, alone=True) for name in (ONE, OTHER)]
    async with working(workplace.resources, *kinds):
        await eventually(lambda: len(taken) >= 5)
        for number in range(4):
            await other.begin(OTHER, str(number))
        await eventually(lambda: taken.count(other.user_id) == 4)
    theirs = [n for n, user_id in enumerate(taken) if user_id == other.user_id]
    assert theirs[3] - theirs[0] <= 3 + 4  # one of mine before each of theirs


async def test_a_waiting_person_is_not_overtaken_by_all_later_ones(
    workplace: Workplace,
) -> None:
    mine = [await workplace.begin(ONE, str(number)) for number in range(2)]
    first = await somebody_else(workplace)
    order = [mine[0], await first.begin(ONE)]
    assert await order_of(workplace) == [*order, mine[1]]
    # Both firsts are taken: a person who comes now is in the second round.
    await workplace.execute("DELETE FROM pgq.pgqueuer WHERE priority = 0")
    await workplace.execute(
        "UPDATE background_task SET status = 'completed' WHERE NOT EXISTS"
        " (SELECT FROM pgq.pgqueuer WHERE payload = uuid_send(background_task.id))"
    )
    late = await (await somebody_else(workplace)).begin(ONE)
    assert await order_of(workplace) == [mine[1], late]


async def test_a_lost_job_comes_back_to_its_place(workplace: Workplace) -> None:
    other = await somebody_else(workplace)
    mine = [await workplace.begin(ONE, str(number)) for number in range(3)]
    theirs = [await other.begin(ONE, str(number)) for number in range(2)]
    await workplace.execute("DELETE FROM pgq.pgqueuer")
    assert await requeue_lost(workplace.resources) == 5
    order = await order_of(workplace)
    assert order.index(mine[0]) < order.index(mine[1]) < order.index(mine[2])
    assert {*order[:2]} == {mine[0], theirs[0]}
    assert {*order[2:4]} == {mine[1], theirs[1]}
