"""Beginning tasks: once, and with row and job in one transaction."""

import asyncio
from uuid import UUID

import pytest

from tests.auth.factories import make_user
from tests.tasks.workplace import Order, Workplace
from unwrapped.tasks.service import TaskService

KIND = "tests.work"


async def test_beginning_stores_a_pending_row_and_one_job(joined: Workplace) -> None:
    task = await joined.row(await joined.begin(KIND, seconds=2.5))
    assert (task.status, task.attempt, task.progress) == ("pending", 0, 0.0)
    assert task.params == {"seconds": 2.5}
    assert (task.stage, task.result_data, task.started_at) == (None, None, None)
    assert await joined.jobs() == 1


async def test_an_unknown_kind_is_refused_and_nothing_begins(
    joined: Workplace,
) -> None:
    with pytest.raises(
        ValueError, match=r"tests\.wrok is not a task kind; .*tests\.work"
    ):
        async with joined.resources.database.session() as session:
            await TaskService(session).begin_task(
                joined.user_id, "tests.wrok", "key", Order()
            )
    assert await joined.count("background_task") == 0
    assert await joined.jobs() == 0


async def test_fifty_at_once_begin_one_task(workplace: Workplace) -> None:
    begun = await asyncio.gather(*(workplace.begin(KIND) for _ in range(50)))
    assert len(set(begun)) == 1
    assert await workplace.count("background_task") == 1
    assert await workplace.jobs() == 1


async def test_a_task_that_is_rolled_back_has_neither_row_nor_job(
    workplace: Workplace,
) -> None:
    async def begin_and_fail() -> None:
        async with workplace.resources.database.session() as session:
            # The first statement of the session: SQLAlchemy has begun nothing yet.
            await TaskService(session).begin_task(
                workplace.user_id, KIND, "key", Order()
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await begin_and_fail()
    assert await workplace.count("background_task") == 0
    assert await workplace.jobs() == 0


async def test_nobody_sees_row_or_job_before_both_are_committed(
    workplace: Workplace,
) -> None:
    async with workplace.resources.database.session() as session:
        await TaskService(session).begin_task(workplace.user_id, KIND, "key", Order())
        assert await workplace.count("background_task") == 0
        assert await workplace.jobs() == 0
    assert await workplace.count("background_task") == 1
    assert await workplace.jobs() == 1


async def test_the_second_of_two_requests_waits_for_the_first_to_roll_back(
    workplace: Workplace,
) -> None:
    async with asyncio.timeout(30):
        async with workplace.resources.database.session() as session:
            task = await TaskService(session).begin_task(
                workplace.user_id, KIND, "key", Order()
            )
            first = task.id
            second = asyncio.create_task(workplace.begin(KIND))
            await asyncio.sleep(0.1)
            assert not second.done()
            await session.rollback()
        assert await second != first
    assert await workplace.count("background_task") == 1
    assert await workplace.jobs() == 1


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_a_key_that_has_ended_can_be_begun_again(
    joined: Workplace, status: str
) -> None:
    first = await joined.begin(KIND)
    await joined.execute("UPDATE background_task SET status = :now", now=status)
    second = await joined.begin(KIND)
    assert second != first
    assert await joined.begin(KIND) == second
    assert await joined.jobs() == 2


async def test_a_running_task_is_not_begun_again(
    joined: Workplace,
) -> None:
    first = await joined.begin(KIND)
    await joined.execute("UPDATE background_task SET status = 'processing'")
    assert await joined.begin(KIND) == first
    assert await joined.jobs() == 1


async def test_other_kinds_keys_and_users_are_independent(joined: Workplace) -> None:
    async with joined.resources.database.session() as session:
        somebody = await make_user(session)
    other = Workplace(joined.resources, somebody.id or 0)
    begun: list[UUID] = [
        await joined.begin(KIND),
        await joined.begin("tests.other"),
        await joined.begin(KIND, "another key"),
        await other.begin(KIND),
    ]
    assert len(set(begun)) == 4
    assert await joined.jobs() == 4
