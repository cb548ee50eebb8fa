"""Made-up logs of every kind, and frames of made-up listens."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import polars as pl

from tests.music.history.oracle import Listen, Names
from unwrapped.music.sources.logs import Log, LogName, Moment, Precision

BASE = datetime(2023, 5, 1, 10, tzinfo=UTC)


class _Name(str):
    """A name in the form of `LogName` that is not the name of a real log."""

    @property
    def value(self) -> str:
        return str(self)


def _log(
    rank: int, logs: Moment, precision: Precision, unknown_ms: int, scrobbled: bool
) -> Log:
    return Log(
        code=rank,
        title=f"Log {rank}",
        service="Made up",
        logs=logs,
        precision=precision,
        scrobbled=scrobbled,
        longest_unknown_ms=unknown_ms,
        rank=rank,
        earliest_year=2000,
        endings={},
    )


def name_of(name: str) -> LogName:
    """The name of a made-up log."""
    return cast("LogName", _Name(name))


# The logs are not in the order of their ranks.
LOGS: Mapping[LogName, Log] = {
    name_of("api"): _log(9, "near_end", "second", 0, scrobbled=False),
    name_of("start"): _log(4, "start", "second", 0, scrobbled=True),
    name_of("end"): _log(1, "end", "second", 120_000, scrobbled=False),
    name_of("end_minute"): _log(3, "end", "minute", 120_000, scrobbled=False),
    name_of("start_minute"): _log(6, "start", "minute", 0, scrobbled=True),
    name_of("near_end"): _log(5, "near_end", "second", 600_000, scrobbled=True),
    name_of("near_minute"): _log(7, "near_end", "minute", 600_000, scrobbled=True),
    name_of("long_start"): _log(2, "start", "second", 180_000, scrobbled=False),
    name_of("odd_minute"): _log(8, "end", "minute", 9_000_000, scrobbled=True),
}

SONG = Names("artist", "song", "artist", "song")


def listen(
    log: str,
    at: str | int,
    ms: int | None = None,
    identity: str = "u1",
    length: int | None = None,
) -> Listen:
    """A listen logged at "10:00:30", or a number of milliseconds after `BASE`."""
    if isinstance(at, str):
        day = datetime.fromisoformat(f"2023-05-01T{at}+00:00")
        at = (day - BASE) // timedelta(milliseconds=1)
    return Listen(name_of(log), at, ms, identity, length)


def numbers_of(identities: Iterable[str], seed: int = 0) -> dict[str, int]:
    """A number for each recording, in no order."""
    names = sorted(set(identities))
    return {
        name: place * (2 * seed + 3) % 99_991 for place, name in enumerate(names, 1)
    }


def listens_frame(
    listens: Sequence[Listen],
    numbers: Mapping[str, int],
    logs: Mapping[LogName, Log] = LOGS,
) -> pl.DataFrame:
    """Listens in the frame that the rules read."""
    rows = [
        (
            BASE + timedelta(milliseconds=one.started(logs)),
            str(one.log),
            numbers[one.identity],
            one.ms,
            one.length,
        )
        for one in listens
    ]
    schema = {
        "started_at": pl.Datetime("us", "UTC"),
        "log": pl.Enum([name.value for name in logs]),
        "recording": pl.UInt32(),
        "ms_played": pl.Int64(),
        "length_ms": pl.Int32(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def spelled_frame(
    spelled: Mapping[str, Iterable[Names]], numbers: Mapping[str, int]
) -> pl.DataFrame:
    """The spellings of recordings in the frame that the rules read."""
    rows = [
        (numbers[identity], identity, names.artist_key, names.title_key)
        for identity, all_names in spelled.items()
        for names in sorted(all_names)
    ]
    schema = {
        "recording": pl.UInt32,
        "identity": pl.String,
        "artist_key": pl.String,
        "title_key": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
