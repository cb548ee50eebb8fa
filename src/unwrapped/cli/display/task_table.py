"""Tasks as a table for terminals of 80 columns or more, and as lines."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from unwrapped.core.printable import printable
from unwrapped.tasks.models import Priority, TaskStatus
from unwrapped.tasks.overview import Overview, QueueOfKind, TaskDetails, TaskLine

WIDE = 100
LONGEST_VALUE = 2_000
STYLES = {
    TaskStatus.PENDING: "yellow",
    TaskStatus.PROCESSING: "cyan",
    TaskStatus.COMPLETED: "green",
    TaskStatus.FAILED: "red",
    TaskStatus.CANCELLED: "dim",
}
UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def draw_overview(overview: Overview, width: int) -> RenderableType:
    """Draw the queue in words, and a table of the tasks."""
    queue = Text(queue_in_words(overview.queue))
    if not overview.tasks:
        return Group(queue, Text("No tasks.", "dim"))
    return Group(queue, Text(), _table(overview.tasks, wide=width >= WIDE))


def queue_in_words(queue: list[QueueOfKind]) -> str:
    """Say how many tasks wait, for how long, and how many run."""
    if not queue:
        return "Nothing waits, nothing runs."
    waiting = sum(kind.waiting for kind in queue)
    said = f"{waiting:,} waiting"
    if waiting:
        kinds = [f"{kind.kind} {kind.waiting:,}" for kind in queue if kind.waiting]
        longest = timedelta(seconds=max(kind.longest_wait_seconds for kind in queue))
        said += f" ({', '.join(kinds)}; the longest for {in_short(longest)})"
    if postponed := sum(kind.postponed for kind in queue):
        said += f", {postponed:,} to be tried again later"
    return f"{said}, {sum(kind.running for kind in queue):,} running"


def _table(tasks: list[TaskLine], *, wide: bool) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0), pad_edge=False)
    for heading, gives_way in (
        ("Task", False),
        ("Kind", False),
        ("User", True),
        ("Status", False),
        ("Now", True),
    ):
        table.add_column(heading, no_wrap=not gives_way, overflow="fold")
    for heading in ("Try", "Age", *(["Wait"] if wide else []), "Ran"):
        table.add_column(heading, justify="right", no_wrap=True)
    for task in tasks:
        table.add_row(
            task.short_id,
            printable(task.kind),
            printable(task.username),
            Text(task.status, STYLES[task.status]),
            Text(now_of(task)),
            str(task.attempt),
            in_short(task.read_at - task.created_at),
            *([in_short(task.waited)] if wide else []),
            "-" if task.ran is None else in_short(task.ran),
        )
    return table


def now_of(task: TaskLine) -> str:
    """The details of a status: progress, the time of the next attempt, or the failure."""
    match task.status:
        case TaskStatus.PROCESSING:
            return f"{task.progress:.0%} {printable(task.stage or '')}".rstrip()
        case TaskStatus.PENDING if task.next_attempt_at is not None:
            return f"again in {in_short(task.next_attempt_at - task.read_at)}"
        case TaskStatus.FAILED:
            return printable(task.error_code or "")
        case _:
            return ""


def in_short(span: timedelta) -> str:
    """Return a span in the largest unit that it has two of, else in seconds from 0."""
    seconds = max(round(span.total_seconds()), 0)
    for unit, length in UNITS:
        if seconds >= 2 * length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def line_of(task: TaskLine) -> str:
    """The state of a task, as a log line."""
    said = (
        f"{task.read_at:%Y-%m-%dT%H:%M:%SZ} {task.short_id} {printable(task.kind)}"
        f" {printable(task.username)} {task.status} {now_of(task)}"
    )
    return f"{said.rstrip()} (attempt {task.attempt})"


def draw_details(task: TaskDetails) -> RenderableType:
    """Draw all details of a task, one in each row."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _details(task):
        style = STYLES[task.status] if name == "status" else ""
        table.add_row(name, Text(printable(value, LONGEST_VALUE), style))
    return table


def _details(task: TaskDetails) -> Iterator[tuple[str, str]]:
    yield "task", str(task.id)
    yield "kind", task.kind
    yield "key", task.key
    yield "user", f"{task.username} (id {task.user_id})"
    yield "status", task.status
    if task.status is TaskStatus.PROCESSING:
        yield "progress", now_of(task)
    yield "priority", Priority(task.priority).name.lower()
    not_counted = f", {task.uncounted} of them not counted" if task.uncounted else ""
    yield "attempts", f"{task.attempt}{not_counted}"
    yield "params", json.dumps(task.params)
    if task.result_data is not None:
        yield "result", json.dumps(task.result_data)
    if task.error_code is not None:
        yield "error", f"{task.error_code}: {task.error_message}"
        yield "retryable", "yes" if task.retryable else "no"
    yield from _times(task)
    yield "request", task.request_id or "-"


def _times(task: TaskDetails) -> Iterator[tuple[str, str]]:
    for name, moment in (
        ("begun", task.created_at),
        ("first attempt", task.started_at),
        ("next attempt", task.next_attempt_at),
        ("changed", task.updated_at),
        ("ended", task.completed_at),
    ):
        if moment is not None:
            yield name, _moment(moment, task.read_at)
    yield "waited", in_short(task.waited)
    if task.ran is not None:
        yield "ran", in_short(task.ran)


def _moment(moment: datetime, now: datetime) -> str:
    """A moment in UTC, and its distance from now."""
    ahead = moment > now
    away = f"in {in_short(moment - now)}" if ahead else f"{in_short(now - moment)} ago"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC, {away}"
