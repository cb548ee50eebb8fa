"""Several workers on one queue: kinds, limits and priorities."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.conftest import Configure
from tests.tasks.workers import working
from tests.tasks.workplace import Workplace, kind_of, store
from tests.waiting import eventually
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.domain import Domain
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.core.settings_sources import InvalidSettings
from unwrapped.main import configuration_of
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.execution.worker import check_kinds, kinds_to_take
from unwrapped.tasks.settings import TaskSettings

ONE, OTHER, THIRD = "tests.one", "tests.other", "tests.third"
DOMAINS = [
    Domain(name="tests", task_kinds=(kind_of(store, ONE), kind_of(store, OTHER)))
]


class Desk:
    """Work that notes what is taken up, in its order, and how much at once."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.at_once = 0
        self.peak = 0
        self.free = asyncio.Event()

    async def work(self, task: RunningTask) -> None:
        """Let some time pass, for others to come."""
        await self._at_desk(task, asyncio.sleep(0.02))

    async def held(self, task: RunningTask) -> None:
        """Wait until the desk is freed."""
        await self._at_desk(task, self.free.wait())

    async def _at_desk(self, task: RunningTask, wait: object) -> None:
        self.taken.append(str(task.id))
        self.at_once += 1
        self.peak = max(self.peak, self.at_once)
        try:
            await wait  # type: ignore[misc]
        finally:
            self.at_once -= 1
        await store(task)


@pytest.fixture
async def second(
    configure: Configure, clone: DatabaseAddress
) -> AsyncIterator[Resources]:
    """The resources of another process on the same database."""
    database = Database(clone)
    yield configure.resources(database)
    await database.dispose()


def test_a_worker_takes_all_kinds_unless_settings_name_some() -> None:
    assert set(kinds_to_take(DOMAINS, TaskSettings())) == {ONE, OTHER}
    one_kind = TaskSettings(worker_kinds=(OTHER,))
    assert set(kinds_to_take(DOMAINS, one_kind)) == {OTHER}


@pytest.mark.parametrize(
    ("variable", "value"),
    [("WORKER_KINDS", f"{ONE}, tests.oter"), ("TASK_LIMITS", "tests.oter=2")],
)
def test_an_unknown_kind_is_refused_with_the_known_ones(
    variable: str, value: str
) -> None:
    setting = {variable.lower(): value}
    configuration = configuration_of(Settings()).replace(TaskSettings, **setting)
    with pytest.raises(InvalidSettings) as refused:
        check_kinds(DOMAINS, configuration)
    for word in (variable, "tests.oter", f"{ONE}, {OTHER}"):
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        ("", {}),
        (f"{ONE}=2", {ONE: 2}),
        (f" {ONE} = 2 , {OTHER}=0,", {ONE: 2, OTHER: 0}),
    ],
)
def test_limits_are_pairs(
    configure: Configure, value: str, limits: dict[str, int]
) -> None:
    configure(TaskSettings, task_limits=value)
    assert configure.of(TaskSettings).task_limits == limits


@pytest.mark.parametrize("value", [ONE, f"{ONE}=", f"{ONE}=many", f"{ONE}=-1"])
def test_invalid_limits_are_refused(configure: Configure, value: str) -> None:
    with pytest.raises(InvalidSettings, match="TASK_LIMITS"):
        configure(TaskSettings, task_limits=value)


async def test_a_worker_leaves_tasks_of_other_kinds_to_others(
    workplace: Workplace, second: Resources, configure: Configure
) -> None:
    one, other = kind_of(store, ONE), kind_of(store, OTHER)
    left = await workplace.begin(ONE)
    taken = await workplace.begin(OTHER)
    configure(TaskSettings, worker_kinds=OTHER)
    async with working(workplace.resources, one, other):
        assert (await workplace.until(taken)).status == "completed"
        later = await workplace.begin(OTHER, "later")
        assert (await workplace.until(later)).status == "completed"
        assert (await workplace.row(left)).status == "pending"
        configure(TaskSettings, worker_kinds=())
        async with working(second, one, other):
            assert (await workplace.until(left)).status == "completed"


