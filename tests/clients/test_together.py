"""A player whose plays several clients report to one account, and a server that is killed.

`SOAK_MINUTES` says for how long the player plays; `OUTAGE_MINUTES` how long the server is
away while the clients keep what they could not send.
"""

import os
import random
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.clients.clients import FOLLOWERS, Follower, Mpdscribble
from tests.clients.player import SECONDS, Player
from tests.clients.service import Service
from tests.waiting import until

pytestmark = [pytest.mark.clients, pytest.mark.long]

SOAK_MINUTES = int(os.environ.get("SOAK_MINUTES", "10"))
OUTAGE_MINUTES = int(os.environ.get("OUTAGE_MINUTES", "5"))
KILLS = 3
AWAY_SECONDS = 20
OUTAGE_SECONDS = 40
"""Of a track of the outage: listenbrainz-mpd keeps 98 plays at most, which is an hour."""

AFTERWARDS = 4
"""Tracks that play when the server is back."""

SOURCES = ("scrobbled_here", "scrobbled_here_end")
"""Of listenbrainz-mpd and of mpdscribble."""

MOMENTS = random.Random(1)  # noqa: S311 - of no secret


def follow[F: Follower](
    kind: type[F], stack: ExitStack, folder: Path, player: Player, service: Service
) -> F:
    """A client that follows the player until the stack ends."""
    token = service.make_token(f"{kind.title} on this machine")
    client = kind(folder, player, service.address, token)
    stack.enter_context(client)
    return client


def test_every_listen_counts_once(service: Service, tmp_path: Path) -> None:
    """mpdscribble, listenbrainz-mpd and rescrobbled; the server is killed three times."""
    tracks = SOAK_MINUTES * 60 // SECONDS + 1
    with Player(tmp_path / "player", tracks) as player, ExitStack() as stack:
        for kind in FOLLOWERS:
            follow(kind, stack, tmp_path, player, service)
        player.play()
        for kill in range(KILLS):
            player.wait_for(2 + kill * (tracks // KILLS))
            time.sleep(MOMENTS.uniform(0, SECONDS - 1))
            service.kill()
            time.sleep(AWAY_SECONDS)
            service.start()
        player.wait_for_the_end()
        assert player.played == player.titles
        service.waits_for(*player.played)
        for source in SOURCES:
            assert set(titles(service, source)) == set(player.played)


def test_a_long_outage_is_sent_afterwards(service: Service, tmp_path: Path) -> None:
    """The server is killed again, three times, while the clients send what they kept."""
    tracks = OUTAGE_MINUTES * 60 // OUTAGE_SECONDS + AFTERWARDS
    player = Player(tmp_path / "player", tracks, OUTAGE_SECONDS)
    with player, ExitStack() as stack:
        mpdscribble = follow(Mpdscribble, stack, tmp_path, player, service)
        for kind in FOLLOWERS:
            if kind.keeps and kind is not Mpdscribble:
                follow(kind, stack, tmp_path, player, service)
        service.kill()
        player.play()
        player.wait_for(tracks - AFTERWARDS + 1)
        for _ in range(KILLS):
            service.start()
            mpdscribble.try_now()
            time.sleep(MOMENTS.uniform(0, 3))
            service.kill()
        service.start()
        mpdscribble.try_now()
        player.wait_for_the_end()
        assert player.played == player.titles
        service.waits_for(*player.played)
        until(
            lambda: (
                all(titles(service, one) == player.played for one in SOURCES) or None
            ),
            f"both have sent all; {[titles(service, one) for one in SOURCES]}",
        )


def titles(service: Service, source: str) -> list[str]:
    """The titles of what one log has, in the order in which they were heard."""
    found = [one for one in service.listens() if one["source"] == source]
    return [one["title"] for one in reversed(found)]
