"""The kits of Spotify's logs."""

import itertools
from datetime import UTC, datetime, timedelta

from tests.exports import Row, account_row, api_row, extended_row
from tests.music.kits.kit import Kit, Played, Truth, moment, number
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.upload_reading import read_recently_played

DAY = "2023-05-01"
NAMELESS: list[object] = [None, "", {}]
BAD_DURATIONS: list[object] = [-1, 1.5, True, "1", 2**31, []]
BAD_MOMENTS: list[object] = ["x", None, 5, [], "1970-01-01"]
BAD_TIMES: list[object] = ["x", None, "1970-01-01T00:00:00Z", 7, True]


def _at(*times: str) -> list[datetime]:
    return [datetime.fromisoformat(f"{DAY}T{time}+00:00") for time in times]


def _extended(played: Played) -> Row:
    return extended_row(
        ts=f"{played.ended_at:%Y-%m-%dT%H:%M:%SZ}",
        ms_played=played.ms,
        master_metadata_track_name=played.title,
        master_metadata_album_artist_name=played.artist,
        master_metadata_album_album_name=played.album,
        spotify_track_uri=played.uri,
        reason_end=played.reason_end,
        skipped=played.skipped,
        shuffle=played.shuffle,
    )


def _truth_of_extended(row: Row) -> Truth:
    return Truth(
        logged_at=moment(row["ts"]),
        ms=number(row["ms_played"]),
        uri=row["spotify_track_uri"],
        artist=row["master_metadata_album_artist_name"],
        title=row["master_metadata_track_name"],
    )


EXTENDED = Kit(
    log=LogName.SPOTIFY_EXTENDED,
    row=_extended,
    truth=_truth_of_extended,
    member="ts",
    ends=_at(
        *(
            f"{minute}:{second}"
            for minute in ("09:59", "10:00", "10:01")
            for second in ("00", "01", "30", "59")
        )
    ),
    dirt={
        AsideReason.BAD_DATE: [extended_row(ts=ts) for ts in BAD_TIMES],
        AsideReason.BAD_DURATION: [extended_row(ms_played=ms) for ms in BAD_DURATIONS],
        AsideReason.NO_TRACK: [
            extended_row(master_metadata_track_name=name) for name in NAMELESS
        ],
        AsideReason.PODCAST: [
            extended_row(master_metadata_track_name=None, episode_name=1)
        ],
        AsideReason.AUDIOBOOK: [
            extended_row(master_metadata_track_name="", audiobook_uri="b")
        ],
    },
)


def _account(played: Played) -> Row:
    return account_row(
        endTime=f"{played.ended_at:%Y-%m-%d %H:%M}",
        msPlayed=played.ms,
        artistName=played.artist,
        trackName=played.title,
    )


def _truth_of_account(row: Row) -> Truth:
    return Truth(
        logged_at=moment(row["endTime"]),
        ms=number(row["msPlayed"]),
        uri=None,
        artist=row["artistName"],
        title=row["trackName"],
    )


ACCOUNT = Kit(
    log=LogName.SPOTIFY_ACCOUNT,
    row=_account,
    truth=_truth_of_account,
    member="endTime",
    ends=_at("09:59", "10:00", "10:01"),
    dirt={
        AsideReason.BAD_DATE: [account_row(endTime=end) for end in ("x", None, 5)],
        AsideReason.BAD_DURATION: [
            account_row(msPlayed=ms) for ms in (-1, 0.5, "1", False)
        ],
        AsideReason.NO_TRACK: [account_row(trackName=None)],
        AsideReason.PODCAST: [account_row(trackName=None, podcastName="P")],
        AsideReason.AUDIOBOOK: [account_row(trackName=None, audiobookName="B")],
    },
)


def _api(played: Played) -> Row:
    return api_row(
        played.artist,
        played.title,
        played.uri,
        f"{played.ended_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        album={"name": played.album, "artists": []},
    )


def _truth_of_api(row: Row) -> Truth:
    track = row["track"]
    assert isinstance(track, dict)
    return Truth(
        logged_at=moment(row["played_at"]),
        ms=None,
        uri=track["uri"],
        artist=track["artists"][0]["name"],
        title=track["name"],
    )


def _around(end: datetime) -> list[datetime]:
    """About an end, some minutes before it, and one or two after it."""
    minute, tick = timedelta(minutes=1), timedelta(milliseconds=1)
    return [
        end - 2 * minute - tick,
        end - 2 * minute,
        end - minute,
        end - timedelta(milliseconds=30_500),
        end - timedelta(milliseconds=500),
        end,
        end + tick,
        end + timedelta(seconds=30.123),
        end + minute,
        end + minute + tick,
        end + timedelta(seconds=119.999),
        end + 2 * minute,
        end + 2 * minute + tick,
    ]


API_ENDS = [
    # The first moment that can mean a listen of hours.
    datetime(2023, 5, 1, 8, 58, 59, 999_000, UTC),
    datetime(2023, 5, 1, 8, 59, tzinfo=UTC),
    *itertools.chain.from_iterable(
        map(_around, _at("09:59:00", "10:00:00", "10:01:01"))
    ),
]


API = Kit(
    log=LogName.SPOTIFY_API,
    row=_api,
    truth=_truth_of_api,
    member="played_at",
    ends=API_ENDS,
    dirt={
        AsideReason.BAD_DATE: [api_row(played_at=at) for at in BAD_MOMENTS],
        AsideReason.NO_TRACK: [api_row(title=name) for name in (None, "", " \u200b")],
        AsideReason.PODCAST: [api_row(type="episode")],
        AsideReason.AUDIOBOOK: [api_row(type=None, uri="spotify:chapter:1")],
    },
    write=None,
    read=lambda items: read_recently_played(list(items)),
)
