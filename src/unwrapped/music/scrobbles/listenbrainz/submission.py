"""Parses submissions of ListenBrainz clients.

Invalid names and times are refused with the messages of ListenBrainz. Other invalid members
are ignored, where ListenBrainz refuses some: a client may repeat a refused listen forever
and, with it, all later ones.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from unwrapped.core.exceptions import Invalid
from unwrapped.music.scrobbles.listen_times import BadTime, bad_time
from unwrapped.music.scrobbles.playing_now import Playing
from unwrapped.music.sources.scrobble import Scrobble, reports_ends, spotify_uri

MOST_AT_ONCE = 1_000
"""The most scrobbles in one submission."""

LISTEN_BYTES = 10_240
"""The most bytes of one listen in a submission."""

LONGEST_MS = 24 * 24 * 60 * 60 * 1000
TYPES = ("single", "playing_now", "import")


class BadSubmission(Invalid):
    """The request is invalid."""

    code = "bad_submission"


@dataclass(frozen=True, slots=True)
class Submission:
    """What a client submitted: listens, or the track that is playing."""

    listens: list[Scrobble]
    playing: Playing | None = None


def parse_submission(body: bytes, now: datetime | None = None) -> Submission:
    """Parse the body of a submission.

    Raises `BadSubmission` with the messages of ListenBrainz.
    """
    document = read_object(body)
    if "payload" not in document:
        raise BadSubmission("Invalid JSON document submitted.")
    payload = document["payload"]
    if not isinstance(payload, list):
        raise BadSubmission(
            "The payload in the JSON document should be a list of listens."
        )
    _require_count(payload, len(body))
    kind = document.get("listen_type", "import")
    if kind not in TYPES:
        raise BadSubmission("JSON document requires a valid listen_type key.")
    if len(payload) > 1 and kind != "import":
        raise BadSubmission(
            "JSON document contains more than listen for a single/playing_now. It should"
            " contain only one."
        )
    if kind == "playing_now":
        return Submission([], _playing(payload[0]))
    now = now or datetime.now(UTC)
    return Submission([_scrobble(one, now) for one in payload])


def read_object(body: bytes) -> dict[str, object]:
    """Parse a body that is a JSON object. Raises `BadSubmission`."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadSubmission(f"Cannot parse JSON document: {error}") from error
    if not isinstance(document, dict):
        raise BadSubmission(
            "Invalid JSON document submitted. Top level of JSON document should be a json"
            " object."
        )
    return document


def _require_count(payload: list[object], size: int) -> None:
    if not payload:
        raise BadSubmission("JSON document does not contain any listens")
    if len(payload) > MOST_AT_ONCE:
        raise BadSubmission(
            f"Too many listens. You may not submit more than {MOST_AT_ONCE} listens at"
            " once."
        )
    if size > len(payload) * LISTEN_BYTES:
        raise BadSubmission(
            f"JSON document is too large. Each listens may not be larger than"
            f" {LISTEN_BYTES} bytes."
        )


def _playing(listen: object) -> Playing:
    members = _object(listen)
    if "listened_at" in members:
        raise BadSubmission(
            "JSON document must not contain listened_at while submitting playing_now."
        )
    metadata = _Metadata.of(members)
    return Playing(
        artist=metadata.artist,
        title=metadata.title,
        album=metadata.album,
        length_ms=metadata.length_ms,
        client=metadata.client,
        recording_mbid=metadata.mbid,
    )


def _scrobble(listen: object, now: datetime) -> Scrobble:
    members = _object(listen)
    listened_at = _listened_at(members, now)
    metadata = _Metadata.of(members)
    info = metadata.info
    uri = spotify_uri(_text(info, "spotify_id") or _text(info, "origin_url"))
    played = _duration(info.get("ms_played"), info.get("duration_played"))
    return Scrobble(
        artist=metadata.artist,
        title=metadata.title,
        listened_at=listened_at,
        album=metadata.album,
        album_artist=_album_artist(info),
        length_ms=metadata.length_ms,
        ms_played=played,
        client=metadata.client,
        uri=uri,
        recording_mbid=metadata.mbid,
    )


def _listened_at(listen: Mapping[str, object], now: datetime) -> int:
    if "listened_at" not in listen:
        raise BadSubmission(
            "JSON document must contain the key listened_at at the top level."
        )
    value = listen["listened_at"]
    try:
        if not isinstance(value, int | float | str):
            raise TypeError(value)  # noqa: TRY301 - one way out for every bad time
        listened_at = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadSubmission(
            "JSON document must contain an int value for listened_at."
        ) from error
    match bad_time(listened_at, now):
        case BadTime.TOO_NEW:
            raise BadSubmission("Value for key listened_at is too high.")
        case BadTime.TOO_OLD:
            raise BadSubmission("Value for key listened_at is too low.")
    return listened_at


@dataclass(frozen=True, slots=True)
class _Metadata:
    """The members that listens and a track that is playing have in common."""

    artist: str
    title: str
    album: str | None
    info: Mapping[str, object]

    @classmethod
    def of(cls, listen: Mapping[str, object]) -> "_Metadata":
        """Read them from a listen. Raises `BadSubmission`."""
        metadata = _object(listen.get("track_metadata"))
        return cls(
            artist=_required(metadata, "artist_name"),
            title=_required(metadata, "track_name"),
            album=_text(metadata, "release_name"),
            info=_maybe_object(metadata.get("additional_info")),
        )

    @property
    def length_ms(self) -> int | None:
        """The length of the track."""
        return _duration(self.info.get("duration_ms"), self.info.get("duration"))

    @property
    def client(self) -> str | None:
        """The name of the client that submitted the listen.

        If the listen was passed on from a client that reports the ends of listens, the name
        of that client: it determines what the time means.
        """
        own = _text(self.info, "submission_client")
        original = _text(self.info, "original_submission_client")
        return original if original and reports_ends(original) else own or original

    @property
    def mbid(self) -> str | None:
        """The id of the MusicBrainz recording; None if it is missing or invalid."""
        text = _text(self.info, "recording_mbid")
        try:
            return str(UUID(text)) if text else None
        except ValueError:
            return None


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadSubmission("Invalid JSON document submitted.")
    return value


def _maybe_object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _required(metadata: Mapping[str, object], name: str) -> str:
    if name not in metadata:
        raise BadSubmission(
            f"JSON document does not contain required field track_metadata.{name}."
        )
    value = metadata[name]
    if not isinstance(value, str):
        raise BadSubmission(f"track_metadata.{name} must be a single string.")
    if not (stripped := value.strip()):
        raise BadSubmission(f"field track_metadata.{name} is empty.")
    return stripped


def _text(members: Mapping[str, object], name: str) -> str | None:
    value = members.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _album_artist(info: Mapping[str, object]) -> str | None:
    names = info.get("release_artist_names")
    if isinstance(names, list) and names and isinstance(names[0], str):
        return names[0].strip() or None
    return _text(info, "release_artist_name")


def _duration(milliseconds: object, seconds: object) -> int | None:
    """A duration in milliseconds, from the first of both members that is valid.

    Returns None if neither is.
    """
    for value, factor in ((milliseconds, 1), (seconds, 1000)):
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            number = float(value) * factor
        except (ValueError, OverflowError):
            continue
        if math.isfinite(number) and 0 < round(number) <= LONGEST_MS:
            return round(number)
    return None
