"""Listens as the rows of Spotify's two exports."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from examples.fictional_music import Dice
from examples.listen import Listen

type Value = str | int | bool | None
type Row = dict[str, Value]

USERNAME = "listener"
BOOK_KEYS = (
    "audiobook_title",
    "audiobook_uri",
    "audiobook_chapter_uri",
    "audiobook_chapter_title",
)
LAST_YEAR_OF_ENDSONG, LAST_YEAR_WITHOUT_BOOKS = 2022, 2024
LOST_PERCENT = 1


def extended_rows(listens: Iterable[Listen]) -> Iterator[Row]:
    """Rows of the extended streaming history, with the keys of the listen's year.

    21 keys up to 2022 (the `endsong` files), 19 in 2023 and 2024, 23 from 2025 on.
    """
    return map(extended_row, listens)


def extended_row(listen: Listen) -> Row:
    year = listen.ended_at.year
    row: Row = {"ts": listen.ended_at.isoformat()[:19] + "Z"}
    if year <= LAST_YEAR_OF_ENDSONG:
        row["username"] = USERNAME
    row["platform"] = listen.platform
    row["ms_played"] = listen.ms_played
    row["conn_country"] = "DE"
    address = f"192.0.2.{1 + listen.ended_at.month}"
    if year <= LAST_YEAR_OF_ENDSONG:
        row["ip_addr_decrypted"] = address
        row["user_agent_decrypted"] = "unknown"
    else:
        row["ip_addr"] = address
    _add_names(row, listen, has_books=year > LAST_YEAR_WITHOUT_BOOKS)
    row["reason_start"] = listen.reason_start
    row["reason_end"] = listen.reason_end
    row["shuffle"] = listen.shuffle
    row["skipped"] = listen.skipped
    row["offline"] = listen.offline
    row["offline_timestamp"] = _offline_timestamp(listen)
    row["incognito_mode"] = listen.incognito
    return row


def account_rows(listens: Iterable[Listen]) -> Iterator[Row]:
    """Rows of the account data's music: four keys, times cut to the minute.

    Equal rows within a minute become one row. Some tracks are called unknown, as those
    that Spotify no longer offers. Podcasts and audiobooks are left out.
    """
    minute, seen = "", set[tuple[Value, ...]]()
    for listen in listens:
        if listen.medium not in ("track", "video"):
            continue
        artist, title = listen.artist, listen.title
        if Dice("lost", listen.uri).chance(LOST_PERCENT):
            artist, title = "Unknown Artist", "Unknown Track"
        row: Row = {
            "endTime": _minute(listen),
            "artistName": artist,
            "trackName": title,
            "msPlayed": listen.ms_played,
        }
        if row["endTime"] != minute:
            minute, seen = _minute(listen), set()
        if (values := tuple(row.values())) not in seen:
            seen.add(values)
            yield row


def account_podcast_rows(listens: Iterable[Listen]) -> Iterator[Row]:
    """Rows of the account data's podcasts; everything else is left out."""
    for listen in listens:
        if listen.medium == "podcast":
            yield {
                "endTime": _minute(listen),
                "podcastName": listen.artist,
                "episodeName": listen.title,
                "msPlayed": listen.ms_played,
            }


def account_audiobook_rows(listens: Iterable[Listen]) -> Iterator[Row]:
    """Rows of the account data's audiobooks; everything else is left out."""
    for listen in listens:
        if listen.medium == "audiobook":
            yield {
                "endTime": _minute(listen),
                "audiobookName": listen.artist,
                "chapterName": listen.title,
                "authorName": "A Made-up Author",
                "msPlayed": listen.ms_played,
            }


def _minute(listen: Listen) -> str:
    return listen.ended_at.isoformat(" ")[:16]


def _add_names(row: Row, listen: Listen, *, has_books: bool) -> None:
    is_track = listen.medium in ("track", "video")
    is_podcast = listen.medium == "podcast"
    row["master_metadata_track_name"] = listen.title if is_track else None
    row["master_metadata_album_artist_name"] = listen.artist if is_track else None
    row["master_metadata_album_album_name"] = listen.album if is_track else None
    row["spotify_track_uri"] = listen.uri if is_track else None
    row["episode_name"] = listen.title if is_podcast else None
    row["episode_show_name"] = listen.artist if is_podcast else None
    row["spotify_episode_uri"] = listen.uri if is_podcast else None
    if has_books:
        row |= dict.fromkeys(BOOK_KEYS)
        if listen.medium == "audiobook":
            row["audiobook_title"] = listen.artist
            row["audiobook_uri"] = listen.uri
            row["audiobook_chapter_uri"] = listen.uri.replace(":show:", ":episode:")
            row["audiobook_chapter_title"] = listen.title


def _offline_timestamp(listen: Listen) -> int | None:
    """The time when the play began: none before 2019, up to 2022 milliseconds or 0,
    later seconds. Two of a hundred are hours off.
    """
    ended, ms = int(listen.ended_at.timestamp()), listen.ms_played
    luck = (ended * 31 + ms) % 100
    began = ended - ms // 1000 - (7200 + 60 * luck if luck < 2 else 0)
    if listen.ended_at < datetime(2019, 1, 1, tzinfo=UTC):
        return None
    if listen.ended_at.year <= LAST_YEAR_OF_ENDSONG:
        return 0 if luck < 60 else began * 1000 + luck
    return began
