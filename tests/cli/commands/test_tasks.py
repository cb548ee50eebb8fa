"""`unwrapped tasks`: background tasks, for the operator of the server."""

import asyncio
import io
import json
import os
import pty
import re
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console
from sqlalchemy import func, update

from tests.auth.factories import SignedIn, sign_in
from tests.cli.service import Place, Process
from tests.conftest import SECRET
from tests.music.factories import make_task
from tests.processes import UNWRAPPED
from tests.tasks.proxy import DatabaseProxy
from tests.waiting import eventually
from unwrapped.cli.commands.tasks import STATUSES
from unwrapped.cli.display.task_table import (
    draw_details,
    draw_overview,
    in_short,
    line_of,
    queue_in_words,
)
from unwrapped.cli.display.watching import AWAY, View, watch
from unwrapped.cli.main import cli
from unwrapped.core.database import Database
from unwrapped.core.exceptions import AppException
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import TASKS, TaskStatus
from unwrapped.tasks.overview import (
    Overview,
    QueueOfKind,
    TaskDetails,
    TaskLine,
    find_task,
)

FIRST = UUID("1a2b3c4d-0000-4000-8000-000000000001")
SECOND = UUID("1a2b3c4e-0000-4000-8000-000000000002")

type Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def variables(cloned_resources: Resources) -> dict[str, str]:
    """The environment of a command on the test's database."""
    return {
        "DATABASE_URL": cloned_resources.database.address.for_asyncpg(),
        "SECRET_KEY": SECRET,
        "UNWRAPPED_HOME": str(cloned_resources.settings.home),
    }


@pytest.fixture
def run(variables: dict[str, str]) -> Run:
    """Run `unwrapped tasks …` on the test's database, in a thread beside its loop."""

    async def invoke(*arguments: str) -> Result:
        runner = CliRunner(env=variables)
        return await asyncio.to_thread(runner.invoke, cli, ["tasks", *arguments])

    return invoke


@pytest.fixture
async def ada(cloned_resources: Resources) -> SignedIn:
    """Somebody with tasks."""
    return await sign_in(cloned_resources, username="ada")


async def begin(resources: Resources, user: SignedIn, **columns: Any) -> UUID:
    """Make a task without a job, with these columns."""
    async with resources.database.session() as session:
        return (await make_task(session, user.id, **columns)).id


async def change(database: Database, task_id: UUID, **columns: object) -> None:
    """Change columns of a task."""
    async with database.session() as session:
        named = TASKS.c.id == task_id
        await session.execute(update(TASKS).where(named).values(**columns))


def done(result: Result) -> str:
    """The output of a command that succeeded."""
    assert result.exit_code == 0, (result.output, result.exception)
    assert "\x1b" not in result.output
    assert not re.search(" $", result.output, re.MULTILINE)
    return result.output


def refusal(result: Result) -> AppException:
    """The error of a command, which `main` prints in one line, with code 2."""
    assert isinstance(result.exception, AppException), (result.output, result.exception)
    return result.exception


def squeezed(text: str) -> list[str]:
    """The lines, with single spaces and none at the ends."""
    return [" ".join(line.split()) for line in text.splitlines()]


def spelled(value: object) -> str | None:
    """The arguments of a command, as part of a test's name."""
    return " ".join(value) if isinstance(value, list) else None


def test_the_statuses_are_those_of_tasks() -> None:
    assert set(STATUSES) == set(TaskStatus)


