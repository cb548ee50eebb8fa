"""Profiles of made-up listeners, through the whole pipeline from the files on."""

import fcntl
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from examples.export_rows import extended_row
from examples.make_export import KINDS, make_listens
from unwrapped.music.history.building import build_history
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste import TasteProfile, build_profile
from unwrapped.music.sources.uploads import read_upload

ROWS = 4_500
YEARS_OF_SEED = (1, 2, 4)

# Seeds are drawn so that all traits occur. Twins happen by chance: of all pairs of 189
# listeners (nine seeds) 0.4 % share more than half; these two are each one of a pair.
SEEDS = (1, 3, 8)
TWINS = {("nightowl", 8), ("officeworker", 8)}
LISTENERS = [
    (kind, seed) for kind in KINDS for seed in SEEDS if (kind, seed) not in TWINS
]


def profiles_of_all(run_folder: Path) -> list[TasteProfile]:
    """The profiles of `LISTENERS`; the processes of a run that ask share the work."""
    folder = run_folder / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    for one in LISTENERS:
        with suppress(BlockingIOError):  # another makes it: on to the next
            _shared_profile(folder, *one, fcntl.LOCK_NB)
    return [_shared_profile(folder, *one) for one in LISTENERS]


def _shared_profile(folder: Path, kind: str, seed: int, how: int = 0) -> TasteProfile:
    """A profile, made by the first who asks."""
    with (folder / f"{kind}-{seed}").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | how)
        file.seek(0)
        if not (known := file.read()):
            known = msgspec.msgpack.encode(profile_of(kind, seed, folder))
            file.write(known)
    return msgspec.msgpack.decode(known, type=TasteProfile)


def profile_of(
    kind: str, seed: int, folder: Path, *, knows_durations: bool = True
) -> TasteProfile:
    """The profile of a made-up listener; more or less dense by the seed.

    Without durations it is as of somebody of whom Spotify's API alone has told.
    """
    first = 2025 - YEARS_OF_SEED[seed % len(YEARS_OF_SEED)]
    listens = make_listens(kind, seed=seed, rows=ROWS, years=(first, 2025))
    # Quicker than an export that is laid out and packed: that is tested elsewhere.
    file = folder / f"{kind}-{seed}.json"
    file.write_bytes(msgspec.json.encode([extended_row(listen) for listen in listens]))
    listens_frame = build_history(read_upload([file])).listens
    if not knows_durations:
        unknown = pl.lit(None, listens_frame.schema["ms_played"])
        listens_frame = listens_frame.with_columns(unknown.alias("ms_played"))
    return build_profile(listens_frame, Period(), ZoneInfo("Europe/Berlin"))
