"""Libraries that programs scrobble with: liblistenbrainz, and pylast over HTTPS."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.service import Place
from tests.clients.service import NAME, Service
from unwrapped.core.postgres.addresses import DatabaseAddress

pytestmark = pytest.mark.clients

ARTIST = "The Quiet Tides"


def test_liblistenbrainz_submits_and_reads_back(service: Service) -> None:
    """It drops any path from an address: it needs the mount at the root."""
    lib = pytest.importorskip("liblistenbrainz", reason="uv run --group clients")
    token = service.make_token("a script")
    client = lib.ListenBrainz(api_base_url=service.address)
    with pytest.raises(lib.errors.InvalidAuthTokenException):
        client.set_auth_token(token[:-1])
    client.set_auth_token(token)
    now = int(time.time()) - 3600

    def listen(number: int) -> Any:
        return lib.Listen(
            track_name=f"Silence {number}",
            artist_name=ARTIST,
            release_name="Half",
            listened_at=now + 60 * number,
            additional_info={"duration": 31, "submission_client": "a script"},
        )

    client.submit_playing_now(lib.Listen(track_name="Silence 0", artist_name=ARTIST))
    assert service.playing() == "Silence 0"
    client.submit_single_listen(listen(1))
    client.submit_multiple_listens([listen(2), listen(3)])
    client.submit_multiple_listens([listen(2), listen(3)])
    service.waits_for("Silence 1", "Silence 2", "Silence 3")
    read = client.get_listens(NAME, count=2)
    assert [one.track_name for one in read] == ["Silence 3", "Silence 2"]
    assert client.get_user_listen_count(NAME) == 3
    client.delete_listen(read[0])
    service.waits_for("Silence 1", "Silence 2")
    service.kill()
    with pytest.raises(OSError, match="refused"):
        client.submit_single_listen(listen(4))
    service.start()
    client.submit_single_listen(listen(4))
    service.waits_for("Silence 1", "Silence 2", "Silence 4")


@pytest.fixture
def service_over_https(tmp_path: Path, clone: DatabaseAddress) -> Iterator[Service]:
    """A server with a CA of its own."""
    with Place(tmp_path) as place:
        place.run("certs")
        service = Service(place, clone, ("--https",))
        service.start()
        service.make_account()
        yield service


def test_pylast_signs_in_scrobbles_and_reads_back(
    service_over_https: Service,
) -> None:
    """It proves the token by MD5, writes XML parameters in the query, and reads XML."""
    pylast = pytest.importorskip("pylast", reason="uv run --group clients")
    service = service_over_https
    token = service.make_token("a script")
    pylast.SSL_CONTEXT.load_verify_locations(service.running.ca)

    def network(secret: str) -> Any:
        found = pylast.LibreFMNetwork("any key", "any secret", username=NAME.upper())
        found.ws_server = (f"127.0.0.1:{service.port}", "/2.0/")
        keys = pylast.SessionKeyGenerator(found)
        found.session_key = keys.get_session_key(NAME.upper(), pylast.md5(secret))
        return found

    with pytest.raises(pylast.WSError, match="Authentication Failed"):
        network(token[:-1])
    client = network(token)
    now = int(time.time()) - 3600
    client.update_now_playing(ARTIST, "Silence 0", duration=31)
    assert service.playing() == "Silence 0"
    client.scrobble(ARTIST, "Silence 1 & <2> ø", now)
    batch = [
        {"artist": ARTIST, "title": f"Silence {n}", "timestamp": now + 60 * n}
        for n in range(2, 60)
    ]
    client.scrobble_many(batch)
    client.scrobble_many(batch)
    titles = ["Silence 1 & <2> ø", *(f"Silence {n}" for n in range(2, 60))]
    service.waits_for(*titles)
    user = client.get_user(NAME)
    recent = user.get_recent_tracks(limit=3)
    assert [one.track.title for one in recent] == titles[:-4:-1]
    assert user.get_playcount() == len(titles)
    assert client.get_user(NAME).get_now_playing().title == "Silence 0"
    track = client.get_track(ARTIST, "Silence 2")
    track.love()
    track.unlove()
    service.kill()
    with pytest.raises(pylast.NetworkError):
        client.scrobble(ARTIST, "Silence 60", now + 3600)
    service.start()
    client.scrobble(ARTIST, "Silence 60", now + 3600)
    service.waits_for(*titles, "Silence 60")