async def test_the_table_shows_running_waiting_and_ended_tasks(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    now = datetime.now(UTC)
    await begin(
        cloned_resources, ada, id=FIRST, status="processing", stage="storing", attempt=2,
        progress=0.6, created_at=now - timedelta(hours=5), started_at=now - timedelta(hours=3),
    )  # fmt: skip
    await begin(
        cloned_resources, ada, id=SECOND, kind="music.analysis", status="failed", attempt=3,
        error_code="attempts_exhausted", created_at=now - timedelta(days=9),
        started_at=now - timedelta(days=8), completed_at=now - timedelta(days=4),
    )  # fmt: skip
    listed = done(await run())
    assert squeezed(listed) == [
        "0 waiting, 1 running",
        "",
        "Task Kind User Status Now Try Age Wait Ran",
        "1a2b3c4d music.import ada processing 60% storing 2 5h 2h 3h",
        "1a2b3c4e music.analysis ada failed attempts_exhausted 3 9d 24h 4d",
    ]
    assert done(await run("list")) == listed
    for options, seen in (
        (["--status", "failed"], {"1a2b3c4e"}),
        (["--status", "failed", "--status", "processing"], {"1a2b3c4d", "1a2b3c4e"}),
        (["--kind", "music.analysis", "--user", "ADA"], {"1a2b3c4e"}),
        (["--limit", "1"], {"1a2b3c4d"}),
    ):
        output = done(await run(*options))
        assert {word for word in output.split() if word.startswith("1a2b")} == seen


async def test_without_tasks_the_list_says_so(run: Run) -> None:
    said = done(await run()).splitlines()
    assert said == ["Nothing waits, nothing runs.", "No tasks."]


async def test_the_list_as_json(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    await begin(cloned_resources, ada, id=FIRST)
    shown = json.loads(done(await run("--json")))
    assert [kind["kind"] for kind in shown["queue"]] == ["music.import"]
    [task] = shown["tasks"]
    assert (task["id"], task["username"]) == (str(FIRST), "ada")
    assert (task["status"], task["attempt"]) == ("pending", 0)


async def test_a_task_is_shown_with_all_details(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    await begin(
        cloned_resources, ada, id=FIRST, key="k", status="failed", attempt=4, uncounted=1,
        error_code="invalid", error_message="The zip\x1b[2J is damaged.", priority=1,
        params={"uploads": ["u-1"]}, result_data={"stored": 3}, request_id="r-1",
        created_at=now, started_at=now + timedelta(seconds=5),
        completed_at=now + timedelta(minutes=3),
    )  # fmt: skip
    shown = squeezed(done(await run("show", "1a2b")))
    for line in (
        f"task {FIRST}",
        "kind music.import",
        "key k",
        f"user ada (id {ada.id})",
        "status failed",
        "priority interactive",
        "attempts 4, 1 of them not counted",
        'params {"uploads": ["u-1"]}',
        'result {"stored": 3}',
        "error invalid: The zip [2J is damaged.",
        "retryable no",
        "waited 5s",
        "ran 2m",
        "request r-1",
    ):
        assert line in shown
    [begun] = [line for line in shown if line.startswith("begun")]
    assert begun.startswith("begun 2026-11-23 12:00:00 UTC, ")
    task = json.loads(done(await run("show", "1A2B3C4D", "--json")))
    assert task["id"] == str(FIRST)
    assert (task["params"], task["result_data"]) == (
        {"uploads": ["u-1"]},
        {"stored": 3},
    )


async def test_a_task_is_cancelled_and_a_failed_one_retried_as_by_its_owner(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    database = cloned_resources.database
    await begin(cloned_resources, ada, id=FIRST)
    assert done(await run("cancel", "1a")) == "1a2b3c4d is cancelled.\n"
    assert "cancelled" in done(await run("show", "1a"))
    assert done(await run("cancel", "1a")) == "1a2b3c4d is cancelled.\n"
    assert refusal(await run("retry", "1a")).code == "task_not_retryable"
    await change(database, FIRST, status="failed", retryable=True)
    assert done(await run("retry", "1a")) == "1a2b3c4d waits for a worker.\n"
    async with database.session() as session:
        assert (await find_task(session, "1a")).status == "pending"
    await change(database, FIRST, status="completed", completed_at=func.now())
    assert refusal(await run("cancel", "1a")).code == "task_has_ended"


async def test_an_unknown_or_ambiguous_name_is_refused(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    for task_id in (FIRST, SECOND):
        await begin(cloned_resources, ada, id=task_id)
    for arguments, code in (
        (["show", "1a2b3c4"], "unclear_task_id"),
        (["show", "nonsense"], "unclear_task_id"),
        (["show", "2"], "task_not_found"),
        (["show", "2", "--json"], "task_not_found"),
        (["cancel", "2"], "task_not_found"),
        (["retry", "1a2b3c4"], "unclear_task_id"),
        (["--user", "eve"], "user_not_found"),
        (["--kind", "music.imprt"], "unknown_task_kind"),
    ):
        assert refusal(await run(*arguments)).code == code, arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ["--watch", "--json"],
        ["show", "1a", "--watch", "--json"],
        ["--status", "done"],
        ["--limit", "0"],
        ["show"],
        ["sho", "1a"],
        ["--limit", "3", "show", "1a"],
    ],
    ids=spelled,
)
def test_contradictory_arguments_are_a_usage_error(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, ["tasks", *arguments])
    assert (result.exit_code, "Error: " in result.output) == (2, True)


def test_help_names_the_commands() -> None:
    for option in ("--help", "-h"):
        said = done(CliRunner().invoke(cli, ["tasks", option]))
        assert all(name in said for name in ("cancel", "list", "retry", "show"))


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def line(**over: Any) -> TaskLine:
    """A task that ended well; `over` replaces members."""
    defaults = dict.fromkeys(TaskLine.model_fields) | {
        "id": FIRST, "kind": "music.analysis", "status": TaskStatus.COMPLETED,
        "progress": 1.0, "attempt": 1, "retryable": False, "username": "ada", "version": 1,
        "created_at": NOW - timedelta(minutes=55), "started_at": NOW - timedelta(minutes=50),
        "completed_at": NOW - timedelta(minutes=10), "read_at": NOW,
    }  # fmt: skip
    return TaskLine.model_validate(defaults | over)


LINES = (
    line(),
    line(status=TaskStatus.FAILED, error_code="object_store_unavailable"),
    line(status=TaskStatus.PROCESSING, stage="storing", progress=0.34),
    line(username="a-very-long-name-of-somebody", attempt=12),
    line(username="漢字" * 20),
    line(username="eve\x1b[2J\u202eadmin"),
    line(status=TaskStatus.PENDING, next_attempt_at=NOW + timedelta(seconds=100)),
)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_table_fits_and_leaves_nothing_out(width: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width)
    console.print(draw_overview(Overview(queue=[], tasks=list(LINES)), width))
    drawn = out.getvalue()
    assert max(cell_len(one) for one in drawn.splitlines()) <= width
    assert not {"\x1b", "\u202e"} & set(drawn)
    assert ("Wait" in drawn) == (width >= 100)
    # Long words are folded: their pieces are still there.
    assert drawn.count("漢字") == 20
    for words in ("34% storing", "again in 100s", "12", "music.analysis", "pending"):
        assert words in drawn
    assert "object_store_un" in drawn


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"), (0.4, "0s"), (1, "1s"), (119, "119s"), (120, "2m"), (7_199, "119m"),
        (7_200, "2h"), (172_799, "47h"), (172_800, "2d"), (86_400 * 400, "400d"),
    ],
)  # fmt: skip
def test_spans_are_written_in_one_unit(seconds: float, text: str) -> None:
    assert in_short(timedelta(seconds=seconds)) == text


def queue_of(kind: str, waiting: int, postponed: int, running: int) -> QueueOfKind:
    return QueueOfKind(
        kind=kind, waiting=waiting, postponed=postponed, running=running,
        longest_wait_seconds=10.0 * waiting,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("queue", "text"),
    [
        ([], "Nothing waits, nothing runs."),
        ([queue_of("a", 0, 0, 2)], "0 waiting, 2 running"),
        ([queue_of("a", 0, 1, 0)], "0 waiting, 1 to be tried again later, 0 running"),
        (
            [queue_of("a", 2, 1, 1), queue_of("b", 0, 0, 1), queue_of("c", 1, 0, 0)],
            "3 waiting (a 2, c 1; the longest for 20s), 1 to be tried again later,"
            " 2 running",
        ),
    ],
    ids=["empty", "runs", "postponed", "all"],
)
def test_the_queue_in_words(queue: list[QueueOfKind], text: str) -> None:
    assert queue_in_words(queue) == text


def test_a_line_is_one_line_without_control_characters() -> None:
    written = line_of(line(username="eve\nadmin\x1b[2J", status=TaskStatus.FAILED))
    assert written.isprintable()
    assert written.startswith(
        "2026-11-23T12:00:00Z 1a2b3c4d music.analysis eve admin [2J"
    )


def details_view() -> View[TaskDetails]:
    """The view that `show --watch` draws."""
    return View(
        lambda session: find_task(session, "1a"),
        lambda found, _: draw_details(found),
        lambda found: {str(found.version): line_of(found)},
        lambda found: found.status is TaskStatus.COMPLETED,
    )


async def until_said(out: io.StringIO, words: str) -> None:
    await eventually(lambda: words in out.getvalue())


async def test_a_watch_waits_for_the_end_of_an_outage(
    cloned_resources: Resources, clone: DatabaseAddress, ada: SignedIn
) -> None:
    await begin(cloned_resources, ada, id=FIRST)
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, legacy_windows=False)
    async with DatabaseProxy(clone) as proxy:
        database = Database(proxy.address)
        watching = asyncio.create_task(watch(console, database, details_view()))
        await until_said(out, "pending")
        await proxy.cut()
        await until_said(out, AWAY)
        columns = {"status": "completed", "completed_at": func.now()}
        await change(cloned_resources.database, FIRST, **columns)
        await proxy.restore()
        async with asyncio.timeout(60):
            await watching
        await database.dispose()
    assert "completed" in out.getvalue().rpartition(AWAY)[2]


