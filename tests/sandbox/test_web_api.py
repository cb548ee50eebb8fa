"""The API of the sandbox, member by member."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.running import GRETA, ODO, Running


@pytest.fixture
def token(sandbox: Running) -> str:
    """An access token for Greta."""
    return sandbox.tokens()["access_token"]


def test_a_profile_has_the_members_for_a_development_app(
    sandbox: Running, token: str
) -> None:
    me = sandbox.get("me", token).json()
    account_id = me.pop("account_id")
    assert me == {
        "display_name": "Greta Quayloom",
        "external_urls": {"spotify": f"https://open.spotify.com/user/{GRETA}"},
        "href": f"{sandbox.address}/v1/users/{GRETA}",
        "id": GRETA,
        "images": [],
        "type": "user",
        "uri": f"spotify:user:{GRETA}",
    }
    odo = sandbox.get("me", sandbox.tokens(listener=ODO)["access_token"]).json()
    assert account_id not in (GRETA, odo["account_id"])


def is_named(reply: dict[str, Any], kind: str) -> bool:
    """Whether the id, the address and the type of something fit together."""
    key = reply["id"]
    return len(key) == 22 and (reply["type"], reply["uri"], reply["external_urls"]) == (
        kind,
        f"spotify:{kind}:{key}",
        {"spotify": f"https://open.spotify.com/{kind}/{key}"},
    )


def test_a_play_has_the_whole_track(sandbox: Running, token: str) -> None:
    plays = sandbox.get("me/player/recently-played", token, limit=50).json()["items"]
    for play in plays:
        assert play.keys() == {"track", "played_at", "context"}
        assert len(play["played_at"]) == len("2026-11-23T12:00:00.000Z")
        track = play["track"]
        assert is_named(track, "track")
        assert is_named(track["album"], "album")
        assert all(is_named(artist, "artist") for artist in track["artists"])
        assert track["external_ids"]["isrc"].startswith("ZZSBX")
        assert len(track["external_ids"]["isrc"]) == 12
        assert 60_000 < track["duration_ms"] < 400_000
        assert not {"popularity", "available_markets", "linked_from"} & track.keys()
        assert play["context"] is None or play["context"]["type"] == "album"
    assert {play["context"] is None for play in plays} == {True, False}


def test_favourites_depend_on_the_time_range(sandbox: Running, token: str) -> None:
    ranges = ("short_term", "medium_term", "long_term")
    reply = [
        sandbox.get("me/top/tracks", token, time_range=one).json() for one in ranges
    ]
    orders = {tuple(item["id"] for item in page["items"]) for page in reply}
    assert len(orders) == 3
    usual = sandbox.get("me/top/tracks", token).json()
    assert usual["items"] == reply[1]["items"]
    assert (usual["limit"], usual["offset"], usual["previous"]) == (20, 0, None)
    assert all(is_named(item, "track") for item in usual["items"])
    [artist] = sandbox.get("me/top/artists", token, limit=1).json()["items"]
    assert is_named(artist, "artist")
    beyond = sandbox.get("me/top/tracks", token, offset=10_000).json()
    assert (beyond["items"], beyond["next"], beyond["total"]) == ([], None, 180)


def test_plays_are_found_by_cursors_in_both_directions(
    sandbox: Running, token: str
) -> None:
    path = "me/player/recently-played"
    whole = sandbox.get(path, token, limit=50).json()
    times = [play["played_at"] for play in whole["items"]]
    assert len(times) == 50
    assert whole["next"] is None
    assert whole["limit"] == 50
    assert whole["cursors"] == {
        "after": unix_ms(times[0]),
        "before": unix_ms(times[-1]),
    }
    found: list[str] = []
    onward = f"{sandbox.address}/v1/{path}?after={unix_ms(times[-1])}&limit=15"
    while onward:
        headers = {"Authorization": f"Bearer {token}"}
        page = sandbox.client.get(onward, headers=headers).json()
        assert page["limit"] == 15
        found = [play["played_at"] for play in page["items"]] + found
        onward = page["next"]
    assert found == times[:-1]


def unix_ms(reply: str) -> str:
    moment = datetime.fromisoformat(reply).astimezone(UTC)
    return str(round(moment.timestamp() * 1000))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("me/top/tracks", {"limit": 0}),
        ("me/top/tracks", {"limit": 51}),
        ("me/top/tracks", {"limit": "ten"}),
        ("me/top/artists", {"offset": -1}),
        ("me/top/artists", {"offset": "9" * 19}),
        ("me/top/artists", {"time_range": "all_time"}),
        ("me/player/recently-played", {"limit": 51}),
        ("me/player/recently-played", {"after": "yesterday"}),
        ("me/player/recently-played", {"before": "٣"}),
        ("me/player/recently-played", {"after": 1, "before": 2}),
    ],
)
def test_bad_parameters_are_refused(
    sandbox: Running, token: str, path: str, query: dict[str, object]
) -> None:
    answer = sandbox.get(path, token, **query)
    assert answer.status_code == 400
    assert answer.json()["error"].keys() == {"status", "message"}
    assert answer.json()["error"]["status"] == 400


@pytest.mark.parametrize(
    ("header", "status", "message"),
    [
        (None, 401, "No token provided"),
        ("Bearer nonsense", 401, "Invalid access token"),
        ("Bearer", 401, "Invalid access token"),
        ("Basic abc", 400, "Only valid bearer authentication supported"),
    ],
    ids=["none", "unknown", "empty", "basic"],
)
def test_a_token_is_needed(
    sandbox: Running, header: str | None, status: int, message: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = sandbox.client.get("/v1/me", headers=headers)
    assert answer.status_code == status
    assert answer.json() == {"error": {"status": status, "message": message}}
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_a_token_is_valid_for_an_hour(sandbox: Running, token: str) -> None:
    sandbox.clock.advance(seconds=3599)
    assert sandbox.get("me", token).status_code == 200
    sandbox.clock.advance(seconds=1)
    error = sandbox.get("me", token).json()["error"]
    assert error == {"status": 401, "message": "The access token expired"}


def test_a_refresh_token_is_no_access_token(sandbox: Running) -> None:
    refresh_token = sandbox.tokens()["refresh_token"]
    assert sandbox.get("me", refresh_token).status_code == 401


def test_an_unknown_address_is_an_error_in_the_form_of_the_api(
    sandbox: Running,
) -> None:
    unknown = sandbox.client.get("/v1/me/tracks")
    assert unknown.json() == {"error": {"status": 404, "message": "Service not found"}}
    method = sandbox.client.delete("/v1/me")
    assert (method.status_code, method.json()["error"]["status"]) == (405, 405)
    assert "GET" in method.headers["Allow"]


def test_a_host_name_that_resolves_to_this_machine_is_refused(sandbox: Running) -> None:
    answer = sandbox.client.get("/v1/me", headers={"Host": "rebound.example.org"})
    assert answer.status_code == 421
