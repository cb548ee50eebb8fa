"""The outcome of the chaos by the API and the database, and the table of it."""

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.auth.factories import SignedIn
from tests.chaos.domain import Planted, Work, kind_name
from tests.chaos.faults import Fault, Kind
from tests.chaos.fleet import Fleet
from tests.chaos.load import IMPORT_ROWS, Load
from tests.chaos.server import Observer

_DONE_TWICE = "SELECT task_id FROM chaos_effect GROUP BY task_id HAVING count(*) > 1"

_ODD = """SELECT task.id FROM background_task AS task
LEFT JOIN chaos_effect AS effect ON effect.task_id = task.id
WHERE task.kind LIKE 'chaos.%' AND (task.status = 'completed') IS DISTINCT FROM
    (effect.attempt IS NOT DISTINCT FROM task.attempt)"""
"""Completed without an effect of that attempt, or the other way round."""

_LEFT = """SELECT (SELECT count(*) FROM uploaded_file)
+ (SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%' AND relkind = 'r')"""

_LISTENS = "SELECT count(*) FROM listen WHERE user_id = $1"

type Tasks = dict[UUID, dict[str, Any]]
"""Tasks by their ids, as the API returns them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the tasks ended."""

    tasks: int
    planted: int
    failed: set[UUID]
    """Those that failed though they were not planted to, or with another error."""

    lost: set[UUID]
    """Those that the API accepted and that are not done."""

    doubled: set[UUID]
    """Those that were done more than once."""

    superseded: int
    """Attempts that ran on after the task had been taken over, without effect."""

    strayed: int
    """Tasks that lost their job and got another one."""


async def outcome_of(load: Load, observer: Observer, fleet: Fleet) -> Outcome:
    """Return how everything that was begun has ended."""
    reply: Tasks = {}
    for person in load.people:
        reply |= await _tasks_of(load, person)
    planted = {
        task_id
        for task_id, task in reply.items()
        if task["kind"] == kind_name(Work.PLANTED)
    }
    as_planted = {
        task_id for task_id in planted if reply[task_id]["error_code"] == Planted.code
    }
    failed = {task_id for task_id in reply if reply[task_id]["status"] == "failed"}
    completed = {
        task_id for task_id in reply if reply[task_id]["status"] == "completed"
    }
    odd = {row["id"] for row in await observer.fetch(_ODD)}
    return Outcome(
        tasks=len(reply),
        planted=len(planted),
        failed=failed - as_planted,
        lost=(reply.keys() | load.begun) - (completed - odd) - as_planted,
        doubled={row["task_id"] for row in await observer.fetch(_DONE_TWICE)},
        superseded=sum(
            line["outcome"] == "superseded" for line in fleet.logged("task.attempt")
        ),
        strayed=sum(
            line["count"]
            for line in fleet.logged("periodic.done")
            if line["job"] == "tasks.lost_jobs"
        ),
    )


async def _tasks_of(load: Load, person: SignedIn) -> Tasks:
    reply: Tasks = {}
    page: dict[str, Any] = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        answer = await load.client.get(
            "/tasks", params={"limit": "200"} | cursor, headers=person.headers
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        reply |= {UUID(task["id"]): task for task in page["items"]}
    return reply


async def check_imports(load: Load, observer: Observer) -> None:
    """Check that the books of every import balance, and that its uploads are deleted."""
    for person in load.importers:
        answer = await load.client.get("/music/imports", headers=person.headers)
        [made] = answer.json()["items"]
        accounts = [made["books"]["total"]]
        accounts += [file["account"] for file in made["books"]["files"]]
        for account in accounts:
            aside = sum(account["set_aside"].values())
            known_and_stored = account["known"] + account["stored"]
            assert account["rows_read"] == known_and_stored + aside
        assert accounts[0]["stored"] == IMPORT_ROWS
        assert await observer.number(_LISTENS, person.id) == IMPORT_ROWS
    assert await observer.number(_LEFT) == 0


def each(faults: list[Fault]) -> str:
    """A line for each fault: time, kind, number of attempts caught, recovery times."""
    return "".join(
        f"| {fault.at:%H:%M:%S.%f} | {fault.kind} | {len(fault.caught)} |"
        f" {', '.join(f'{took.total_seconds():.2f}' for took in fault.recoveries.values())} |\n"
        for fault in faults
    )


def table(
    seed: int, faults: list[Fault], outcome: Outcome, resent: int, seconds: float
) -> str:
    """The outcome as a table of one row."""
    made = Counter(fault.kind for fault in faults if fault.recoveries)
    took = sorted(
        recovery.total_seconds()
        for fault in faults
        for recovery in fault.recoveries.values()
    )
    cells = {
        "seed": seed,
        "faults": made.total(),
        **{kind.value: made[kind] for kind in Kind},
        "missed": len(faults) - made.total(),
        "interrupted": len(took),
        "tasks": f"{outcome.tasks:,}",
        "planted": outcome.planted,
        "failed": len(outcome.failed),
        "lost": len(outcome.lost),
        "doubled": len(outcome.doubled),
        "superseded": outcome.superseded,
        "strayed": outcome.strayed,
        "requests sent again": resent,
        "recovery p50": f"{statistics.median(took):.2f} s",
        "recovery p99": f"{took[int(len(took) * 0.99)]:.2f} s",
        "in all": f"{seconds:.0f} s",
    }
    rows = (cells.keys(), ["---:"] * len(cells), map(str, cells.values()))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
