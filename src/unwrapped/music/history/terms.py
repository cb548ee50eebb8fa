"""The marks of listens and the limits of durations that rules, tables and statistics share.

Loads no Polars.
"""

from enum import StrEnum

PLAY_MS = 30_000
"""A listen of at least this duration, or of unknown duration, is a play."""

LONG_MS = 7_200_000
"""A listen that was played for longer than this can meet others far from its start."""


class Mark(StrEnum):
    """Why a listen does not count. If several apply, the first one is used."""

    RICHER_SOURCE = "richer_source"
    DOUBLE_SCROBBLE = "double_scrobble"
    ECHO = "echo"
