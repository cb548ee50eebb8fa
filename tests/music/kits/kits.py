"""The kits of all logs: property tests draw from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from tests.exports import Row
from tests.music.kits import lastfm, listenbrainz, scrobbled, spotify
from tests.music.kits.kit import Kit, Truth
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.spellings import Spellings
from unwrapped.music.sources.upload_reading import Upload, read_upload

KITS: tuple[Kit, ...] = (
    spotify.EXTENDED,
    spotify.ACCOUNT,
    spotify.API,
    listenbrainz.ARCHIVE,
    listenbrainz.LISTENBRAINZ,
    listenbrainz.END,
    listenbrainz.SPOTIFY,
    lastfm.SECOND,
    lastfm.MINUTE,
    scrobbled.START,
    scrobbled.END,
)


def kit_of(row: Row) -> Kit:
    """The kit of the log of a row."""
    return next(kit for kit in KITS if kit.member in row)


def truth_of(row: Row) -> Truth:
    """What a row means."""
    return kit_of(row).truth(row)


def log_of(row: Row) -> LogName:
    """The log of a row."""
    return kit_of(row).log


def read_rows(folder: Path, files: Sequence[Sequence[Row]]) -> Upload:
    """Files, each of one kit, as one upload: written to `folder` where files hold them."""
    parts: list[tuple[int, Upload]] = []
    written: dict[str, int] = {}
    for number, rows in enumerate(files):
        kit = kit_of(rows[0])
        if kit.read is not None:
            parts.append((number, kit.read(rows)))
        elif (write := kit.write) is not None:
            name = f"{number:03}.json"
            (folder / name).write_bytes(write(rows))
            written[name] = number
    if written:
        parts.append((0, read_upload([folder / name for name in written])))
    return _together(parts, written)


def _together(parts: list[tuple[int, Upload]], written: Mapping[str, int]) -> Upload:
    spellings = Spellings()
    rows: list[pl.DataFrame] = []
    files: dict[int, HistoryFile] = {}
    aside: dict[int, dict[str, int]] = {}
    for own, part in parts:
        places = [written.get(file.path, own) for file in part.files]
        codes = pl.Series(spellings.codes(part.spellings.rows()), dtype=pl.UInt32)
        rows.append(
            part.rows.with_columns(
                pl.Series(places, dtype=pl.UInt32)
                .gather(part.rows["file"])
                .alias("file"),
                codes.gather(part.rows["spelling"]).alias("spelling"),
            )
        )
        # A file with rows of two logs is two in the books: here it stays one.
        for place, file in zip(places, part.files, strict=True):
            read = files[place].rows_read if place in files else 0
            files[place] = replace(file, rows_read=read + file.rows_read)
        for number, reasons in part.aside.items():
            known = aside.setdefault(places[number], {})
            aside[places[number]] = dict(Counter(known) + Counter(reasons))
    in_order = [files[number] for number in sorted(files)]
    return Upload(pl.concat(rows), aside, spellings, in_order, [])
