"""Fixtures of the tests of database servers."""

from tests.cli.settled import database_files

__all__ = ["database_files"]
