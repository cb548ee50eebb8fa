"""The kits of what clients report to this server."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.exports import Row
from tests.music.kits.kit import Kit, Played, Truth, number
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.received_scrobbles import read_received
from unwrapped.music.sources.scrobble import Scrobble
from unwrapped.music.sources.upload_reading import Upload

_CLIENTS = {
    LogName.SCROBBLED_HERE: "a player",
    LogName.SCROBBLED_HERE_END: "rescrobbled",
}
_NO_TIMES = (10**15, -(10**15))
_WRONG_CLOCK = (0, 946_684_800, 4_102_444_800)


def scrobble_of(row: Row) -> Scrobble:
    """A row as a client reported it."""
    [(log, members)] = row.items()
    assert isinstance(members, dict)
    return Scrobble(client=_CLIENTS[LogName(log)], **members)


def _read(rows: Sequence[Row]) -> Upload:
    return read_received([scrobble_of(row) for row in rows])


def _kit(log: LogName, ends: Sequence[datetime]) -> Kit:
    def wrapped(**members: object) -> Row:
        return {log.value: {"artist": "Artist", "title": "Song"} | members}

    def row(played: Played) -> Row:
        return wrapped(
            artist=played.artist or "",
            title=played.title or "",
            album=played.album,
            uri=played.uri,
            listened_at=int(played.ended_at.timestamp()),
            length_ms=240_000,
            ms_played=None if played.ms is None else int(played.ms),
        )

    def truth(row: Row) -> Truth:
        one = scrobble_of(row)
        sound = 1_200_000_000 < one.listened_at < _WRONG_CLOCK[-1]
        return Truth(
            logged_at=datetime.fromtimestamp(one.listened_at, UTC) if sound else None,
            ms=number(one.ms_played),
            uri=one.uri,
            artist=one.artist,
            title=one.title,
            length=number(one.length_ms),
        )

    return Kit(
        log=log,
        row=row,
        truth=truth,
        member=log.value,
        ends=ends,
        dirt={
            AsideReason.BAD_DATE: [wrapped(listened_at=at) for at in _NO_TIMES],
            AsideReason.WRONG_CLOCK: [wrapped(listened_at=at) for at in _WRONG_CLOCK],
            AsideReason.NO_TRACK: [
                wrapped(listened_at=1_682_935_200, title=name)
                for name in ("", "\u200b")
            ],
        },
        write=None,
        read=_read,
    )


def _at(*times: str) -> list[datetime]:
    return [datetime.fromisoformat(f"2023-05-01T{time}+00:00") for time in times]


START = _kit(
    LogName.SCROBBLED_HERE,
    _at("09:55:31", "09:56:00", "09:56:14", "09:56:29", "09:59:30", "10:00:00"),
)
END = _kit(
    LogName.SCROBBLED_HERE_END,
    _at("09:59:59", "10:00:00", "10:00:14", "10:00:29", "10:01:31"),
)
