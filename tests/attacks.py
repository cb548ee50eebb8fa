"""Names of attacks for the ids of tests."""

import pytest


def attack(row: int, what: str) -> pytest.MarkDecorator:
    """Let the ids of a test name a row of the table of attacks."""
    return pytest.mark.parametrize((), [pytest.param(id=f"attack-{row}-{what}")])
