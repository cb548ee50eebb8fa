"""The kits of ListenBrainz' logs, as the lines of its export.

A row holds its line under the name of its log, as the lines of all logs are alike.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tests.exports import Row
from tests.music.kits.kit import Kit, Played, Truth, number
from unwrapped.music.sources.logs import LOGS, LogName
from unwrapped.music.sources.reasons import AsideReason

type Info = Mapping[str, object]

_NAMELESS: list[object] = [None, "", {}]
_NO_TIME: list[object] = ["x", None, True, []]
_TOO_EARLY = (0, -86_400, 946_684_800)


def listen_line(
    listened_at: object = 1_682_935_200,
    artist: object = "Artist",
    title: object = "Song",
    album: object = None,
    **info: object,
) -> Row:
    """A listen as ListenBrainz exports it; `info` is its `additional_info`."""
    return {
        "inserted_at": 1_700_000_000.5,
        "listened_at": listened_at,
        "track_metadata": {
            "track_name": title,
            "artist_name": artist,
            "release_name": album,
            "recording_msid": "00000000-0000-0000-0000-000000000000",
            "mbid_mapping": None,
            "additional_info": info,
        },
    }


def as_lines(lines: Sequence[object]) -> bytes:
    """Lines of JSON, in ASCII."""
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def _kit(log: LogName, info: Info, ends: Sequence[datetime]) -> Kit:
    def wrapped(line: Row) -> Row:
        return {log.value: line}

    def row(played: Played) -> Row:
        second = int(played.ended_at.timestamp())
        own: dict[str, object] = {"duration_ms": 240_000}
        if played.ms is not None:
            own["ms_played"] = played.ms
        return wrapped(
            listen_line(
                second, played.artist, played.title, played.album, **own, **info
            )
        )

    def truth(row: Row) -> Truth:
        line = row[log.value]
        assert isinstance(line, dict)
        said, track = number(line["listened_at"]), line["track_metadata"]
        sound = said is not None and said > 1_200_000_000
        return Truth(
            logged_at=datetime.fromtimestamp(said, UTC) if said and sound else None,
            ms=number(track["additional_info"].get("ms_played")),
            uri=None,
            artist=track["artist_name"],
            title=track["track_name"],
            length=number(track["additional_info"].get("duration_ms")),
        )

    return Kit(
        log=log,
        row=row,
        truth=truth,
        member=log.value,
        ends=ends,
        dirt={
            AsideReason.BAD_DATE: [wrapped(listen_line(at, **info)) for at in _NO_TIME],
            AsideReason.NO_TRACK: [
                wrapped(listen_line(title=name, **info)) for name in _NAMELESS
            ],
            **_wrong_clock(
                log, [wrapped(listen_line(at, **info)) for at in _TOO_EARLY]
            ),
        },
        write=lambda rows: as_lines([row[log.value] for row in rows]),
    )


def _wrong_clock(log: LogName, rows: list[Row]) -> dict[AsideReason, list[Row]]:
    return {AsideReason.WRONG_CLOCK: rows} if LOGS[log].scrobbled else {}


def _at(*times: str) -> list[datetime]:
    return [datetime.fromisoformat(f"2023-05-01T{time}+00:00") for time in times]


ARCHIVE = _kit(
    LogName.LISTENBRAINZ_ARCHIVE,
    {
        "submission_client": "ListenBrainz Archive Importer",
        "music_service": "spotify.com",
    },
    _at("09:59:01", "09:59:30", "10:00:00", "10:00:59"),
)
LISTENBRAINZ = _kit(
    LogName.LISTENBRAINZ,
    {"submission_client": "a player"},
    _at("09:55:31", "09:56:00", "09:56:14", "09:56:29", "09:59:30", "10:00:00"),
)
END = _kit(
    LogName.LISTENBRAINZ_END,
    {"submission_client": "mopidy-listenbrainz"},
    _at("09:59:59", "10:00:00", "10:00:14", "10:00:29", "10:01:31"),
)
SPOTIFY = _kit(
    LogName.LISTENBRAINZ_SPOTIFY,
    {"submission_client": "listenbrainz", "music_service": "spotify.com"},
    _at("09:58:00", "09:59:59", "10:00:00", "10:00:59", "10:01:01"),
)
