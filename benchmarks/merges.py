"""Small changes of a large history: the number of statements, and their time in the
database.

Each change is made a few times and rolled back, so that all begin with the same
history. The time is the one that the server logs for each statement, with COPY and
planning, but without the commit. CPU time is that of this process: rules, and reading
and writing frames.
"""

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.service_database import fresh_resources, make_export, new_user
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.building import PreparedUpload, prepare_rows
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reading import HistoryFile, labelled
from unwrapped.music.sources.rows.frame import rows_frame
from unwrapped.music.sources.spellings import Spelling, Spellings
from unwrapped.music.sources.upload_reading import Upload, read_upload
from unwrapped.music.store.merge import HistoryMerge
from unwrapped.music.store.planner_statistics import note_import
from unwrapped.music.store.removal import HistoryRemoval
from unwrapped.music.store.selection import Selection

BATCH = 1_000
APART = timedelta(minutes=4)
PLAYED_MS = 180_000
SPREAD = timedelta(days=3_650)

_WATCHED = (
    "SET LOCAL log_min_duration_statement = 0; SET LOCAL client_min_messages = log"
)
_DURATION = re.compile(r"duration: ([\d.]+) ms  (\w+)(.*)", re.DOTALL)

# Only spellings that are shown, so that a later listen changes no name.
_SPELLINGS = text("""SELECT CASE WHEN position(chr(31) IN identity) = 0 THEN identity END,
    spelling.artist, spelling.title, spelling.album
FROM spelling
JOIN recording ON recording.user_id = spelling.user_id AND recording.id = recording_id
JOIN track ON track.user_id = recording.user_id AND track.id = track_id
JOIN artist ON artist.user_id = track.user_id AND artist.id = track.artist_id
JOIN album ON album.user_id = recording.user_id AND album.id = album_id
WHERE spelling.user_id = :user_id AND spelling.artist = artist.name
    AND spelling.title = track.title AND spelling.album = album.name
    AND (SELECT count(*) FROM spelling AS other WHERE other.user_id = :user_id
        AND other.recording_id = recording.id) = 1
ORDER BY md5(identity) LIMIT 1000""")

_ENDS = text(
    "SELECT min(started_at), max(started_at) FROM listen WHERE user_id = :user_id"
)

_PLAYED = text("""SELECT started_at, ms_played, recording_id FROM listen
WHERE user_id = :user_id AND log = 1 AND ms_played > 60000 AND mark = 0
    AND started_at > :moment ORDER BY started_at LIMIT 1""")

_SPELLED = text("""SELECT CASE WHEN position(chr(31) IN identity) = 0 THEN identity END,
    artist, title, album
FROM recording JOIN spelling ON spelling.user_id = recording.user_id
    AND recording_id = recording.id
WHERE recording.user_id = :user_id AND recording.id = :recording LIMIT 1""")

_LAST = text("""SELECT started_at FROM listen WHERE user_id = :user_id
ORDER BY started_at DESC OFFSET 999 LIMIT 1""")

_MEDIUM_ARTIST = text("""SELECT array_agg(recording.id) FROM recording
JOIN track ON track.user_id = recording.user_id AND track.id = track_id
WHERE recording.user_id = :user_id GROUP BY artist_id
ORDER BY abs(count(*) - 20), artist_id LIMIT 1""")


@dataclass(frozen=True, slots=True)
class Play:
    """A row of a log."""

    ended: datetime
    spelling: Spelling
    ms: int | None = PLAYED_MS
    log: LogName = LogName.SPOTIFY_EXTENDED


@dataclass(slots=True)
class Cost:
    """The cost of one change."""

    statements: list[tuple[float, str]] = field(default_factory=list)
    total_ms: float = 0.0
    cpu_ms: float = 0.0

    def note(self, message: str) -> None:
        """Add the server's log message about a statement, or about a step of it."""
        if found := _DURATION.match(message):
            took, step, statement = float(found[1]), found[2], found[3]
            self.total_ms += took
            if step in ("statement", "execute"):
                self.statements.append((took, " ".join(statement.split())[:100]))


SECOND_LOG = Play(
    datetime(2025, 6, 1, tzinfo=UTC),
    ("spotify:track:other", "Other", "Other", "Other"),
    None,
    LogName.SPOTIFY_API,
)
"""A play of a second log: with two logs, marks depend on names."""

type Change = Callable[[AsyncSession], Awaitable[object]]


@click.command()
@click.option("--sizes", default="10000,100000,1000000", show_default=True)
@click.option("--runs", default=5, show_default=True)
@click.option("--statements", is_flag=True, help="Print the statements of each change.")
def main(sizes: str, runs: int, *, statements: bool) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    counts = [int(size) for size in sizes.split(",")]
    asyncio.run(measure(counts, runs, statements=statements))


async def measure(sizes: Sequence[int], runs: int, *, statements: bool) -> None:
    """Measure all changes for each size, right after the import of the history and
    later.
    """
    async with fresh_resources() as resources:
        for size in sizes:
            user_id = await new_user(resources)
            with tempfile.TemporaryDirectory() as folder:
                upload = read_upload([make_export(Path(folder), size)])
            await store(resources, user_id, prepare_rows(upload))
            alone = {
                "one at the end, one log": (await changes(resources, user_id))[
                    "one at the end"
                ]
            }
            await measure_all(
                resources, alone, f"{size:,} at once", runs, statements=statements
            )
            await store(resources, user_id, prepare_rows(uploaded([SECOND_LOG])))
            every = await changes(resources, user_id)
            await measure_all(
                resources, every, f"{size:,} at once", runs, statements=statements
            )
            await note_import(resources.database, size)
            await measure_all(
                resources, every, f"{size:,}", runs, statements=statements
            )


