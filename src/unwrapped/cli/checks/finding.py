"""What a check found, and what to do about it."""

from enum import StrEnum

import msgspec


class State(StrEnum):
    """How well something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should look at it."""

    PROBLEM = "problem"
    """Something does not work, or is about to stop."""


class Finding(msgspec.Struct, frozen=True):
    """One line of the report."""

    check: str
    state: State
    said: str
    advice: str = ""
    """What to do; empty where all is well."""


def ok(check: str, said: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, said)


def warning(check: str, said: str, advice: str) -> Finding:
    """Something to look at."""
    return Finding(check, State.WARNING, said, advice)


def problem(check: str, said: str, advice: str) -> Finding:
    """Something to fix."""
    return Finding(check, State.PROBLEM, said, advice)