async def test_a_pipe_without_accents_gets_question_marks(
    variables: dict[str, str], cloned_resources: Resources
) -> None:
    eve = await sign_in(cloned_resources, username="Ève")
    await begin(cloned_resources, eve, id=FIRST)
    arguments = ["tasks", "--status", "pending"]
    runner = CliRunner("ascii", env=variables)
    result = await asyncio.to_thread(runner.invoke, cli, arguments)
    assert "1a2b3c4d music.import ?ve  pending" in done(result)


async def test_a_pipe_gets_a_line_for_each_change_until_ctrl_c(
    cloned_resources: Resources,
    ada: SignedIn,
    variables: dict[str, str],
    tmp_path: Path,
) -> None:
    await begin(cloned_resources, ada, id=FIRST)
    with Place(tmp_path) as place:
        watching = place.start(Process, (*UNWRAPPED, "tasks", "--watch"), variables)

        async def until_written(words: str) -> None:
            await asyncio.to_thread(watching.until_written, re.escape(words))

        await until_written("1a2b3c4d music.import ada pending (attempt 0)\n")
        await begin(cloned_resources, ada, id=SECOND)
        await until_written("1a2b3c4e music.import ada pending (attempt 0)\n")
        columns = {"status": "processing", "progress": 0.5, "attempt": 1}
        await change(cloned_resources.database, FIRST, **columns)
        await until_written("1a2b3c4d music.import ada processing 50% (attempt 1)\n")
        assert await asyncio.to_thread(watching.stop, signal.SIGINT) == 0
        assert watching.said.count("\n") == 3


def read_terminal(ours: int) -> str:
    """Return what a program writes to a terminal until it ends."""
    written = b""
    with suppress(OSError):  # raised once no process has the terminal open
        while chunk := os.read(ours, 65_536):
            written += chunk
    return written.decode()


@pytest.fixture
async def ended(cloned_resources: Resources, ada: SignedIn) -> UUID:
    """A task that has ended."""
    return await begin(cloned_resources, ada, id=FIRST, status="completed", attempt=1)


def test_a_terminal_is_drawn_in_place_until_the_task_has_ended(
    ended: UUID, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (variables | {"TERM": "xterm", "COLUMNS": "80"}).items():
        monkeypatch.setenv(name, value)
    ours, theirs = pty.openpty()
    with ThreadPoolExecutor(1) as thread, os.fdopen(theirs, "w") as terminal:
        reading = thread.submit(read_terminal, ours)
        with redirect_stdout(terminal):
            cli(["tasks", "show", "1a2b", "--watch"], standalone_mode=False)
        terminal.close()
        written = reading.result()
    os.close(ours)
    assert str(ended) in written
    assert "completed" in written
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert written.index(hidden) < written.index(shown)
