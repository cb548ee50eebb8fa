"""The kits of Last.fm's logs, as tables."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.exports import Row
from tests.music.kits.kit import Kit, Played, Truth
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason

_MINUTE = "%d %b %Y, %H:%M"
_SECOND_COLUMNS = ("uts", "artist", "album", "track")
_MINUTE_COLUMNS = ("utc_time", "artist", "album", "track")


def _at(*times: str) -> list[datetime]:
    return [datetime.fromisoformat(f"2023-05-01T{time}+00:00") for time in times]


def _names(played: Played) -> Row:
    return {
        "artist": played.artist or "",
        "album": played.album or "",
        "track": played.title or "",
    }


def _second(played: Played) -> Row:
    return {"uts": str(int(played.ended_at.timestamp())), **_names(played)}


def _minute(played: Played) -> Row:
    return {"utc_time": f"{played.ended_at:{_MINUTE}}", **_names(played)}


def _truth(logged_at: datetime | None, row: Row) -> Truth:
    return Truth(
        logged_at=logged_at, ms=None, uri=None, artist=row["artist"], title=row["track"]
    )


def _truth_of_second(row: Row) -> Truth:
    said = str(row["uts"])
    sound = said.isdecimal() and int(said) > 1_100_000_000
    return _truth(datetime.fromtimestamp(int(said), UTC) if sound else None, row)


def _truth_of_minute(row: Row) -> Truth:
    try:
        said = datetime.strptime(str(row["utc_time"]), _MINUTE).replace(tzinfo=UTC)
    except ValueError:
        return _truth(None, row)
    return _truth(said if said.year > 2001 else None, row)


def _table(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    written = io.StringIO()
    table = csv.DictWriter(written, columns, quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    return written.getvalue().encode("utf-8", "surrogatepass")


_ROW: Row = {"artist": "Artist", "album": "", "track": "Song"}
_NAMELESS = ("", " \u200b")

SECOND = Kit(
    log=LogName.LASTFM,
    row=_second,
    truth=_truth_of_second,
    member="uts",
    ends=_at(
        "09:55:29",
        "09:56:00",
        "09:56:14",
        "09:56:15",
        "09:56:30",
        "09:59:30",
        "09:59:44",
        "09:59:59",
        "10:00:00",
        "10:00:31",
    ),
    dirt={
        AsideReason.BAD_DATE: [_ROW | {"uts": uts} for uts in ("x", "yesterday")],
        AsideReason.NO_TRACK: [
            _ROW | {"uts": "1682935200", "track": name} for name in _NAMELESS
        ],
        AsideReason.NOW_PLAYING: [_ROW | {"uts": ""}],
        AsideReason.WRONG_CLOCK: [
            _ROW | {"uts": uts} for uts in ("0", "-5", "946684800")
        ],
    },
    write=lambda rows: _table(_SECOND_COLUMNS, rows),
)

MINUTE = Kit(
    log=LogName.LASTFM_MINUTE,
    row=_minute,
    truth=_truth_of_minute,
    member="utc_time",
    ends=_at("09:55", "09:56", "09:57", "09:59", "10:00", "10:01"),
    dirt={
        AsideReason.BAD_DATE: [
            _ROW | {"utc_time": time} for time in ("x", "31 Feb 2020, 10:00")
        ],
        AsideReason.WRONG_CLOCK: [_ROW | {"utc_time": "01 Jan 1970, 00:00"}],
        AsideReason.NO_TRACK: [
            _ROW | {"utc_time": "01 May 2023, 10:00", "track": name}
            for name in _NAMELESS
        ],
        AsideReason.NOW_PLAYING: [_ROW | {"utc_time": ""}],
    },
    write=lambda rows: _table(_MINUTE_COLUMNS, rows),
)
