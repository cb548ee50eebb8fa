"""`unwrapped tasks`: the background tasks of a server, for its operator."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import click

from unwrapped.core.exceptions import Invalid

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy.ext.asyncio import AsyncSession

    from unwrapped.cli.display.watching import View
    from unwrapped.core.process_resources import Resources
    from unwrapped.tasks.overview import Overview, TaskDetails
    from unwrapped.tasks.service import TaskService

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
PIPED_WIDTH = 200

watch_option = click.option("--watch", is_flag=True, help="Keep showing changes, until Ctrl-C.")  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")  # fmt: skip


class UnknownKind(Invalid):
    """There is no such kind of task."""

    code = "unknown_task_kind"


class _ListFirst(click.Group):
    """A group that runs `list` if no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else "--"
        if first.startswith("-") and first not in ctx.help_option_names:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ListFirst)
def tasks() -> None:
    """See, cancel and retry background tasks, whether or not the server runs.

    Without a command it lists them, and takes the options of `list`.
    """


@tasks.command("list")
@click.option("--status", "statuses", type=click.Choice(STATUSES), multiple=True,
              help="Only tasks with this status; may be given several times.")  # fmt: skip
@click.option("--kind", help="Only tasks of this kind, like music.import.")
@click.option("--user", "username", help="Only tasks of this user.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True,
              help="The most tasks to show.")  # fmt: skip
@watch_option
@json_option
def list_tasks(
    statuses: tuple[str, ...],
    kind: str | None,
    username: str | None,
    limit: int,
    *,
    watch: bool,
    as_json: bool,
) -> None:
    """List active tasks, the oldest first, then ended ones, the latest first.

    Age is the time since a task was created, Wait is the time until its first attempt,
    and Ran is the time from that attempt to the end.
    """
    from unwrapped.auth.operator_accounts import OperatorAccountService
    from unwrapped.cli.display.task_table import draw_overview, line_of
    from unwrapped.cli.display.watching import View
    from unwrapped.tasks.models import TaskStatus
    from unwrapped.tasks.overview import TaskFilter, read_overview

    if kind is not None:
        _require_kind(kind)

    async def read(session: "AsyncSession") -> "Overview":
        wanted = TaskFilter(statuses=frozenset(map(TaskStatus, statuses)), kind=kind)
        if username is not None:
            owner = await OperatorAccountService(session).find_user(username)
            wanted = replace(wanted, user_id=owner.id)
        return await read_overview(session, wanted, limit)

    def lines(overview: "Overview") -> dict[str, str]:
        return {f"{task.id} {task.version}": line_of(task) for task in overview.tasks}

    _show(View(read, draw_overview, lines), watch=watch, as_json=as_json)


@tasks.command()
@click.argument("task", metavar="ID")
@watch_option
@json_option
def show(task: str, *, watch: bool, as_json: bool) -> None:
    """Show everything about a task; the beginning of its ID is enough.

    `--watch` stops when the task ends.
    """
    from unwrapped.cli.display.task_table import draw_details, line_of
    from unwrapped.cli.display.watching import View
    from unwrapped.tasks.models import ENDED
    from unwrapped.tasks.overview import find_task

    async def read(session: "AsyncSession") -> "TaskDetails":
        return await find_task(session, task)

    view = View(
        read,
        lambda found, _: draw_details(found),
        lambda found: {str(found.version): line_of(found)},
        lambda found: found.status in ENDED,
    )
    _show(view, watch=watch, as_json=as_json)


@tasks.command()
@click.argument("task", metavar="ID")
def cancel(task: str) -> None:
    """Cancel a task; running work stops at its next step."""
    from unwrapped.tasks.service import TaskService

    found = _change(task, TaskService.cancel_task)
    click.echo(f"{found.short_id} is cancelled.")


@tasks.command()
@click.argument("task", metavar="ID")
def retry(task: str) -> None:
    """Try a failed task again, if it can be retried."""
    from unwrapped.tasks.service import TaskService

    found = _change(task, TaskService.retry_task)
    click.echo(f"{found.short_id} waits for a worker.")


def _require_kind(name: str) -> None:
    """Raise `UnknownKind` if there is no such kind of task."""
    from unwrapped.main import DOMAINS
    from unwrapped.tasks.kinds import kinds_of

    kinds = kinds_of(DOMAINS)
    if name not in kinds:
        raise UnknownKind(
            f"{name} is not a kind of task. The kinds are {', '.join(sorted(kinds))}."
        )


def _show[T: BaseModel](view: "View[T]", *, watch: bool, as_json: bool) -> None:
    """Show a view once or, with `watch`, again whenever it changes."""
    from unwrapped.cli.display.terminal import open_console
    from unwrapped.cli.display.watching import read_once
    from unwrapped.cli.display.watching import watch as keep_showing
    from unwrapped.core.printable import printable_json

    if watch and as_json:
        raise click.UsageError("--watch runs until stopped, --json prints one document: give one of them.")  # fmt: skip
    console = open_console(piped_width=PIPED_WIDTH)
    if watch:
        _run(lambda resources: keep_showing(console, resources.database, view))
        return
    seen = _run(lambda resources: read_once(resources.database, view))
    if as_json:
        # As bytes, which are UTF-8 in any locale.
        click.echo(printable_json(seen.model_dump_json(indent=2)).encode())
        return
    with console.capture() as drawn:
        console.print(view.draw(seen, console.width))
    for line in drawn.get().splitlines():
        # Not by `click.echo`, which writes UTF-8 even if the locale has only ASCII.
        console.file.write(f"{line.rstrip()}\n")


def _change(
    beginning: str, act: "Callable[[TaskService, int, UUID], Awaitable[object]]"
) -> "TaskDetails":
    """Act on a task on behalf of its owner; return the task as it was before."""
    from unwrapped.tasks.overview import find_task
    from unwrapped.tasks.service import TaskService
    from unwrapped.tasks.settings import TaskSettings

    async def work(resources: "Resources") -> "TaskDetails":
        most = resources.settings_of(TaskSettings).tasks_per_user
        async with resources.database.session() as session:
            found = await find_task(session, beginning)
            tasks = TaskService(session, most)
            await act(tasks, found.user_id, found.id)
            return found

    return _run(work)


def _run[T](work: "Callable[[Resources], Awaitable[T]]") -> T:
    """Run `work` with the resources of this installation."""
    from unwrapped.cli.configuration import read_configuration
    from unwrapped.core.process_resources import open_resources

    async def run() -> T:
        async with open_resources(read_configuration()) as resources:
            return await work(resources)

    return asyncio.run(run())
