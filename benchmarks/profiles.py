"""The profile of 1,000,000 listens from the database, compared with its floor.

The floor is the work that no implementation can avoid: reading the same columns through
ADBC, and seven bare Polars group-bys. Both run in one process, in turns.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import polars as pl
from adbc_driver_postgresql import dbapi

from benchmarks.service_database import fresh_resources, make_export, new_user
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.music.history.building import prepare_upload
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste_profile import build_profile
from unwrapped.music.sources.upload_reading import read_upload
from unwrapped.music.store.history_snapshot import read_listens
from unwrapped.music.store.merge import HistoryMerge

ZONE = ZoneInfo("Europe/Berlin")

LISTENS = """SELECT recording_id, spelling_id, started_at, ms_played, log, skipped,
    shuffle, end_reason_id
FROM listen WHERE user_id = {user_id}"""

NAMES = """SELECT recording.id AS recording_id, spelling.id AS spelling_id, track_id,
    artist_id, album_id
FROM recording JOIN track ON track.user_id = recording.user_id AND track.id = track_id
JOIN spelling ON spelling.user_id = recording.user_id AND recording_id = recording.id
WHERE recording.user_id = {user_id}"""


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--runs", default=7, show_default=True)
def main(rows: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(make_export(Path(folder), rows), rows, runs))


async def measure(export: Path, rows: int, runs: int) -> None:
    """Import once, then measure floor and profile in turns."""
    async with fresh_resources() as resources:
        user_id = await new_user(resources)
        async with resources.database.session() as session:
            merge = HistoryMerge(session, user_id, lambda _: None)
            await merge.merge(prepare_upload(read_upload([export])))
        address = resources.database.address
        floors, reads, profiles = [], [], []
        for _ in range(runs):
            floors.append(timed(lambda: bare(address, user_id)))
            begun = time.perf_counter()
            listens = read_listens(address, user_id)
            reads.append(time.perf_counter() - begun)
            profiles.append(timed(lambda: build_profile(listens, Period(), ZONE)))  # noqa: B023
    floor, read, profile = map(statistics.median, (floors, reads, profiles))
    print(f"| floor of a profile, {rows:,} listens: ADBC and seven group-bys | {floor:.2f} s | | |")  # fmt: skip
    print(f"| profile from the database ({read:.2f} s reading and naming, {profile:.2f} s measuring) | {read + profile:.2f} s | {(read + profile) / floor:.2f} of the floor | 1.5 |")  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """The seconds that the work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def bare(address: DatabaseAddress, user_id: int) -> None:
    """Read the columns and do the group-bys."""
    with dbapi.connect(address.for_adbc()) as connection, connection.cursor() as cursor:
        cursor.execute(LISTENS.format(user_id=user_id))
        listens = pl.DataFrame(cursor.fetch_arrow())
        cursor.execute(NAMES.format(user_id=user_id))
        names = pl.DataFrame(cursor.fetch_arrow())
    plays = (
        listens.join(names, on=["recording_id", "spelling_id"])
        .filter(pl.col("ms_played") >= 30_000)
        .with_columns(
            pl.col("started_at").dt.convert_time_zone(ZONE.key).alias("local")
        )
    )
    local = pl.col("local")
    for key in (
        ["artist_id"],
        ["track_id"],
        ["artist_id", "album_id"],
        [local.dt.hour()],
        [local.dt.weekday()],
        [local.dt.truncate("1mo")],
        [local.dt.date()],
    ):
        plays.group_by(key).agg(pl.len(), pl.col("ms_played").sum()).sort("len")


if __name__ == "__main__":
    main()
