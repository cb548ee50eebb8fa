"""Fixtures of the tests of commands."""

from tests.cli.settled import database_files, settled

__all__ = ["database_files", "settled"]
