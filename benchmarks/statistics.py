"""Statistics of a listener with many listens, compared with their floors in the same
run.

Five listeners have as many listens each; one of them asks. The floors are SQL on the
stored listens (with an index or the table, as the planner chooses) and one bare
group-by of Polars on a frame in memory. Questions are answered by a process that has
just read the copy, so that nothing is cached between them.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import polars as pl
from sqlalchemy import text

from benchmarks.service_database import fresh_resources, make_export, new_user
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.portrait import paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.books import Account, books_of
from unwrapped.music.history.building import History, prepare_upload
from unwrapped.music.history.period import Period
from unwrapped.music.read_model.columns import Columns, listens_of
from unwrapped.music.read_model.copies import Copies
from unwrapped.music.read_model.encoding import decode, encode
from unwrapped.music.read_model.history_state import Head, read_head
from unwrapped.music.sources.upload_reading import read_upload
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Kind, Step
from unwrapped.music.store.history_snapshot import read_listens
from unwrapped.music.store.merge import HistoryMerge

ZONE = ZoneInfo("Europe/Berlin")
ALL = Asked(Period(), ZONE, datetime.now(UTC).date())
YEAR = Asked(Period.parse("2020"), ZONE, ALL.today)

TABLES = ("artist", "track", "album", "recording", "spelling", "end_reason")

PLAYS = """SELECT recording_id, count(*) FROM listen
WHERE user_id = :user_id AND mark = 0 AND (ms_played >= 30000 OR ms_played IS NULL)
GROUP BY recording_id"""

TOP = f"""SELECT artist.name, sum(counted.count) AS plays FROM ({PLAYS}) AS counted
JOIN recording ON recording.user_id = :user_id AND recording.id = counted.recording_id
JOIN track ON track.user_id = :user_id AND track.id = recording.track_id
JOIN artist ON artist.user_id = :user_id AND artist.id = track.artist_id
GROUP BY artist.name ORDER BY plays DESC LIMIT 50"""  # noqa: S608 - our own

HOURS = """SELECT extract(hour FROM started_at AT TIME ZONE 'Europe/Berlin'), count(*)
FROM listen WHERE user_id = :user_id AND mark = 0
AND (ms_played >= 30000 OR ms_played IS NULL) GROUP BY 1"""


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option(
    "--others", default=4, show_default=True, help="The number of other listeners."
)
@click.option("--runs", default=9, show_default=True)
def main(rows: int, others: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(make_export(Path(folder), rows), rows, others, runs))


async def measure(export: Path, rows: int, others: int, runs: int) -> None:
    """Import once, copy the history for the other listeners, then ask."""
    async with fresh_resources() as resources:
        user_id = await new_user(resources)
        async with resources.database.session() as session:
            await HistoryMerge(session, user_id).merge(
                prepare_upload(read_upload([export]))
            )
        for _ in range(others):
            await copy_history(resources, user_id, await new_user(resources))
        async with resources.database.autocommit() as session:
            await session.execute(text("VACUUM ANALYZE listen"))
        print(f"| {rows:,} listens, {others} others with as many | ms (fastest) | |")
        print("|---|---:|---:|")
        await floors(resources, user_id, runs)
        head, columns = await copies(resources, user_id, runs)
        questions(columns, head, runs)
        await after_a_change(resources, user_id, runs)
        await analysis(resources, user_id, runs)


async def copy_history(resources: Resources, user_id: int, other: int) -> None:
    """Give another listener the same history."""
    async with resources.database.session() as session:
        for table in (*TABLES, "listen", "history"):
            names = await session.scalars(
                text(
                    "SELECT quote_ident(column_name) FROM information_schema.columns"
                    " WHERE table_schema = 'public' AND table_name = :table"
                    " AND column_name <> 'user_id'"
                ),
                {"table": table},
            )
            listed = ", ".join(names)
            await session.execute(
                text(
                    f"INSERT INTO {table} (user_id, {listed})"  # noqa: S608 - our own
                    f" SELECT :other, {listed} FROM {table} WHERE user_id = :user_id"
                ),
                {"other": other, "user_id": user_id},
            )


def row(what: str, times: list[float], beside: str = "") -> float:
    """Print a row of the table (median and minimum in ms, a comparison); return the
    median.
    """
    median, least = statistics.median(times) * 1000, min(times) * 1000
    print(f"| {what} | {median:,.1f} ({least:,.1f}) | {beside} |", flush=True)
    return median


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """The seconds that the work takes, for each run."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return times


