"""Clients of ListenBrainz read the history, including listens of other clients."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.auth.factories import make_personal_token
from tests.conftest import Configure
from tests.music.scrobbles.players import AT, Player, listen_of, make_player
from unwrapped.music.scrobbles.client_listens import msid_of
from unwrapped.music.scrobbles.settings import ScrobbleSettings

READS = (
    "/user/ada/listens",
    "/user/ada/listen-count",
    "/user/ada/playing-now",
    "/feedback/user/ada/get-feedback",
    "/stats/user/ada/artists",
    "/stats/user/ada/daily-activity",
    "/latest-import",
)
_WORDS = {
    None: "You need to provide an Authorization header.",
    "": "Provided Authorization header is invalid.",
    "Token": "Provided Authorization header is invalid.",
    "Token x": "Invalid authorization token.",
    "Token uws_0": "Invalid authorization token.",
}


async def test_a_token_is_validated_in_the_words_of_the_dialect(player: Player) -> None:
    valid = {
        "code": 200,
        "message": "Token valid.",
        "valid": True,
        "user_name": "ada",
    }
    for scheme in ("Token", "token", "Bearer"):
        answer = await player.client.get(
            "/1/validate-token", headers={"Authorization": f"{scheme} {player.token}"}
        )
        assert (answer.status_code, answer.json()) == (200, valid)
    by_query = await player.client.get(f"/1/validate-token?token={player.token}")
    assert by_query.json() == valid
    wrong = await player.client.get(f"/1/validate-token/?token={player.token}x")
    assert (wrong.status_code, wrong.json()) == (
        200,
        {"code": 200, "message": "Token invalid.", "valid": False},
    )
    none = await player.client.get("/1/validate-token")
    assert (none.status_code, none.json()) == (
        400,
        {"code": 400, "error": "You need to provide an Authorization token."},
    )


async def test_listens_are_read_in_pages(player: Player) -> None:
    await player.submit(
        *(listen_of(f"Song {n}", AT + 300 * n, duration_ms=200_000) for n in range(5)),
        listen_of("Song 0", AT + 5),
    )
    await player.drain()
    payload = await _listens(player)
    assert [one["listened_at"] - AT for one in payload["listens"]] == [
        1200,
        900,
        600,
        300,
        0,
    ], "what does not count is not there"
    assert payload["listens"][0] == {
        "listened_at": AT + 1200,
        "inserted_at": AT + 1200,
        "recording_msid": str(msid_of("artist", "SONG 4")),
        "user_name": "ada",
        "track_metadata": {
            "artist_name": "Artist",
            "track_name": "Song 4",
            "additional_info": {
                "recording_msid": str(msid_of("Artist", "Song 4")),
                "duration_ms": 200_000,
            },
        },
    }
    assert (payload["count"], payload["user_id"]) == (5, "ada")
    assert (payload["latest_listen_ts"], payload["oldest_listen_ts"]) == (AT + 1200, AT)
    for params, expected in (
        ({"count": "2"}, [1200, 900]),
        ({"max_ts": f"{AT + 900}"}, [600, 300, 0]),
        ({"min_ts": f"{AT + 300}"}, [1200, 900, 600]),
        ({"min_ts": f"{AT}", "count": "2"}, [600, 300]),
        ({"min_ts": f"{AT}", "max_ts": f"{AT + 900}"}, [600, 300]),
        ({"min_ts": "9999999999999"}, []),
        ({"count": "0"}, []),
        ({"count": "99999"}, [1200, 900, 600, 300, 0]),
    ):
        found = (await _listens(player, **params))["listens"]
        assert [one["listened_at"] - AT for one in found] == expected, params
    for params in (
        {"max_ts": "x"},
        {"count": "-1"},
        {"count": "1.5"},
        {"min_ts": f"{10**30}"},
        {"max_ts": "5", "min_ts": "5"},
    ):
        refused = await player.get("/user/ada/listens", **params)
        assert refused.status_code == 400, params
        assert refused.json()["code"] == 400
    count = await player.get("/user/ada/listen-count")
    assert count.json() == {"payload": {"count": 5}}


async def _listens(player: Player, **params: str) -> dict[str, Any]:
    answer = await player.get("/user/ada/listens", **params)
    assert answer.status_code == 200, answer.text
    payload: dict[str, Any] = answer.json()["payload"]
    return payload


async def test_nothing_is_read_without_a_token_or_about_another_person(
    player: Player, subtests: pytest.Subtests
) -> None:
    other = await make_player(player.client, player.resources, username="bea")
    async with player.resources.database.session() as session:
        personal = await make_personal_token(session, player.owner.id)
    words = _WORDS | {
        f"Token {personal}": "Invalid authorization token.",
        player.owner.headers["Authorization"]: "Invalid authorization token.",
    }
    for path, (header, expected) in zip(READS, words.items(), strict=True):
        headers = {} if header is None else {"Authorization": header}
        with subtests.test(f"{path} {header}"):
            answer = await player.client.get(f"/1{path}", headers=headers)
            assert (answer.status_code, answer.json()) == (
                401,
                {"code": 401, "error": expected},
            )
        if "/ada" in path:
            answer = await other.get(path)
            assert (answer.status_code, answer.json()) == (
                404,
                {"code": 404, "error": "Cannot find user: ada"},
            )
    # The token is accepted here only.
    for url in ("/api/v1/music/listens", "/api/v1/music/scrobbles/tokens"):
        answer = await player.client.get(
            url, headers={"Authorization": f"Bearer {player.token}"}
        )
        assert answer.status_code == 401, url


async def test_a_listen_is_deleted(player: Player) -> None:
    await player.submit(listen_of("One"), listen_of("Two", AT + 300))
    await player.drain()
    await player.submit(listen_of("Three", AT + 600))
    gone = {"listened_at": AT, "recording_msid": str(msid_of("ARTIST", "one"))}
    assert (await player.post("/delete-listen", gone)).json() == {"status": "ok"}
    other = {"listened_at": AT + 300, "recording_msid": str(uuid4())}
    assert (await player.post("/delete-listen", other)).json() == {"status": "ok"}
    assert [title for _, title, _, _ in await player.listens()] == ["Two", "Three"]
    waiting = {
        "listened_at": AT + 900,
        "recording_msid": str(msid_of("Artist", "Four")),
    }
    await player.submit(listen_of("Four", AT + 900))
    await player.post("/delete-listen", waiting)
    await player.drain()
    assert [title for _, title, _, _ in await player.listens()] == ["Two", "Three"]
    for body, words in (
        ({}, "Listen timestamp missing."),
        ({"listened_at": AT}, "Recording MSID missing."),
        (
            {"listened_at": AT, "recording_msid": "x"},
            "x: Recording MSID format invalid.",
        ),
    ):
        answer = await player.post("/delete-listen", body)
        assert (answer.status_code, answer.json()["error"]) == (400, words)


async def test_a_track_is_loved_by_its_names_and_by_either_id(player: Player) -> None:
    mbid, unknown = str(uuid4()), str(uuid4())
    await player.submit(listen_of("One", recording_mbid=mbid))
    two = {"track_metadata": listen_of("Two")["track_metadata"]}
    await player.submit(two, listen_type="playing_now")
    for body in (
        {"recording_mbid": mbid, "score": 1},
        {"recording_msid": str(msid_of("Artist", "Two")), "score": -1},
        {"recording_mbid": unknown, "score": 1},
    ):
        answer = await player.post("/feedback/recording-feedback", body)
        assert answer.json() == {"status": "ok"}, body
    reply = (await player.get("/feedback/user/ada/get-feedback")).json()
    assert {
        (one["recording_msid"], one["score"], str(one["track_metadata"]))
        for one in reply["feedback"]
    } == {
        (str(msid_of("Artist", "One")), 1, str(_named("One"))),
        (str(msid_of("Artist", "Two")), -1, str(_named("Two"))),
        (unknown, 1, "None"),
    }
    assert (reply["count"], reply["total_count"], reply["offset"]) == (3, 3, 0)
    neither = {"recording_mbid": unknown, "score": 0}
    await player.post("/feedback/recording-feedback", neither)
    loved = (await player.get("/feedback/user/ada/get-feedback", score="1")).json()
    assert [one["track_metadata"] for one in loved["feedback"]] == [_named("One")]
    assert loved["total_count"] == 1
    for wrong in (
        {"recording_mbid": mbid, "score": 2},
        {"recording_mbid": mbid, "score": True},
        {"score": 1},
        {"recording_msid": "x", "score": 1},
    ):
        answer = await player.post("/feedback/recording-feedback", wrong)
        assert answer.status_code == 400, wrong


def _named(title: str) -> dict[str, str]:
    return {"artist_name": "Artist", "track_name": title}


async def test_feedback_has_a_limit(player: Player, configure: Configure) -> None:
    configure(ScrobbleSettings, track_feedback_per_user=1)
    first, second = ({"recording_msid": str(uuid4()), "score": 1} for _ in range(2))
    for body, status in ((first, 200), (first, 200), (second, 400)):
        answer = await player.post("/feedback/recording-feedback", body)
        assert answer.status_code == status


async def test_an_import_continues_where_it_stopped(player: Player) -> None:
    async def read() -> object:
        return (await player.get("/latest-import", user_name="ada")).json()

    reply = {"musicbrainz_id": "ada", "latest_import": 0, "status": None, "error": None}
    assert await read() == reply
    for until, expected in ((AT, AT), (AT - 5, AT), (10**15, None)):
        body = {"ts": until, "service": "lastfm"}
        assert (await player.post("/latest-import", body)).status_code == 200
        if expected is not None:
            assert await read() == reply | {"latest_import": expected}
    other = await player.get("/latest-import", service="librefm")
    assert other.json()["latest_import"] == 0
    assert (await player.get("/latest-import", service="x")).status_code == 400
    wrong = await player.post("/latest-import", {"ts": "x", "service": "lastfm"})
    assert wrong.status_code == 400


async def test_statistics_are_those_of_the_service(player: Player) -> None:
    for path in ("artists", "releases", "recordings", "listening-activity"):
        empty = await player.get(f"/stats/user/ada/{path}")
        assert (empty.status_code, empty.content) == (204, b""), path
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    start = int(now.timestamp())
    listens = [listen_of("One", start), listen_of("Two", start + 300, "Other")]
    listens.append(listen_of("One", start + 600))
    for one in listens:
        one["track_metadata"]["release_name"] = "Album"
    await player.submit(*listens)
    await player.drain()
    artists = (await _stats(player, "artists"))["payload"]
    assert artists["artists"] == [
        {
            "artist_name": name,
            "artist_mbid": None,
            "artist_mbids": [],
            "listen_count": plays,
        }
        for name, plays in (("Artist", 2), ("Other", 1))
    ]
    assert (artists["count"], artists["total_artist_count"]) == (2, 2)
    assert (artists["range"], artists["user_id"]) == ("all_time", "ada")
    second = (await _stats(player, "artists", count="1", offset="1"))["payload"]
    assert [one["artist_name"] for one in second["artists"]] == ["Other"]
    for path, member in (
        ("releases", "total_release_count"),
        ("release-groups", "total_release_group_count"),
        ("recordings", "total_recording_count"),
    ):
        payload = (await _stats(player, path, range="this_year"))["payload"]
        assert payload[member] == 2, path
    activity = (await _stats(player, "listening-activity"))["payload"]
    assert sum(one["listen_count"] for one in activity["listening_activity"]) == 3
    days = (await _stats(player, "daily-activity"))["payload"]["daily_activity"]
    hours = [hour["listen_count"] for day in days.values() for hour in day]
    assert (len(days), len(hours), sum(hours)) == (7, 168, 3)
    for name in (
        "week",
        "month",
        "quarter",
        "half_yearly",
        "year",
        "this_week",
        "this_month",
    ):
        answer = await player.get("/stats/user/ada/artists", range=name)
        assert answer.status_code in (200, 204), name
    for params in ({"range": "x"}, {"offset": "-1"}, {"count": "x"}):
        answer = await player.get("/stats/user/ada/artists", **params)
        assert answer.status_code == 400, params


async def _stats(player: Player, path: str, **params: str) -> dict[str, Any]:
    answer = await player.get(f"/stats/user/ada/{path}", **params)
    assert answer.status_code == 200, answer.text
    reply: dict[str, Any] = answer.json()
    return reply
