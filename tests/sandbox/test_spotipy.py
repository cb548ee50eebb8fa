"""spotipy, a client that was written for Spotify, works with the sandbox."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import spotipy
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.exceptions import SpotifyException
from spotipy.oauth2 import SpotifyOAuth, SpotifyOauthError, SpotifyPKCE

from tests.sandbox.running import CALLBACK, GRETA, ILKA, SCOPES, Running
from unwrapped.sandbox.config import CLIENT_SECRET

type Json = dict[str, Any]
type Manager = SpotifyOAuth | SpotifyPKCE


def with_secret(sandbox: Running, client_id: str) -> SpotifyOAuth:
    """A client on a server."""

    class Here(SpotifyOAuth):  # type: ignore[misc]  # spotipy has no types
        OAUTH_AUTHORIZE_URL = f"{sandbox.address}/authorize"
        OAUTH_TOKEN_URL = f"{sandbox.address}/api/token"

    cache = MemoryCacheHandler()
    return Here(
        client_id, CLIENT_SECRET, CALLBACK, "of-spotipy", SCOPES, cache_handler=cache
    )


def with_pkce(sandbox: Running, client_id: str) -> SpotifyPKCE:
    """A client on a phone."""

    class Here(SpotifyPKCE):  # type: ignore[misc]  # spotipy has no types
        OAUTH_AUTHORIZE_URL = f"{sandbox.address}/authorize"
        OAUTH_TOKEN_URL = f"{sandbox.address}/api/token"

    cache = MemoryCacheHandler()
    return Here(client_id, CALLBACK, "of-spotipy", SCOPES, cache_handler=cache)


def signed_in(
    sandbox: Running,
    manager: Manager,
    listener: str = GRETA,
    **options: object,
) -> spotipy.Spotify:
    """Somebody's Spotify, once they have agreed."""
    location = sandbox.sign_in(manager.get_authorize_url(), listener)
    state, code = manager.parse_auth_response_url(location)
    assert state == "of-spotipy"
    assert manager.get_authorization_code(location) == code
    exchange = {"as_dict": False} if isinstance(manager, SpotifyOAuth) else {}
    manager.get_access_token(code, check_cache=False, **exchange)
    spotify = spotipy.Spotify(auth_manager=manager, **options)
    spotify.prefix = f"{sandbox.address}/v1/"
    return spotify


@pytest.fixture
def greta(sandbox: Running) -> spotipy.Spotify:
    """Greta's Spotify."""
    return signed_in(sandbox, with_secret(sandbox, "sandbox"))


@pytest.mark.parametrize("make", [with_secret, with_pkce])
def test_spotipy_reads_who_signed_in(
    sandbox: Running, make: Callable[[Running, str], Manager]
) -> None:
    me = signed_in(sandbox, make(sandbox, "sandbox")).me()
    assert (me["id"], me["display_name"]) == (GRETA, "Greta Quayloom")
    assert (me["type"], me["uri"]) == ("user", f"spotify:user:{GRETA}")


def pages(spotify: spotipy.Spotify, first: Json) -> list[Json]:
    """All pages from one on."""
    found = [first]
    while onward := spotify.next(found[-1]):
        found.append(onward)
    return found


def test_spotipy_pages_through_favourites(greta: spotipy.Spotify) -> None:
    artists = pages(greta, greta.current_user_top_artists(limit=25))
    assert [len(page["items"]) for page in artists] == [25, 25, 10]
    ids = {item["id"] for page in artists for item in page["items"]}
    assert len(ids) == artists[0]["total"] == 60
    assert greta.previous(artists[1]) == artists[0]
    tracks = pages(greta, greta.current_user_top_tracks(limit=50, time_range="short_term"))  # fmt: skip
    assert [page["offset"] for page in tracks] == [0, 50, 100, 150]
    ids = {item["id"] for page in tracks for item in page["items"]}
    assert len(ids) == tracks[0]["total"] == 180


