"""`unwrapped worker` as a user runs it, beside web processes and other workers."""

import asyncio
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.auth.factories import make_user
from tests.cli.running import assert_refused
from tests.cli.service import SECRET, Place, Process, assert_not_started
from tests.processes import ROOT, UNWRAPPED
from tests.tasks.workplace import TRACES, Workplace
from unwrapped.core.process_resources import Resources


def test_ctrl_c_is_no_error(settled: Place) -> None:
    worker = settled.worker()
    worker.until_written("worker.ready")
    assert worker.stop(signal.SIGINT) == 0
    settled.assert_nothing_left()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY has a key of 5 bytes"),
        ("WORKER_CONCURRENCY", "1", "WORKER_CONCURRENCY"),
        ("DATABASE_URL", "postgresql://u@127.0.0.1:1/x", "SECRET_KEY is not set"),
    ],
)
def test_invalid_settings_are_refused_in_one_line(
    tmp_path: Path, setting: str, value: str, said: str
) -> None:
    with Place(tmp_path) as place:
        assert_refused(place.run("worker", **{setting: value}), said)


@pytest.mark.parametrize(
    ("command", "setting", "said"),
    [
        ("worker --kinds music.import,music.imprt", "", "names music.imprt, which is"),
        ("worker --kinds ,", "", "names no kind"),
        ("worker --concurrency 1", "", "--concurrency"),
        ("worker", "WORKER_KINDS=music.imprt", "There are music.analysis, music.import"),
        ("worker", "TASK_LIMITS=music.imprt=2", "TASK_LIMITS names music.imprt"),
        ("serve --port 0", "WORKER_KINDS=music.imprt", "WORKER_KINDS names music.imprt"),
        ("serve --port 0", "TASK_LIMITS=music.import", "TASK_LIMITS.MUSIC.IMPORT"),
    ],
)  # fmt: skip
def test_unknown_kinds_are_refused_before_a_database_is_opened(
    tmp_path: Path, command: str, setting: str, said: str
) -> None:
    name, _, value = setting.partition("=")
    with Place(tmp_path) as place:
        outcome = place.run(*command.split(), **({name: value} if name else {}))
        assert_not_started(outcome, said)
        assert not place.cluster().exists()


async def test_a_worker_takes_the_kinds_of_its_options(
    tmp_path: Path, cloned_resources: Resources
) -> None:
    async with cloned_resources.database.session() as session:
        await session.execute(text(TRACES))
        user = await make_user(session)
    workplace = Workplace(cloned_resources, user.id or 0)
    other = await workplace.begin("tests.slow")
    wanted = await workplace.begin("tests.slow_first")
    env = {
        "DATABASE_URL": cloned_resources.database.address.for_asyncpg(),
        "SECRET_KEY": SECRET,
        "UNWRAPPED_HOME": str(tmp_path / "home"),
    }
    options = ("--kinds", "tests.slow_first", "--concurrency", "3")
    command = (*UNWRAPPED[:2], "tests.tasks.worker_child", *options)
    worker = Process(command, tmp_path / "log", ROOT, env)
    try:
        assert (await workplace.until(wanted)).status == "completed"
        assert await asyncio.to_thread(worker.stop) == 0
    finally:
        worker.kill()
    assert (await workplace.row(other)).attempt == 0


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql://u:pw@127.0.0.1:1/x", "SECRET_KEY": SECRET}
    with Place(tmp_path) as place:
        assert_refused(place.run("worker", **env), "No connection to the database")
