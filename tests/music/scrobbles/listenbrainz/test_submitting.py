"""Submissions of clients of ListenBrainz, exactly as they send them, and refusals."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.attacks import attack
from tests.conftest import Configure
from tests.music.scrobbles.players import (
    AT,
    Player,
    listen_of,
    make_player,
    make_token,
)
from tests.waiting import eventually
from unwrapped.music.scrobbles.settings import ScrobbleSettings

START, END = 10, 11
"""The codes of the logs of scrobbles."""

MBID = "f27ec8db-af05-4f36-916e-3d57f91ecf5e"

# As the source code of the clients writes them.
CLIENTS: dict[str, tuple[dict[str, str], object, int]] = {
    "listenbrainz-mpd": (
        {"Authorization": "Token {token}", "Content-Type": "application/json"},
        {
            "listen_type": "import",
            "payload": [
                listen_of(
                    tracknumber="3",
                    artist_names=["Artist"],
                    recording_mbid=MBID,
                    artist_mbids=[MBID],
                    media_player="MPD",
                    submission_client="listenbrainz-mpd",
                    submission_client_version="2.6.0",
                    duration_ms=240_000,
                )
            ],
        },
        START,
    ),
    "rescrobbled": (
        {"Authorization": "Token {token}"},
        {
            "listen_type": "single",
            "payload": [
                listen_of(
                    media_player="mpv",
                    submission_client="rescrobbled",
                    submission_client_version="0.10.0",
                )
            ],
        },
        END,
    ),
    "liblistenbrainz": (
        {"Authorization": "Token {token}"},
        {
            "listen_type": "single",
            "payload": [
                {
                    "listened_at": AT,
                    "track_metadata": {
                        "track_name": "Song",
                        "artist_name": "Artist",
                        "additional_info": {"tags": []},
                    },
                }
            ],
        },
        START,
    ),
    "navidrome": (
        {"Authorization": "Token {token}", "Content-Type": "application/json"},
        {
            "listen_type": "single",
            "payload": [
                {
                    **listen_of(
                        submission_client="navidrome",
                        submission_client_version="0.55",
                        tracknumber=1,
                        artist_names=["Artist"],
                        artist_mbids=[""],
                        recording_mbid="",
                        release_mbid="",
                        release_group_mbid="",
                        duration_ms=240_000,
                    )
                }
            ],
        },
        START,
    ),
    "jellyfin": (
        {"Authorization": "token {token}", "Content-Type": "application/json"},
        {
            "listen_type": "single",
            "payload": [
                listen_of(
                    media_player="Jellyfin",
                    submission_client="ListenBrainz plugin for Jellyfin",
                    duration_ms=240_000,
                    work_mbids=None,
                )
            ],
        },
        START,
    ),
    "web-scrobbler": (
        {
            "Authorization": "Token {token}",
            "Content-Type": "application/json; charset=UTF-8",
            "Origin": "moz-extension://5f6a7b0c",
        },
        {
            "listen_type": "single",
            "payload": [
                {
                    "listened_at": AT,
                    "track_metadata": {
                        "artist_name": "Artist",
                        "track_name": "Song",
                        "release_name": None,
                        "additional_info": {
                            "submission_client": "Web Scrobbler",
                            "music_service_name": "YouTube",
                            "origin_url": "https://www.youtube.com/watch?v=x",
                            "duration": 240,
                            "release_artist_name": None,
                        },
                    },
                }
            ],
        },
        START,
    ),
    "pano": (
        {"Authorization": "token {token}", "Content-Type": "application/json"},
        {
            "listen_type": "single",
            "payload": [listen_of(submission_client="Pano Scrobbler", duration_ms=1)],
        },
        START,
    ),
    "mopidy": (
        {"Authorization": "Token {token}"},
        {
            "listen_type": "single",
            "payload": [
                listen_of(
                    media_player="Mopidy", submission_client="Mopidy-ListenBrainz"
                )
            ],
        },
        END,
    ),
    "lenient": (
        {"Authorization": "Bearer   {token}"},
        {
            "payload": [
                {
                    "listened_at": f"{AT}",
                    "inserted_at": 5,
                    "track_metadata": {
                        "artist_name": " Artist ",
                        "track_name": "Song",
                        "release_name": "",
                        "additional_info": {
                            "recording_mbid": "none",
                            "duration": "240",
                            "duration_ms": 240_000.5,
                            "tags": ["t"] * 99,
                            "artist_mbids": "x",
                        },
                    },
                }
            ]
        },
        START,
    ),
}


async def test_what_a_client_sends_becomes_a_listen(
    player: Player, subtests: pytest.Subtests
) -> None:
    for name, (headers, body, log) in CLIENTS.items():
        with subtests.test(name):
            own = await make_player(player.client, player.resources, username=name)
            answer = await player.client.post(
                "/1/submit-listens",
                headers={
                    key: value.format(token=own.token) for key, value in headers.items()
                },
                content=json.dumps(body),
            )
            assert answer.json() == {"status": "ok"}
            assert await own.drain() == 1
            assert await own.listens() == [(AT, "Song", log, 0)]


async def test_clients_build_addresses_in_many_ways(
    player: Player, subtests: pytest.Subtests
) -> None:
    body = {"listen_type": "single", "payload": [listen_of()]}
    for path in (
        "/1/submit-listens/",
        "//1//submit-listens",
        "/apis/listenbrainz/1/submit-listens",
        "/apis/listenbrainz//1/submit-listens/",
    ):
        with subtests.test(path):
            answer = await player.client.post(
                f"https://testserver{path}", headers=player.headers, json=body
            )
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    elsewhere = await player.client.get("https://testserver//api/v1/music/listens")
    assert elsewhere.status_code == 404


async def test_a_repeat_changes_nothing(player: Player) -> None:
    batch = [listen_of("One", AT), listen_of("Two", AT + 300)]
    for _ in range(3):
        assert (await player.submit(*batch)).status_code == 200
    assert await player.waiting() == 1
    assert await player.drain() == 1
    # After the merge: in other batches, and with more members of the same listen.
    await player.submit(batch[0])
    await player.submit(*batch, listen_of("Three", AT + 600))
    more = listen_of("Two", AT + 300, duration_ms=1_000, tracknumber=7)
    more["track_metadata"]["release_name"] = "Album"
    await player.submit(more)
    await player.drain()
    assert await player.listens() == [
        (AT, "One", START, 0),
        (AT + 300, "Two", START, 0),
        (AT + 600, "Three", START, 0),
    ]
    assert await player.waiting() == 0


async def test_two_clients_report_one_listen(player: Player) -> None:
    await player.submit(listen_of("Song", AT, submission_client="one"))
    await player.submit(listen_of("Song", AT, submission_client="two"))
    await player.submit(listen_of("Song", AT + 14, submission_client="three"))
    await player.submit(listen_of("Song", AT + 120, submission_client="rescrobbled"))
    await player.submit(listen_of("Song", AT + 900))
    await player.drain()
    richer, double = 1, 3
    assert await player.listens() == [
        (AT, "Song", START, 0),
        (AT + 14, "Song", START, double),
        (AT + 120, "Song", END, richer),
        (AT + 900, "Song", START, 0),
    ]


async def test_the_name_of_a_token_can_define_what_times_mean(
    player: Player,
) -> None:
    token = await make_token(player.resources, player.owner.id, "Mopidy upstairs")
    await player.submit(listen_of(), headers={"Authorization": f"Token {token}"})
    await player.drain()
    assert await player.listens() == [(AT, "Song", END, 0)]


def _body(**over: object) -> dict[str, Any]:
    return {"listen_type": "single", "payload": [listen_of()]} | over


def _with(**over: object) -> dict[str, Any]:
    listen = listen_of()
    listen["track_metadata"] |= over
    return _body(payload=[listen])


def _without(name: str) -> dict[str, Any]:
    listen = listen_of()
    del listen["track_metadata"][name]
    return _body(payload=[listen])


_PLAYING = _body(listen_type="playing_now")
REFUSED: dict[str, tuple[object, str]] = {
    "no JSON": ("{", "Cannot parse JSON document: "),
    "no UTF-8": (b'{"a": "\xff"}', "Cannot parse JSON document: "),
    "too deep": ("[" * 200_000, "Cannot parse JSON document: "),
    "a list": ([], "Invalid JSON document submitted. Top level of JSON document"),
    "no payload": ({"listen_type": "single"}, "Invalid JSON document submitted."),
    "payload is no list": (_body(payload={}), "The payload in the JSON document should"),
    "nothing": (_body(payload=[]), "JSON document does not contain any listens"),
    "too many": (
        _body(listen_type="import", payload=[listen_of()] * 1_001),
        "Too many listens. You may not submit more than 1000 listens at once.",
    ),
    "too large": (
        _with(more="x" * 10_240),
        "JSON document is too large. Each listens may not be larger than 10240 bytes.",
    ),
    "type": (_body(listen_type="x"), "JSON document requires a valid listen_type key."),
    "type is no text": (_body(listen_type=[]), "JSON document requires a valid"),
    "two singles": (
        _body(payload=[listen_of()] * 2),
        "JSON document contains more than listen for a single/playing_now.",
    ),
    "no object": (_body(payload=[1]), "Invalid JSON document submitted."),
    "no metadata": (_body(payload=[{"listened_at": AT}]), "Invalid JSON document"),
    "no time": (
        _body(payload=[{"track_metadata": {}}]),
        "JSON document must contain the key listened_at at the top level.",
    ),
    "playing with a time": (
        _PLAYING,
        "JSON document must not contain listened_at while submitting playing_now.",
    ),
    "empty artist": (_with(artist_name=" "), "field track_metadata.artist_name is empty."),
    "list of titles": (
        _with(track_name=["a"]),
        "track_metadata.track_name must be a single string.",
    ),
    "no title": (
        _without("track_name"),
        "JSON document does not contain required field track_metadata.track_name.",
    ),
}  # fmt: skip
_NO_INT = "JSON document must contain an int value for listened_at."
TIMES = {
    "x": _NO_INT,
    "": _NO_INT,
    None: _NO_INT,
    0: "Value for key listened_at is too low.",
    1_033_410_599: "Value for key listened_at is too low.",
    9_999_999_999: "Value for key listened_at is too high.",
    1_700_000_000_000: "Value for key listened_at is too high.",
    1e300: "Value for key listened_at is too high.",
}


@attack(73, "bodies of a scrobbler that are no submission")
async def test_invalid_submissions_are_refused_in_the_words_of_listenbrainz(
    player: Player, subtests: pytest.Subtests
) -> None:
    refused = REFUSED | {
        f"time {at!r}": (_body(payload=[listen_of(at=at)]), words)
        for at, words in TIMES.items()
    }
    for name, (body, words) in refused.items():
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        with subtests.test(name):
            answer = await player.post(
                "/submit-listens", None, json=None, content=content
            )
            assert answer.status_code == 400
            error = answer.json()
            assert set(error) == {"code", "error"}
            assert error["code"] == 400
            assert error["error"].startswith(words)
    assert await player.waiting() == 0


async def test_one_bad_listen_refuses_the_batch(player: Player) -> None:
    answer = await player.submit(listen_of(), listen_of(at=None))
    assert answer.status_code == 400
    assert await player.waiting() == 0


async def test_what_is_playing_is_kept_until_it_ends(player: Player) -> None:
    playing = {"track_metadata": listen_of(duration_ms=240_000)["track_metadata"]}
    body = {"listen_type": "playing_now", "payload": [playing]}
    answer = await player.post("/submit-listens?return_msid=true", body)
    assert answer.status_code == 200
    msid = answer.json()["recording_msid"]
    first = (await _playing(player))["expires_at"]
    await player.post("/submit-listens", body)
    playing = await _playing(player)
    assert playing["expires_at"] == first, "the same track again moves its end"
    assert (playing["title"], playing["client"], playing["length_ms"]) == (
        "Song",
        "kitchen",
        240_000,
    )
    read = (await player.get("/user/Ada/playing-now")).json()["payload"]
    assert read["count"] == 1
    assert read["listens"][0]["track_metadata"]["additional_info"] == {
        "recording_msid": msid,
        "duration_ms": 240_000,
    }
    assert await player.listens() == []
    assert await player.waiting() == 0
    assert (await player.post("/playing-now/delete", {})).json() == {"status": "ok"}
    gone = await player.client.get(
        "/api/v1/music/scrobbles/playing-now", headers=player.owner.headers
    )
    assert (gone.status_code, gone.json()["code"]) == (404, "nothing_playing")


async def _playing(player: Player) -> dict[str, Any]:
    answer = await player.client.get(
        "/api/v1/music/scrobbles/playing-now", headers=player.owner.headers
    )
    playing: dict[str, Any] = answer.json()
    return playing


@attack(74, "a scrobbler that sends more than is merged")
async def test_the_number_of_waiting_listens_is_limited(
    player: Player, configure: Configure
) -> None:
    configure(ScrobbleSettings, scrobbles_waiting_per_user=1_000)
    many = [listen_of(f"Song {n}", AT + 300 * n) for n in range(999)]
    assert (await player.submit(*many)).status_code == 200
    two = [listen_of(at=AT - 300), listen_of(at=AT - 600)]
    refused = await player.submit(*two)
    assert (refused.status_code, refused.json()["code"]) == (503, 503)
    assert refused.headers["Retry-After"]
    # Submissions that wait can still be repeated.
    assert (await player.submit(*many)).status_code == 200
    await player.drain()
    assert (await player.submit(*two)).status_code == 200
    await player.drain()
    assert len(await player.listens()) == 1_001


@attack(75, "a body larger than a scrobbler sends")
async def test_the_size_of_a_body_is_limited(
    player: Player, configure: Configure
) -> None:
    configure(ScrobbleSettings, scrobble_body_max_bytes=64 * 1024)

    async def endless() -> Any:
        for _ in range(65):
            yield b" " * 1024

    for content in (b" " * (64 * 1024 + 1), endless()):
        answer = await player.post("/submit-listens", None, json=None, content=content)
        assert answer.status_code == 413
        assert answer.json()["code"] == 413
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@attack(79, "many large bodies of one scrobbler at once")
async def test_bodies_of_one_person_are_read_in_turns(player: Player) -> None:
    whole = json.dumps(_body()).encode()
    go, reading = asyncio.Event(), 0

    async def slow() -> AsyncIterator[bytes]:
        nonlocal reading
        reading += 1
        await go.wait()
        yield whole

    async def send() -> httpx2.Response:
        return await player.post("/submit-listens", None, json=None, content=slow())

    at_once = player.resources.settings.database_turns_per_user
    sent = [asyncio.create_task(send()) for _ in range(at_once + 5)]
    await eventually(lambda: reading == at_once)
    for _ in range(5):  # time enough for the others to be read as well
        assert (await player.get("/user/ada/playing-now")).status_code == 200
    assert reading == at_once
    go.set()
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {200}
    assert await player.waiting() == 1
