"""How often the rule of one listen in two logs is wrong, on made-up histories.

The richer log has the ends of 80 % of all listens, in whole seconds. The poorer log has
all listens, with times that are off by three seconds at most. Tracks are repeated
immediately as often as in 14 real exports, and renamed as often as by Last.fm.
"""

from dataclasses import dataclass
from random import Random

import click
import polars as pl

from unwrapped.music.history.marks.marking import mark_listens
from unwrapped.music.history.terms import Mark
from unwrapped.music.sources.logs import LOGS, Log, LogName, Moment, Precision

TRACKS = 4_000
KNOWN_TO_BOTH = 0.8
JITTER_MS = 3_000
REPEATED = ((0.0169, 0, 10_000), (0.0042, 10_000, 60_000), (0.0064, 60_000, 300_000))
"""The share of listens that repeat the previous track this many milliseconds later."""

RENAMED_WITHIN_KEY, RENAMED = 1_481 / 41_355, 2_443 / 41_355
"""The share of rows to which Last.fm gives another name: within the loose key, and all."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The errors of the rule, as shares of rows of the poorer log."""

    missed: float
    """Rows that the richer log also has, but that are not marked: they count twice."""

    hidden: float
    """Rows that only the poorer log has, but that are marked: they do not count."""


def simulate(
    listens: int, logs: Moment, precision: Precision, *, renamed: bool, seed: int = 1
) -> Wrong:
    """The errors of the rule for a poorer log of this kind."""
    chance = Random(seed)  # noqa: S311 - a history, no secret
    rich, poor = LogName.SPOTIFY_EXTENDED, LogName.SPOTIFY_API
    rows: list[tuple[str, int, int | None, str]] = []
    both: list[bool | None] = []
    for start, ms, track in _played(chance, listens):
        is_known = chance.random() < KNOWN_TO_BOTH
        if is_known:
            end = (start + ms) // 1_000 * 1_000
            rows.append((rich, end - ms, ms, track))
            both.append(None)
        moment = start if logs == "start" or chance.random() < 0.5 else start + ms
        logged = moment + chance.randint(-JITTER_MS, JITTER_MS)
        cut = 60_000 if precision == "minute" else 1_000
        name = _renamed(chance, track) if renamed else track
        rows.append((poor, logged // cut * cut, None, name))
        both.append(is_known)
    made_up = {rich: LOGS[rich], poor: _poorer(logs, precision)}
    marks = _marks(rows, made_up)
    richer = [mark == Mark.RICHER_SOURCE for mark in marks]
    doubles = [mark for mark, is_known in zip(richer, both, strict=True) if is_known]
    own = [mark for mark, known in zip(richer, both, strict=True) if known is False]
    return Wrong(1 - sum(doubles) / len(doubles), sum(own) / len(own))


def _played(chance: Random, listens: int) -> list[tuple[int, int, str]]:
    """Start, time played and title of each listen, in chronological order."""
    lengths = [chance.randint(90_000, 420_000) for _ in range(TRACKS)]
    track, now, found = 0, 0, list[tuple[int, int, str]]()
    for _ in range(listens):
        drawn = chance.random()
        for share, least, most in REPEATED:
            if drawn < share:
                now += chance.randint(least, most)
                break
            drawn -= share
        else:
            others = [int(TRACKS * chance.random() ** 3) for _ in range(2)]
            track = others[0] if others[0] != track else others[1]
            now += chance.choice([0, 0, 0, 0, 500, 2_000, 60_000, 7_200_000])
        whole = chance.random() < 0.85
        ms = lengths[track] if whole else chance.randint(60_000, lengths[track])
        found.append((now, ms, f"title {track}"))
        now += ms
    return found


def _renamed(chance: Random, title: str) -> str:
    drawn = chance.random()
    if drawn < RENAMED_WITHIN_KEY:
        return title + chance.choice([" - remastered 2011", " (live)", " feat. b"])
    return f"{title} in other words" if drawn < RENAMED else title


def _poorer(logs: Moment, precision: Precision) -> Log:
    return Log(
        code=99,
        title="Poorer",
        service="Made up",
        logs=logs,
        precision=precision,
        longest_unknown_ms=0,
        rank=99,
        earliest_year=2000,
        endings={},
    )


def _marks(
    rows: list[tuple[str, int, int | None, str]], logs: dict[LogName, Log]
) -> list[str | None]:
    frame = pl.DataFrame(
        rows, schema=["log", "started_at", "ms_played", "title_key"], orient="row"
    ).with_columns(
        pl.from_epoch("started_at", "ms").cast(pl.Datetime("us", "UTC")),
        pl.col("title_key").rank("dense").alias("recording"),
        pl.lit(None, pl.Int32).alias("length_ms"),
        pl.lit("artist").alias("artist_key"),
        pl.col("title_key").alias("identity"),
    )
    names = ["recording", "identity", "artist_key", "title_key"]
    return mark_listens(frame, frame.select(names).unique(), logs)["mark"].to_list()


@click.command()
@click.option("--listens", default=200_000, show_default=True)
def main(listens: int) -> None:
    """Simulate, and print the rows of docs/benchmarks.md."""
    kinds: list[tuple[str, Moment, Precision]] = [
        ("start, to the second", "start", "second"),
        ("start, to the minute", "start", "minute"),
        ("start or end, to the second", "near_end", "second"),
    ]
    for kind, logs, precision in kinds:
        for renamed in (False, True):
            wrong = simulate(listens, logs, precision, renamed=renamed)
            names = "as Last.fm's" if renamed else "none"
            print(f"| {kind} | {names} | {wrong.missed:.2%} | {wrong.hidden:.2%} |")


if __name__ == "__main__":
    main()