@pytest.mark.parametrize("limited_by", ["by the kind", "by the settings"])
async def test_tasks_of_a_limited_kind_run_at_once_up_to_the_limit(
    workplace: Workplace,
    second: Resources,
    configure: Configure,
    limited_by: str,
) -> None:
    desk = Desk()
    if limited_by == "by the settings":
        configure(TaskSettings, task_limits=f"{ONE}=2")
    limited = kind_of(desk.held, ONE, limit=2 if limited_by == "by the kind" else 0)
    free = kind_of(store, OTHER)
    ids = [await workplace.begin(ONE, str(number)) for number in range(6)]
    async with (
        working(workplace.resources, limited, free),
        working(second, limited, free),
    ):
        await eventually(lambda: desk.at_once == 2)
        for number in range(2):
            other = await workplace.begin(OTHER, str(number))
            assert (await workplace.until(other)).status == "completed"
        desk.free.set()
        for task_id in ids:
            assert (await workplace.until(task_id)).status == "completed"
        await workplace.until_no_jobs()
    assert desk.peak == 2
    assert len(desk.taken) == len(set(desk.taken)) == 6


async def test_settings_can_lift_the_limit_of_a_kind(
    workplace: Workplace, configure: Configure
) -> None:
    configure(TaskSettings, task_limits=f"{ONE}=0")
    desk = Desk()
    for number in range(3):
        await workplace.begin(ONE, str(number))
    async with working(workplace.resources, kind_of(desk.held, ONE, limit=1)):
        await eventually(lambda: desk.at_once == 3)
        desk.free.set()
        await workplace.until_no_jobs()


async def test_the_place_of_a_worker_that_died_is_free_again(
    workplace: Workplace, configure: Configure
) -> None:
    configure(TaskSettings, worker_heartbeat_seconds=1)
    ids = [await workplace.begin(ONE, str(number)) for number in range(3)]
    # As a worker leaves it that has just taken the first one up, and is killed.
    await workplace.execute(
        "UPDATE pgq.pgqueuer SET status = 'picked', slot = 0, heartbeat = now(),"
        " queue_manager_id = gen_random_uuid()"
        " WHERE id = (SELECT min(id) FROM pgq.pgqueuer)"
    )
    await workplace.execute(
        "UPDATE background_task SET status = 'processing', attempt = 1 WHERE id = :id",
        id=ids[0],
    )
    desk = Desk()
    async with working(workplace.resources, kind_of(desk.work, ONE, limit=1)):
        rows = [await workplace.until(task_id) for task_id in ids]
        await workplace.until_no_jobs()
    assert [(row.status, row.attempt) for row in rows] == [
        ("completed", 2),
        ("completed", 1),
        ("completed", 1),
    ]
    assert desk.peak == 1


async def test_heavy_tasks_run_one_at_a_time_in_a_worker_and_beside_light_ones(
    workplace: Workplace, second: Resources
) -> None:
    desk = Desk()
    kinds = (
        kind_of(desk.held, ONE, alone=True),
        kind_of(desk.held, OTHER, alone=True),
        kind_of(store, THIRD),
    )
    async with working(workplace.resources, *kinds):
        first = await workplace.begin(ONE)
        await eventually(lambda: desk.taken == [str(first)])
        # Of another kind, but heavy too; begun before the light ones.
        waits = await workplace.begin(OTHER)
        for number in range(3):
            light = await workplace.begin(THIRD, str(number))
            assert (await workplace.until(light)).status == "completed"
        assert desk.taken == [str(first)]
        assert (await workplace.row(waits)).status == "pending"
        # A worker with nothing to do takes it, and the next one waits for either.
        async with working(second, *kinds):
            await eventually(lambda: desk.taken == [str(first), str(waits)])
            last = await workplace.begin(ONE, "last")
            light = await workplace.begin(THIRD, "light")
            assert (await workplace.until(light)).status == "completed"
            assert desk.at_once == 2
            desk.free.set()
            for task_id in (first, waits, last):
                assert (await workplace.until(task_id)).status == "completed"
    assert desk.peak == 2


async def test_a_worker_of_heavy_kinds_alone_takes_the_next_when_one_is_done(
    workplace: Workplace, configure: Configure
) -> None:
    """While one runs there is no kind at all that it could take."""
    configure(TaskSettings, worker_kinds=ONE)
    desk = Desk()
    ids = [await workplace.begin(ONE, str(number)) for number in range(3)]
    kind = kind_of(desk.work, ONE, alone=True)
    async with working(workplace.resources, kind) as worker:
        for task_id in ids:
            assert (await workplace.until(task_id)).status == "completed"
        assert worker.readiness == [True]
    assert desk.peak == 1
