"""Why rows are set aside."""

from enum import StrEnum
from typing import Self


class AsideReason(StrEnum):
    """Why a row is not a listen to a track, in the order of the books."""

    one: str
    """The words that follow the count 1: `1 podcast episode`."""

    many: str
    """The words that follow any other count: `12 podcast episodes`."""

    damage: str | None
    """What is wrong with such rows; None if they are valid, but not listens.

    Only damage counts towards refusing an upload.
    """

    def __new__(
        cls, value: str, one: str = "", many: str = "", damage: str | None = None
    ) -> Self:
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.one, reason.many, reason.damage = one, many, damage
        return reason

    PODCAST = "podcast", "podcast episode", "podcast episodes"
    AUDIOBOOK = "audiobook", "audiobook chapter", "audiobook chapters"
    NOT_A_PLAY = "not_a_play", "that is not a play", "that are not plays"
    NOW_PLAYING = (
        "now_playing",
        "track that was playing at the time of the export",
        "tracks that were playing at the time of the export",
    )
    WRONG_CLOCK = (
        "wrong_clock",
        "with a date that is wrong by years",
        "with a date that is wrong by years",
    )
    NO_TRACK = "no_track", "without the name of a track", "without the name of a track"
    NO_OBJECT = (
        "no_object",
        "that is not an object",
        "that are not objects",
        "are not objects",
    )
    BAD_DATE = (
        "bad_date",
        "without a readable date",
        "without a readable date",
        "have no readable date",
    )
    BAD_DURATION = (
        "bad_duration",
        "without a sensible duration",
        "without a sensible duration",
        "have no readable duration",
    )

    def counted(self, count: int) -> str:
        """The count in words: `12 podcast episodes`."""
        return f"{count:,} {self.one if count == 1 else self.many}"


OTHER_FORM = "other_form"
"""Marks a row without any member of the format, which another format may read. It
never appears in books.
"""