async def floors(resources: Resources, user_id: int, runs: int) -> None:
    """Measure the floors in SQL."""
    asked = {
        "SQL: plays by recording": PLAYS,
        "SQL: top 50 artists": TOP,
        "SQL: hours of the day": HOURS,
    }
    for what, statement in asked.items():
        times = []
        for _ in range(max(runs // 3, 3)):
            async with resources.database.session() as session:
                await session.execute(
                    text("SET LOCAL max_parallel_workers_per_gather = 0")
                )
                begun = time.perf_counter()
                (await session.execute(text(statement), {"user_id": user_id})).all()
                times.append(time.perf_counter() - begun)
        row(what, times)


async def copies(resources: Resources, user_id: int, runs: int) -> tuple[Head, Columns]:
    """Measure making a copy, writing and reading it."""
    making = Copies(resources)
    times = []
    base = None
    for _ in range(3):
        begun = time.perf_counter()
        base = await making.write(user_id)
        times.append(time.perf_counter() - begun)
    if base is None:
        raise TypeError("no copy")
    head, columns = base
    content = encode(columns, head)
    size = f"{len(content) / 2**20:.1f} MiB, {columns.size / 2**20:.1f} in memory"
    row("copy made of the database and written", times, size)
    row("copy as bytes", timed(lambda: encode(columns, head), runs))
    row("copy read: checked and decoded", timed(lambda: decode(content), runs))
    return head, columns


def questions(columns: Columns, head: Head, runs: int) -> None:
    """Measure each question, about all time and about a year, and five together."""
    item, frame = columns.listens["item"], columns.listens
    bare = row(
        "Polars: plays by item, in memory",
        timed(lambda: frame.group_by("item").agg(pl.len()), runs),
    )
    content = encode(columns, head)
    of = Questions(columns)
    of.summary(ALL)
    each: dict[str, Callable[[Questions, Asked], object]] = {
        "summary": lambda of, asked: of.summary(asked),
        "top artists": lambda of, asked: of.top(asked, Ranking(Kind.ARTISTS)),
        "top albums": lambda of, asked: of.top(asked, Ranking(Kind.ALBUMS)),
        "top tracks": lambda of, asked: of.top(asked, Ranking(Kind.TRACKS)),
        "series by month": lambda of, asked: of.series(asked, Step.MONTH),
        "series by day": lambda of, asked: of.series(asked, Step.DAY),
        "hours of the day": lambda of, asked: of.series(asked, Step.HOUR_OF_DAY),
        "one artist": lambda of, asked: of.artist(asked, columns.artists["id"][0]),
        "search": lambda of, asked: of.search(asked.zone, "tide"),
    }
    for asked in (ALL, YEAR):
        for what, ask in each.items():
            times = timed(lambda: ask(fresh(of), asked), runs)  # noqa: B023
            share = f"{statistics.median(times) * 1000 / bare:.1f} of the bare group-by"
            row(f"{what}, {asked.period}", times, share)
    page = ("summary", "top artists", "top albums", "top tracks", "series by month")

    def home(of: Questions) -> None:
        for what in page:
            each[what](of, ALL)

    row("the five of a home page", timed(lambda: home(fresh(of)), runs))
    row(
        "… with the copy read from bytes first",
        timed(lambda: home(Questions(decode(content)[1])), runs),
    )
    remembered = Questions(columns)
    home(remembered)
    row("… again, with what is remembered", timed(lambda: home(remembered), runs))
    if len(item) == 0:
        raise ValueError("no listens")


def fresh(of: Questions) -> Questions:
    """Forget what was computed for earlier questions."""
    of._cuts.clear()
    return of


async def add_listen(resources: Resources, user_id: int, number: int) -> None:
    """Add a copy of the last listen, `number` microseconds later."""
    async with resources.database.session() as session:
        await session.execute(
            text(
                "INSERT INTO listen (user_id, started_at, recording_id, spelling_id,"
                " ms_played, number, log, mark) SELECT user_id,"
                " started_at + interval '1 microsecond' * :number, recording_id,"
                " spelling_id, ms_played, (SELECT next_number FROM history WHERE"
                " user_id = :user_id), log, 0 FROM listen WHERE user_id = :user_id"
                " AND mark = 0 ORDER BY started_at DESC LIMIT 1"
            ),
            {"user_id": user_id, "number": number},
        )
        await session.execute(
            text(
                "UPDATE history SET version = version + 1,"
                " next_number = next_number + 1 WHERE user_id = :user_id"
            ),
            {"user_id": user_id},
        )
        await session.execute(
            text(
                "INSERT INTO addition SELECT :user_id, version, (SELECT"
                " max(started_at) FROM listen WHERE user_id = :user_id), (SELECT"
                " max(started_at) FROM listen WHERE user_id = :user_id)"
                " FROM history WHERE user_id = :user_id"
            ),
            {"user_id": user_id},
        )


async def after_a_change(resources: Resources, user_id: int, runs: int) -> None:
    """Measure the first question after a listen was added, and the same before."""
    copies = Copies(resources)
    async with resources.database.session() as session:
        known = await copies.columns(session, await read_head(session, user_id))
    before, after, laid = [], [], []
    for number in range(runs):
        before += timed(lambda: Questions(known[1]).summary(ALL), 1)  # noqa: B023
        await add_listen(resources, user_id, number + 1)
        begun = time.perf_counter()
        async with resources.database.session() as session:
            head = await read_head(session, user_id)
            known = await copies.columns(session, head, known)
        laid.append(time.perf_counter() - begun)
        Questions(known[1]).summary(ALL)
        after.append(time.perf_counter() - begun)
    row("summary before a listen is added", before)
    row("… right after", after)
    row("of that: what was added, read and laid over", laid, "60 ms owed")


async def analysis(resources: Resources, user_id: int, runs: int) -> None:
    """Measure reading the listens of an analysis, and a whole analysis."""
    address = resources.database.address
    row(
        "read_listens from the database",
        timed(lambda: read_listens(address, user_id), 3),
    )
    copies = Copies(resources)

    async def read() -> pl.DataFrame:
        async with resources.database.session() as session:
            head = await read_head(session, user_id)
            _, columns = await copies.columns(session, head)
        return listens_of(columns)

    await copies.write(user_id)
    reading, whole = [], []
    account = Account(rows_read=0, stored=0, known=0, set_aside={}, shadowed=0)
    books = books_of(account, [], [], 0)
    for _ in range(runs):
        begun = time.perf_counter()
        listens = await read()
        reading.append(time.perf_counter() - begun)
        paint_portrait(History(listens, books), Period(), ZONE, HouseCritic())
        whole.append(time.perf_counter() - begun)
    row("listens of an analysis, from the copy", reading, "200 ms owed")
    row("whole analysis", whole, "1,000 ms owed")


if __name__ == "__main__":
    main()
