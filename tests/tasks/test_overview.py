"""The operator's view of all people's tasks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import make_user
from tests.music.factories import make_task
from unwrapped.tasks.models import TASKS, TaskStatus
from unwrapped.tasks.overview import (
    QueueOfKind,
    TaskDetails,
    TaskFilter,
    UnclearTaskId,
    find_task,
    read_overview,
)
from unwrapped.tasks.service import TaskNotFound

EVERYTHING = TaskFilter()
IMPORT, ANALYSIS = "music.import", "music.analysis"


@pytest.fixture
async def ada(session: AsyncSession) -> int:
    """A user."""
    return (await make_user(session, username="Ada")).id or 0


@pytest.fixture
async def now(session: AsyncSession) -> datetime:
    """The time of the test's transaction."""
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    return now


async def make(session: AsyncSession, user_id: int, now: datetime, **over: Any) -> UUID:
    """A task; `ago` and what ends with `_ago` are seconds."""
    for name in [name for name in over if name.endswith("ago")]:
        moment = now - timedelta(seconds=over.pop(name))
        over[name.removesuffix("_ago") if name != "ago" else "created_at"] = moment
    return (await make_task(session, user_id, **over)).id


async def make_some(session: AsyncSession, ada: int, now: datetime) -> dict[UUID, str]:
    """Tasks of Ada and of Bob, by what they are."""
    bob = (await make_user(session, username="bob")).id or 0
    running, pending = TaskStatus.PROCESSING, TaskStatus.PENDING
    return {
        await make(session, user_id, now, **columns): what
        for what, user_id, columns in (
            ("failed", ada, {"status": "failed", "ago": 90, "completed_at_ago": 30}),
            ("waits", bob, {"status": pending, "ago": 20}),
            (
                "completed",
                ada,
                {"status": "completed", "ago": 95, "completed_at_ago": 10},
            ),
            ("runs", ada, {"status": running, "ago": 10, "kind": ANALYSIS}),
            ("waits longer", ada, {"status": pending, "ago": 40, "kind": ANALYSIS}),
            ("runs longer", bob, {"status": running, "ago": 60}),
            (
                "cancelled",
                bob,
                {"status": "cancelled", "ago": 5, "completed_at_ago": 1},
            ),
        )
    }


@pytest.mark.parametrize(
    ("wanted", "limit", "seen"),
    [
        pytest.param(
            EVERYTHING,
            20,
            "runs longer, runs, waits longer, waits, cancelled, completed, failed",
            id="all",
        ),
        pytest.param(
            EVERYTHING,
            5,
            "runs longer, runs, waits longer, waits, cancelled",
            id="limit",
        ),
        pytest.param(
            EVERYTHING, 3, "runs longer, runs, waits longer", id="active alone"
        ),
        pytest.param(
            TaskFilter(statuses=frozenset({TaskStatus.FAILED, TaskStatus.PENDING})),
            20,
            "waits longer, waits, failed",
            id="statuses",
        ),
        pytest.param(TaskFilter(kind=ANALYSIS), 20, "runs, waits longer", id="kind"),
        pytest.param(TaskFilter(kind="tests.other"), 20, "", id="nothing"),
    ],
)
async def test_active_tasks_come_first_and_then_the_latest_that_ended(
    session: AsyncSession,
    ada: int,
    now: datetime,
    wanted: TaskFilter,
    limit: int,
    seen: str,
) -> None:
    names = await make_some(session, ada, now)
    overview = await read_overview(session, wanted, limit)
    assert ", ".join(names[task.id] for task in overview.tasks) == seen


async def test_the_tasks_of_one_user(
    session: AsyncSession, ada: int, now: datetime
) -> None:
    names = await make_some(session, ada, now)
    wanted = TaskFilter(user_id=ada)
    overview = await read_overview(session, wanted, 20)
    seen = [names[task.id] for task in overview.tasks]
    assert seen == ["runs", "waits longer", "completed", "failed"]
    assert {task.username for task in overview.tasks} == {"Ada"}


