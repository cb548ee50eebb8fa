"""Findings: what a check found, and what to do about it."""

from enum import StrEnum

import msgspec


class State(StrEnum):
    """How serious a finding is."""

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
    """What to do; empty if all is well."""


def ok(check: str, said: str) -> Finding:
    """Return the finding that all is well."""
    return Finding(check, State.OK, said)


def warning(check: str, said: str, advice: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(check, State.WARNING, said, advice)


def problem(check: str, said: str, advice: str) -> Finding:
    """Return a finding that somebody must fix."""
    return Finding(check, State.PROBLEM, said, advice)