def test_spotipy_reads_the_last_plays_and_then_the_new_ones(
    sandbox: Running, greta: spotipy.Spotify
) -> None:
    recent = pages(greta, greta.current_user_recently_played(limit=20))
    assert [len(page["items"]) for page in recent] == [20, 20, 10]
    times = [item["played_at"] for page in recent for item in page["items"]]
    assert times == sorted(set(times), reverse=True)
    newest = recent[0]["cursors"]["after"]
    assert greta.current_user_recently_played(after=newest)["items"] == []

    sandbox.clock.advance(minutes=30)
    new = greta.current_user_recently_played(after=newest)
    assert 3 <= len(new["items"]) <= 30
    assert all(item["played_at"] > times[0] for item in new["items"])
    last = greta.current_user_recently_played(limit=1, before=new["cursors"]["before"])
    assert [item["played_at"] for item in last["items"]] == [times[0]]


def test_spotipy_finds_nothing_if_nothing_was_played(sandbox: Running) -> None:
    ilka = signed_in(sandbox, with_secret(sandbox, "sandbox"), ILKA)
    assert ilka.current_user_recently_played()["cursors"] is None
    assert ilka.current_user_top_tracks()["total"] == 0


@pytest.mark.parametrize("make", [with_secret, with_pkce])
def test_spotipy_refreshes_and_keeps_the_refresh_token(
    sandbox: Running, make: Callable[[Running, str], Manager]
) -> None:
    manager = make(sandbox, "sandbox")
    spotify = signed_in(sandbox, manager)
    first = manager.cache_handler.get_cached_token()
    sandbox.clock.advance(hours=1)
    with pytest.raises(SpotifyException, match="The access token expired") as refused:
        spotify.me()
    assert refused.value.http_status == 401
    manager.cache_handler.save_token_to_cache(first | {"expires_at": 0})
    assert spotify.me()["id"] == GRETA
    second = manager.cache_handler.get_cached_token()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] == first["refresh_token"]


def test_spotipy_follows_a_refresh_token_that_rotates(sandbox: Running) -> None:
    manager = with_pkce(sandbox, "sandbox-pkce-rotates")
    signed_in(sandbox, manager)
    first = manager.cache_handler.get_cached_token()["refresh_token"]
    second = manager.refresh_access_token(first)["refresh_token"]
    third = manager.refresh_access_token(second)["refresh_token"]
    assert len({first, second, third}) == 3
    with pytest.raises(SpotifyOauthError, match="Refresh token revoked") as refused:
        manager.refresh_access_token(first)
    assert refused.value.error == "invalid_grant"


def test_spotipy_reads_how_long_to_wait(sandbox: Running) -> None:
    manager = with_secret(sandbox, "sandbox-quota")
    with requests.Session() as patient:
        spotify = signed_in(sandbox, manager, requests_session=patient)
        with pytest.raises(SpotifyException, match="Too many requests") as refused:
            spotify.me()
    assert refused.value.http_status == 429
    assert refused.value.reason == "QUOTA_EXCEEDED"
    assert refused.value.headers["Retry-After"] == "74214"


@pytest.mark.parametrize("client_id", ["sandbox-429-once", "sandbox-503-twice"])
def test_spotipy_succeeds_at_the_second_try(sandbox: Running, client_id: str) -> None:
    manager = with_secret(sandbox, client_id)
    spotify = signed_in(sandbox, manager, backoff_factor=0)
    assert spotify.me()["id"] == GRETA


def test_spotipy_is_refused_after_access_is_removed(sandbox: Running) -> None:
    manager = with_secret(sandbox, "sandbox-iss")
    spotify = signed_in(sandbox, manager)
    refresh_token = manager.cache_handler.get_cached_token()["refresh_token"]
    assert "<strong>sandbox-iss</strong>" in sandbox.client.get("/").text
    form = {"listener": GRETA, "client_id": "sandbox-iss"}
    assert sandbox.client.post("/remove", data=form).headers["Location"] == "/"
    assert "<strong>sandbox-iss</strong>" not in sandbox.client.get("/").text
    with pytest.raises(SpotifyException, match="Invalid access token") as refused:
        spotify.me()
    assert refused.value.http_status == 401
    with pytest.raises(SpotifyOauthError, match="Refresh token revoked"):
        manager.refresh_access_token(refresh_token)


def test_spotipy_is_refused_scopes_that_were_not_granted(sandbox: Running) -> None:
    spotify = signed_in(sandbox, with_secret(sandbox, "sandbox-scopes"))
    assert spotify.current_user_recently_played(limit=1)["items"]
    with pytest.raises(SpotifyException, match="Insufficient client scope") as refused:
        spotify.current_user_top_tracks()
    assert refused.value.http_status == 403
