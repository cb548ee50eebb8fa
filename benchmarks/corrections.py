"""How long it takes to apply corrections to a history, as after each change of them.

The columns are in memory, as in a process that has answered before. The floor is one
bare group-by of Polars on them.
"""

import tempfile
from datetime import time
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import click
import polars as pl

from benchmarks.service_database import make_export
from benchmarks.statistics import row, timed
from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correcting import correct
from unwrapped.music.corrections.correction import Action, Correction, Scope, Window
from unwrapped.music.corrections.effects import measure_effect
from unwrapped.music.history.building import build_history
from unwrapped.music.read_model.columns import Columns, columns_of
from unwrapped.music.sources.upload_reading import read_upload

ZONE = ZoneInfo("Europe/Berlin")


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--runs", default=9, show_default=True)
def main(rows: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        upload = read_upload([make_export(Path(folder), rows)])
        columns = columns_of(build_history(upload).listens)
    print(f"| {rows:,} listens | ms (fastest) | |")
    print("|---|---:|---:|")
    frame = columns.listens
    floor = row(
        "Polars: plays by item, in memory",
        timed(lambda: frame.group_by("item").agg(pl.len()), runs),
    )
    for what, rules in sets(columns).items():
        times = timed(lambda: correct(columns, rules, ZONE), runs)  # noqa: B023
        row(what, times, f"{min(times) * 1000 / floor:.1f} of the bare group-by")
    merge = sets(columns)["one artist counts as another"]
    row(
        "a dry run: what that would change",
        timed(lambda: measure_effect(columns, Rules(), merge, ZONE), runs),
    )


def sets(columns: Columns) -> dict[str, Rules]:
    """One correction of each of two kinds, and as many as a listener may have."""
    names = columns.artists["name"].to_list()
    one, other, *rest = names
    night = Window(weekdays=frozenset(range(1, 8)), begins=time(23), ends=time(7))
    return {
        "one artist counts as another": Rules.of([merging(one, other)]),
        "a time of the week is not counted": Rules.of(
            [
                Correction(
                    id=uuid4(),
                    action=Action.EXCLUDE,
                    scope=Scope.WINDOW,
                    window=night,
                )
            ]
        ),
        "1,000 artists count as others": Rules.of(
            merging(*pair)
            for pair in zip(rest[:2_000:2], rest[1:2_000:2], strict=False)
        ),
    }


def merging(one: str, other: str) -> Correction:
    """A correction by which an artist counts as another one."""
    return Correction(
        id=uuid4(),
        action=Action.COUNT_AS,
        scope=Scope.ARTIST,
        artist=one,
        targets=(other,),
    )


if __name__ == "__main__":
    main()
