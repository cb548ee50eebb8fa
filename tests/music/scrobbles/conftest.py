"""Fixtures of the tests of scrobbling."""

import pytest

from tests.conftest import MakeClient
from tests.music.scrobbles.players import Player, make_player
from unwrapped.core.process_resources import Resources


@pytest.fixture
async def player(make_client: MakeClient, cloned_resources: Resources) -> Player:
    """A player of a new account, on a database of the test's own."""
    return await make_player(make_client(cloned_resources), cloned_resources)
