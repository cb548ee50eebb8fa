"""Names of attacks for the ids of tests."""

import pytest


def attack(row: int, what: str) -> pytest.MarkDecorator:
    """Put the number of a row of the table of attacks into the ids of a test."""
    return pytest.mark.parametrize((), [pytest.param(id=f"attack-{row}-{what}")])
