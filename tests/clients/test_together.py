"""A player whose plays three clients report to one account, and a server that is killed."""

import random
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.clients.clients import FOLLOWERS
from tests.clients.player import SECONDS, Player
from tests.clients.service import Service

pytestmark = [pytest.mark.clients, pytest.mark.long]

TRACKS, KILLS = 10, 3
AWAY_SECONDS = 20


def test_every_listen_counts_once(service: Service, tmp_path: Path) -> None:
    """mpdscribble, listenbrainz-mpd and rescrobbled; the server is killed three times."""
    moments = random.Random(1)  # noqa: S311 - of no secret
    names = [f"{kind.title} on this machine" for kind in FOLLOWERS]
    tokens = [service.make_token(name) for name in names]
    with Player(tmp_path / "player", TRACKS) as player, ExitStack() as stack:
        for kind, token in zip(FOLLOWERS, tokens, strict=True):
            client = kind(tmp_path, player, service.address, token)
            stack.enter_context(client)
        player.play()
        for kill in range(KILLS):
            player.wait_for(2 + 3 * kill)
            time.sleep(moments.uniform(0, SECONDS - 1))
            service.kill()
            time.sleep(AWAY_SECONDS)
            service.start()
        player.wait_for_the_end()
        service.waits_for(*player.titles)
        listens = service.listens()
        # Each was heard of from the two that keep what they could not send.
        assert len(listens) >= 2 * TRACKS
        assert sum(one["mark"] is None for one in listens) == TRACKS
