"""Profiles of made-up listeners, through the whole pipeline."""

import fcntl
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from examples.make_export import KINDS, make_listens, write_export
from unwrapped.music.listens.history import build_history
from unwrapped.music.listens.period import Period
from unwrapped.music.profile.taste import TasteProfile, build_profile
from unwrapped.music.sources.uploads import read_upload

ROWS = 6_000
YEARS_OF_SEED = (1, 2, 4)

# Seeds are drawn so that all traits occur. Twins happen by chance: of all pairs of 168
# listeners (eight seeds) 0.3 % share more than half; these two are each one of a pair.
SEEDS = (0, 1, 5)
TWINS = {("commuter", 5), ("chameleon", 5)}
LISTENERS = [
    (kind, seed) for kind in KINDS for seed in SEEDS if (kind, seed) not in TWINS
]


def profiles_of_all(run_folder: Path) -> list[TasteProfile]:
    """The profiles of `LISTENERS`, made by the first process of the run that asks."""
    run_folder.mkdir(parents=True, exist_ok=True)
    with (run_folder / "profiles").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not (known := file.read()):
            made = [profile_of(kind, seed, run_folder) for kind, seed in LISTENERS]
            known = msgspec.msgpack.encode(made)
            file.write(known)
    return msgspec.msgpack.decode(known, type=list[TasteProfile])


def profile_of(kind: str, seed: int, folder: Path) -> TasteProfile:
    """The profile of a made-up listener; more or less dense by the seed."""
    export = folder / f"{kind}-{seed}.zip"
    first = 2025 - YEARS_OF_SEED[seed % len(YEARS_OF_SEED)]
    listens = make_listens(kind, seed=seed, rows=ROWS, years=(first, 2025))
    write_export(export, listens, "both")
    listens_frame = build_history(read_upload([export])).listens
    return build_profile(listens_frame, Period(), ZoneInfo("Europe/Berlin"))
