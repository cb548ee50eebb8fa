"""Forty made-up listeners of all kinds and lengths, with their profiles and verdicts."""

import fcntl
import pickle
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from examples.listen import Listen
from examples.make_export import make_listens
from examples.population import Person, population
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.critic.small_history import is_small
from unwrapped.music.critic.verdict import Verdict
from unwrapped.music.history.period import Period
from unwrapped.music.history.shown_names import LISTEN_COLUMNS, as_enum
from unwrapped.music.profile.taste_profile import TasteProfile, build_profile
from unwrapped.music.sources.logs import LogName

LISTENERS = population(40)
SHARED = 5
"""The number of listeners that one process judges at a time."""

type Judged = tuple[TasteProfile, Verdict | None]

BERLIN = ZoneInfo("Europe/Berlin")


def profiles_of_all(run_folder: Path) -> list[TasteProfile]:
    """The profiles of `LISTENERS`."""
    return [profile for profile, _ in _judged(run_folder)]


def judged(run_folder: Path) -> list[tuple[TasteProfile, Verdict]]:
    """The profiles that are not small, with the house's verdicts."""
    return [(profile, verdict) for profile, verdict in _judged(run_folder) if verdict]


def _judged(run_folder: Path) -> list[Judged]:
    """The profiles and verdicts of all listeners; the processes of a test run share the
    work."""
    folder = run_folder / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    parts = range(0, len(LISTENERS), SHARED)
    for part in parts:
        with suppress(BlockingIOError):  # another process makes this part
            _shared(folder, part, fcntl.LOCK_NB)
    return [one for part in parts for one in _shared(folder, part)]


def _shared(folder: Path, part: int, how: int = 0) -> list[Judged]:
    """Profiles and verdicts, made by the first process that asks for them."""
    with (folder / str(part)).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | how)
        file.seek(0)
        if not (known := file.read()):
            made = [profile_of(person) for person in LISTENERS[part : part + SHARED]]
            known = pickle.dumps([(one, _verdict(one)) for one in made])
            file.write(known)
    judged: list[Judged] = pickle.loads(known)  # noqa: S301 - of this run
    return judged


def _verdict(profile: TasteProfile) -> Verdict | None:
    return None if is_small(profile) else HouseCritic().judge(profile)


def profile_of(person: Person) -> TasteProfile:
    """The profile of a made-up listener."""
    return build_profile(frame_of(person.listens()), Period(), BERLIN)


def profile_of_kind(
    kind: str, seed: int, *, knows_durations: bool = True
) -> TasteProfile:
    """The profile of a listener of this kind.

    Without durations it is like that of somebody with plays of Spotify's API alone.
    """
    frame = frame_of(make_listens(kind, seed=seed, rows=2_500, years=(2024, 2025)))
    if not knows_durations:
        unknown = pl.lit(None, frame.schema["ms_played"])
        frame = frame.with_columns(unknown.alias("ms_played"))
    return build_profile(frame, Period(), BERLIN)


def frame_of(listens: Iterable[Listen]) -> pl.DataFrame:
    """Listens to tracks as a history, as the profile reads it.

    Quicker than an export that is laid out, packed and read: that is tested elsewhere.
    """
    tracks = [one for one in listens if one.medium == "track"]
    names = ["artist", "title", "album"]
    texts = {name: [getattr(one, name) for one in tracks] for name in names}
    frame = pl.DataFrame(
        {
            "ended_at": pl.Series(
                [int(one.ended_at.timestamp()) for one in tracks], dtype=pl.Int64
            ),
            "ms_played": pl.Series([one.ms_played for one in tracks], dtype=pl.Int64),
            "reason_end": pl.Series(
                [one.reason_end for one in tracks], dtype=pl.Categorical
            ),
            "skipped": pl.Series([one.skipped for one in tracks], dtype=pl.Boolean),
            "shuffle": pl.Series([one.shuffle for one in tracks], dtype=pl.Boolean),
            **{name: pl.Series(texts[name], dtype=pl.String) for name in names},
        }
    )
    started = 1_000 * pl.col("ended_at") - pl.col("ms_played")
    return (
        frame.with_columns(
            started.cast(pl.Datetime("ms", "UTC"))
            .cast(pl.Datetime("us", "UTC"))
            .alias("started_at"),
            pl.struct("artist", "title").rank("dense").cast(pl.UInt32).alias("track"),
            *(as_enum(frame[name]) for name in names),
            pl.lit(LogName.SPOTIFY_EXTENDED.value)
            .cast(pl.Enum(LogName))
            .alias("source"),
        )
        .unique(["started_at", "track", "ms_played"])
        .sort("started_at", "artist", "title", "ms_played", "reason_end")
        .select(LISTEN_COLUMNS)
    )
