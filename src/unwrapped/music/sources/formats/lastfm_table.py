"""Tables of Last.fm scrobbles, as several export tools write them, each with its own columns.

Columns are found by the names in the first line; one tool writes no names. Times are the
starts of listens in UTC: Unix times, or text to the second or to the minute. The TSV files
of Last.fm's own archive (2009 to 2014) are such tables, with the same rows as its JSON.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter
from pathlib import PurePosixPath

import polars as pl

from unwrapped.music.sources.format import ByteReader, Context, Format
from unwrapped.music.sources.head import CsvHead, Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.csv_table import Cells, read_table
from unwrapped.music.sources.rows.peeked import Peeked
from unwrapped.music.sources.rows.scrobbles import (
    MINUTE_FORMATS,
    ZONED_FORMATS,
    scrobbles_frame,
)

ARTIST = ("artist", "artist_name", "artist name")
TITLE = ("track", "track_name", "track name")
ALBUM = ("album", "album_name", "album name")
UNIX = ("uts", "unixtime", "timestamp_unix")
UTC = ("utc_time", "iso time", "date")
EITHER = ("timestamp",)
"""A column that is read if it has Unix times, or times with zones."""

_WITH_USER = "date#"
"""The beginning of a column's name, such as `Date#somebody`: Unix times in milliseconds."""

_ARCHIVE = frozenset({"iso time", "unixtime"})
_LOCAL_TIME = re.compile(
    r"\d{1,4}[-/. ]\w{1,9}[-/. ]\d{1,4},?[ T]+\d{1,2}:\d\d(:\d\d)?"
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The positions of the columns."""

    time: int
    artist: int
    title: int
    album: int | None

    has_header: bool = True
    are_of_archive: bool = False


WITHOUT_HEADER = _Columns(time=3, artist=0, title=2, album=1, has_header=False)


class LastfmTable:
    """Tables with a column of artists, one of tracks, and one of times in UTC."""

    logs = (LogName.LASTFM, LogName.LASTFM_MINUTE)

    def recognises(self, head: Head) -> bool:
        return head.csv is not None and _columns(head.csv) is not None

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        peeked = Peeked(file)
        table = peeked.head.csv
        columns = _columns(table) if table else None
        if columns is None:
            return
        aside = None
        if columns.are_of_archive and is_no_history(file.path):
            aside = AsideReason.NOT_A_PLAY
        skipped = int(columns.has_header)
        for rows in read_table(peeked):
            times, artists, titles, albums = _cells(rows[skipped:], columns)
            skipped = 0
            yield scrobbles_frame(
                times,
                zip([None] * len(times), artists, titles, albums, strict=True),
                context.spellings,
                second=LogName.LASTFM,
                minute=LogName.LASTFM_MINUTE,
                asides=[aside] * len(times),
            )

    def refuses(self, head: Head) -> str | None:
        if (table := head.csv) is None or not _has_names(table):
            return None
        cells = chain.from_iterable(table.rows)
        if not any(_LOCAL_TIME.fullmatch(cell) for cell in cells):
            return None
        return (
            "a table of plays whose times do not name their zone: export the times"
            " as Unix seconds in a column named uts"
        )

    def repeats(self, path: str, folders: Set[str]) -> str | None:
        file = PurePosixPath(path)
        if file.suffix.lower() != ".tsv" or file.parent.name != "data":
            return None
        if str(file.parent.with_name("json")) not in folders:
            return None
        return "the same rows as in its JSON, which is read"


FORMAT: Format = LastfmTable()


def is_no_history(path: str) -> bool:
    """Whether a file of Last.fm's archive has loved, banned or skipped tracks."""
    return any(word in path.lower() for word in ("loved", "banned", "skipped"))


def _has_names(table: CsvHead) -> bool:
    names = {name.lower() for name in table.names}
    return not names.isdisjoint(ARTIST) and not names.isdisjoint(TITLE)


def _columns(table: CsvHead) -> _Columns | None:
    """The columns of a table; None if it cannot be read."""
    names = [name.lower() for name in table.names]
    time = _place(names, (*UNIX, *UTC))
    if time is None:
        starts = (n for n, name in enumerate(names) if name.startswith(_WITH_USER))
        time = next(starts, None)
    if time is None and (place := _place(names, EITHER)) is not None:
        time = place if _says_zone(table, place) else None
    artist, title = _place(names, ARTIST), _place(names, TITLE)
    if artist is not None and title is not None:
        if time is None:
            return None
        archive = set(names) >= _ARCHIVE
        return _Columns(
            time, artist, title, _place(names, ALBUM), are_of_archive=archive
        )
    return WITHOUT_HEADER if _is_without_header(table) else None


def _place(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _column(table: CsvHead, place: int) -> list[str]:
    return [row[place] for row in table.rows if len(row) > place and row[place]]


def _says_zone(table: CsvHead, place: int) -> bool:
    """Whether the first times name their zone or are Unix times."""
    cells = pl.Series(_column(table, place), dtype=pl.String)
    numbers = cells.cast(pl.Float64, strict=False)
    zoned = [
        cells.str.to_datetime(form, time_zone="UTC", strict=False).is_not_null()
        for form in ZONED_FORMATS
    ]
    said = numbers.is_not_null()
    for of_form in zoned:
        said |= of_form
    return len(said) > 0 and bool(said.all())


def _is_without_header(table: CsvHead) -> bool:
    """Whether each line is an artist, an album, a track and a time to the minute."""
    lines = [row for row in (table.names, *table.rows[:-1]) if row]
    times = [row[-1] for row in lines if row[-1]]
    return (
        all(len(row) == 4 for row in lines)
        and bool(times)
        and all(map(_is_minute, times))
    )


def _is_minute(text: str) -> bool:
    for form in MINUTE_FORMATS:
        try:
            datetime.strptime(text, form)  # noqa: DTZ007 - only its form matters
        except ValueError:
            continue
        return True
    return False


def _cells(rows: Sequence[Cells], columns: _Columns) -> list[tuple[str, ...]]:
    """The columns of times, artists, titles and albums."""
    places = [columns.time, columns.artist, columns.title]
    places.append(columns.title if columns.album is None else columns.album)
    pick = itemgetter(*places)
    try:
        picked = list(map(pick, rows))
    except IndexError:  # lines with fewer cells
        longest = max(places) + 1
        picked = [pick(row + [""] * (longest - len(row))) for row in rows]
    cells = list(zip(*picked, strict=True)) or [()] * len(places)
    if columns.album is None:
        cells[-1] = ("",) * len(picked)
    return cells
