"""Clients that follow a player, each alone: what it sends, and what it does when it cannot."""

from pathlib import Path

import pytest

from tests.clients.clients import FOLLOWERS, Follower
from tests.clients.player import ALBUM, ARTIST, Player
from tests.clients.service import Service
from tests.waiting import until

pytestmark = [pytest.mark.clients, pytest.mark.long]


@pytest.mark.parametrize("kind", FOLLOWERS, ids=lambda kind: kind.title)
def test_plays_arrive_also_those_of_an_outage(
    service: Service, tmp_path: Path, kind: type[Follower]
) -> None:
    """Four tracks; the server is killed in the second, and back in the third."""
    token = service.make_token(f"{kind.title} on this machine")
    with (
        Player(tmp_path / "player", 4) as player,
        kind(tmp_path, player, service.address, token) as client,
    ):
        one, two, three, four = player.titles
        player.play()
        player.wait_for(2)
        service.waits_for(one)
        until(lambda: service.playing() == two or None, f"{two} plays now")
        [first] = service.listens()
        assert (first["artist"], first["album"]) == (ARTIST, ALBUM)
        assert service.token_of(f"{kind.title} on this machine")["last_reason"] is None
        service.kill()
        player.wait_for(3)
        service.start()
        player.wait_for(4)
        player.wait_for_the_end()
        if client.keeps:
            service.waits_for(one, two, three, four)
        else:
            waits_for_last(service, four)
            assert two not in service.counted()


@pytest.mark.parametrize("kind", FOLLOWERS, ids=lambda kind: kind.title)
def test_a_wrong_token_is_refused_and_a_right_one_sends_what_was_kept(
    service: Service, tmp_path: Path, kind: type[Follower]
) -> None:
    token = service.make_token("a client")
    with (
        Player(tmp_path / "player", 3) as player,
        kind(tmp_path, player, service.address, token[:-1]) as client,
    ):
        one, two, three = player.titles
        player.play()
        client.says(kind.refused)
        player.wait_for(2)
        assert service.counted() == []
        client.stop()
        client.token = token
        client.start()
        player.wait_for_the_end()
        if client.keeps:
            service.waits_for(one, two, three)
        else:
            waits_for_last(service, three)
            assert one not in service.counted()


def waits_for_last(service: Service, title: str) -> None:
    """Wait until this was heard, whatever was heard before it."""
    until(lambda: service.counted()[-1:] == [title] or None, f"{title} was heard last")