async def test_the_queue_says_what_waits_for_a_worker_and_what_for_its_time(
    session: AsyncSession, ada: int, now: datetime
) -> None:
    for columns in (
        {"ago": 300, "updated_at_ago": 300},
        # Begun long ago, failed, and waiting again for a moment only.
        {"ago": 9_000, "updated_at_ago": 5},
        {"ago": 9_000, "updated_at_ago": 900, "next_attempt_at_ago": 400},
        {"ago": 9_000, "updated_at_ago": 900, "next_attempt_at_ago": -60},
        {"status": "processing", "ago": 9_000, "updated_at_ago": 800},
        {"status": "processing", "kind": ANALYSIS, "ago": 8, "updated_at_ago": 8},
        {"status": "completed", "ago": 8, "updated_at_ago": 8, "completed_at_ago": 8},
    ):
        await make(session, ada, now, **columns)
    # The queue is shown whole, with any filter of tasks.
    overview = await read_overview(session, TaskFilter(kind="tests.other"), 1)
    assert overview.queue == [
        QueueOfKind(
            kind=ANALYSIS, waiting=0, postponed=0, running=1, longest_wait_seconds=0
        ),
        QueueOfKind(
            kind=IMPORT, waiting=3, postponed=1, running=1, longest_wait_seconds=400
        ),
    ]


@pytest.mark.parametrize(
    ("columns", "waited", "ran"),
    [
        ({"ago": 60}, 60, None),
        ({"ago": 60, "started_at_ago": 50}, 10, 50),
        ({"ago": 60, "started_at_ago": 50, "completed_at_ago": 20}, 10, 30),
        ({"ago": 60, "completed_at_ago": 20, "status": "cancelled"}, 40, None),
    ],
    ids=["waits", "runs", "ended", "cancelled before it ran"],
)
async def test_a_task_shows_how_long_it_waited_and_ran(
    session: AsyncSession,
    ada: int,
    now: datetime,
    columns: dict[str, Any],
    waited: int,
    ran: int | None,
) -> None:
    await make(session, ada, now, **columns)
    [task] = (await read_overview(session, EVERYTHING, 1)).tasks
    assert task.waited == timedelta(seconds=waited)
    assert task.ran == (None if ran is None else timedelta(seconds=ran))


FIRST = UUID("1a2b3c4d-0000-4000-8000-000000000001")
SECOND = UUID("1a2b3c4e-ffff-4fff-bfff-ffffffffffff")


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        (str(FIRST), FIRST),
        (FIRST.hex.upper(), FIRST),
        ("1a2b3c4d", FIRST),
        ("1a2b3c4d-00", FIRST),
        ("1A2B3C4E", SECOND),
    ],
)
async def test_the_beginning_of_an_id_is_enough(
    session: AsyncSession, ada: int, beginning: str, found: UUID
) -> None:
    for task_id in (FIRST, SECOND):
        await make_task(session, ada, id=task_id)
    assert (await find_task(session, beginning)).id == found


@pytest.mark.parametrize("beginning", ["1a2b3c", "1a2b3c4", "1A2B-3C"])
async def test_a_beginning_of_several_ids_names_them(
    session: AsyncSession, ada: int, beginning: str
) -> None:
    for task_id in (FIRST, SECOND):
        await make_task(session, ada, id=task_id)
    with pytest.raises(UnclearTaskId) as refused:
        await find_task(session, beginning)
    assert refused.value.message.endswith(f"{FIRST}, {SECOND}.")


async def test_only_some_of_many_ids_are_named(session: AsyncSession, ada: int) -> None:
    for number in range(7):
        await make_task(session, ada, id=UUID(int=(0xAB << 120) + number))
    with pytest.raises(UnclearTaskId, match="3, and others"):
        await find_task(session, "ab")


@pytest.mark.parametrize(
    "beginning", ["1a2b3c4d-1", "2", "7d0c2f7e-6c0e-4d5a-8f3a-2f6d1b9a4c10", "f" * 32]
)
async def test_an_id_of_no_task_is_not_found(
    session: AsyncSession, ada: int, beginning: str
) -> None:
    await make_task(session, ada, id=FIRST)
    with pytest.raises(TaskNotFound):
        await find_task(session, beginning)


@pytest.mark.parametrize(
    "beginning", ["", "-", "xyz", "1a%", "a" * 33, "\u0661", "1a\n"]
)
async def test_a_text_that_begins_no_id_is_refused(
    session: AsyncSession, beginning: str
) -> None:
    with pytest.raises(UnclearTaskId, match="from a to f"):
        await find_task(session, beginning)


async def test_the_details_are_all_that_the_row_shows(
    session: AsyncSession, ada: int
) -> None:
    await make_task(session, ada, id=FIRST, params={"uploads": []}, request_id="r-1")
    found = await find_task(session, "1a")
    assert TaskDetails.model_fields.keys() - {"username", "read_at"} == set(
        TASKS.c.keys()
    )
    assert (found.user_id, found.username) == (ada, "Ada")
    assert (found.params, found.request_id) == ({"uploads": []}, "r-1")