async def measure_all(
    resources: Resources,
    of: Mapping[str, Change],
    name: str,
    runs: int,
    *,
    statements: bool,
) -> None:
    """Measure each change of one history."""
    for label, change in of.items():
        # A first time, so that the connection has prepared the statements.
        costs = [await cost(resources, change) for _ in range(runs + 1)][1:]
        total, cpu = (
            statistics.median(getattr(one, part) for one in costs)
            for part in ("total_ms", "cpu_ms")
        )
        count = len(costs[0].statements)
        print(
            f"| {name} | {label} | {count} | {total:.1f} ms | {cpu:.0f} ms |",
            flush=True,
        )
        if statements:
            for took, statement in costs[-1].statements:
                click.echo(f"    {took:8.2f} {statement}", err=True)


async def cost(resources: Resources, change: Change) -> Cost:
    """Measure a change, and roll it back."""
    spent = Cost()
    async with resources.database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection

        def note(_: object, message: Any) -> None:
            spent.note(message.message)

        driver.add_log_listener(note)
        try:
            async with AsyncSession(bind=connection) as session:
                for setting in _WATCHED.split(";"):
                    await session.execute(text(setting))
                spent.statements, spent.total_ms = [], 0.0
                begun = time.process_time()
                await change(session)
                spent.cpu_ms = (time.process_time() - begun) * 1_000
                await session.rollback()
        finally:
            driver.remove_log_listener(note)
    return spent


async def changes(resources: Resources, user_id: int) -> dict[str, Change]:
    """The changes by their names in the table."""
    async with resources.database.session() as session:
        known = [
            tuple(row)
            for row in await session.execute(_SPELLINGS, {"user_id": user_id})
        ]
        first, last = (await session.execute(_ENDS, {"user_id": user_id})).one()
        middle = first + (last - first) / 2
        played = (
            await session.execute(_PLAYED, {"user_id": user_id, "moment": middle})
        ).one()
        spelled = (
            await session.execute(
                _SPELLED, {"user_id": user_id, "recording": played[2]}
            )
        ).one()
        latest = (await session.execute(_LAST, {"user_id": user_id})).scalar_one()
        artist = (
            await session.execute(_MEDIUM_ARTIST, {"user_id": user_id})
        ).scalar_one()
    end = last + timedelta(hours=1)
    uri, name, title, _ = one = known[0]
    ended = played[0] + timedelta(milliseconds=played[1])
    beside = Play(ended, tuple(spelled), None, LogName.SPOTIFY_API)
    contiguous = [Play(end + APART * n, s) for n, s in enumerate(known[:BATCH])]
    spread = [Play(last - SPREAD * (n / BATCH), s) for n, s in enumerate(known[:BATCH])]
    new = ("spotify:track:new", "Nobody Yet", "Nothing", "Never")
    return {
        "one at the end": merged(user_id, [Play(end, one)]),
        "one in the middle": merged(user_id, [Play(middle, one)]),
        "one known, with another end": merged(
            user_id, [Play(ended, tuple(spelled), played[1])]
        ),
        "one of another log": merged(user_id, [beside]),
        "one in another spelling": merged(
            user_id, [Play(end, (uri, name, f"{title}!", None))]
        ),
        "one of a new artist": merged(user_id, [Play(end, new)]),
        f"{BATCH:,} in a row": merged(user_id, contiguous),
        f"{BATCH:,} over ten years": merged(user_id, spread),
        "removal of one": removed(
            user_id, since=played[0], before=played[0] + timedelta(seconds=1)
        ),
        f"removal of {BATCH:,}": removed(user_id, since=latest),
        "removal of an artist": removed(user_id, recordings=artist),
    }


def merged(user_id: int, plays: Sequence[Play]) -> Change:
    """A merge of these plays, which are prepared beforehand."""
    upload = prepare_rows(uploaded(plays))

    async def change(session: AsyncSession) -> None:
        await HistoryMerge(session, user_id, is_import=False).merge(upload)

    return change


def removed(user_id: int, **wanted: Any) -> Change:
    """A removal."""

    async def change(session: AsyncSession) -> None:
        await HistoryRemoval(session, user_id).remove(Selection(**wanted))

    return change


async def store(resources: Resources, user_id: int, upload: PreparedUpload) -> None:
    """Merge and commit."""
    async with resources.database.session() as session:
        await HistoryMerge(session, user_id).merge(upload)


def uploaded(plays: Sequence[Play]) -> Upload:
    """An upload with these rows, with a file for each log."""
    spellings = Spellings()
    frames, files = [], []
    for number, log in enumerate(sorted({play.log for play in plays})):
        rows = [play for play in plays if play.log == log]
        frame = rows_frame(
            log=log,
            times=[play.ended.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for play in rows],
            time_formats=["%Y-%m-%dT%H:%M:%S%.fZ"],
            durations=[play.ms for play in rows],
            spellings=spellings.codes(play.spelling for play in rows),
            asides=[None] * len(rows),
        )
        frames.append(labelled(frame, number))
        files.append(HistoryFile(log.value, log.value, len(rows)))
    return Upload(pl.concat(frames), {}, spellings, files, [])


if __name__ == "__main__":
    main()
