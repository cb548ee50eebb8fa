"""Corrections over HTTP: they are created, tried, listed, deleted, or refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure, MakeClient
from tests.exports import Row, track
from tests.music.factories import analysed, store
from unwrapped.core.process_resources import Resources
from unwrapped.music.listens.query_parameters import get_now
from unwrapped.music.settings import MusicSettings

MUSIC = "/api/v1/music"
CORRECTIONS = f"{MUSIC}/corrections"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def play(artist: str, title: str, ts: str, album: str = "One", **over: Any) -> Row:
    return track(
        artist,
        title,
        f"uri:{artist}:{title}:{album}",
        ts=ts,
        ms_played=60_000,
        master_metadata_album_album_name=album,
        **over,
    )


ROWS = [
    *(play("Sigur Rós", "Svefn", f"2024-01-0{day}T12:00:00Z") for day in range(1, 4)),
    *(play("Sigur Ros", "Svefn", f"2024-02-0{day}T12:00:00Z") for day in range(1, 3)),
    play("Ann & Bob", "Duet", "2024-03-01T12:00:00Z"),
    play("Ann", "Solo", "2024-03-02T12:00:00Z"),
    # In Berlin 23:30 of a Friday, and 06:30 of a Saturday.
    play("Rain", "Sleep", "2024-03-08T22:31:00Z"),
    play("Rain", "Sleep", "2024-03-09T05:31:00Z"),
]

MERGE = {
    "action": "count_as",
    "scope": "artist",
    "artist": "sigur ros",
    "targets": ["SIGUR RÓS"],
}
SPLIT = {
    "action": "split",
    "scope": "artist",
    "artist": "Ann & Bob",
    "targets": ["Ann", "Bob"],
}
NIGHT = {
    "action": "exclude",
    "scope": "window",
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "begins": "23:00",
    "ends": "07:00",
}


class Correcting:
    """A listener who makes corrections."""

    def __init__(
        self, client: httpx2.AsyncClient, resources: Resources, of: SignedIn
    ) -> None:
        self.client = client
        self.resources = resources
        self.of = of

    async def post(self, path: str, body: object) -> httpx2.Response:
        return await self.client.post(path, json=body, headers=self.of.headers)

    async def make(self, body: object) -> dict[str, Any]:
        answer = await self.post(CORRECTIONS, body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def refused(self, body: object) -> tuple[int, str]:
        answer = await self.post(CORRECTIONS, body)
        tried = await self.post(f"{CORRECTIONS}/dry-run", body)
        assert (tried.status_code, tried.json()["code"]) == (
            answer.status_code,
            answer.json()["code"],
        )
        return answer.status_code, answer.json()["code"]

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.client.get(
            f"{MUSIC}{path}", params=params, headers=self.of.headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def top(self, kind: str = "artists") -> dict[str, int]:
        items = (await self.get(f"/stats/top/{kind}"))["items"]
        return {item["name"]: item["plays"] for item in items}

    async def delete(self, correction: dict[str, Any]) -> int:
        answer = await self.client.delete(
            f"{CORRECTIONS}/{correction['id']}", headers=self.of.headers
        )
        return answer.status_code

    async def store(self, *rows: Row) -> None:
        async with self.resources.database.session() as session:
            await store(session, self.of.id, [list(rows)])


@pytest.fixture(autouse=True)
def now(app: FastAPI) -> Iterator[None]:
    app.dependency_overrides[get_now] = lambda: NOW
    yield
    del app.dependency_overrides[get_now]


@pytest.fixture
async def newcomer(common_resources: Resources, make_client: MakeClient) -> Correcting:
    """A listener without a history."""
    signed = await sign_in(common_resources, time_zone="Europe/Berlin")
    return Correcting(make_client(common_resources), common_resources, signed)


@pytest.fixture
async def ada(newcomer: Correcting) -> Correcting:
    await newcomer.store(*ROWS)
    return newcomer


BEFORE = {"Sigur Rós": 3, "Rain": 2, "Sigur Ros": 2, "Ann": 1, "Ann & Bob": 1}


async def test_two_spellings_count_as_one_until_the_correction_is_deleted(
    ada: Correcting,
) -> None:
    assert await ada.top() == BEFORE
    tried = await ada.post(f"{CORRECTIONS}/dry-run", MERGE)
    assert tried.json() == {
        "text": "The artist “sigur ros” counts as “SIGUR RÓS”",
        "plays": 2,
        "listens": 2,
    }
    assert await ada.top() == BEFORE
    made = await ada.make(MERGE)
    assert await ada.top() == {"Sigur Rós": 5, "Rain": 2, "Ann": 1, "Ann & Bob": 1}
    assert (await ada.top("tracks"))["Svefn"] == 5
    await ada.store(play("SIGUR  ROS", "Glósóli", "2024-04-01T12:00:00Z"))
    assert (await ada.top())["Sigur Rós"] == 6
    effect = await ada.get(f"/corrections/{made['id']}/effect")
    assert effect["plays"] == 3
    assert await ada.delete(made) == 204
    assert await ada.delete(made) == 404
    # The latest spelling of one key is shown.
    assert await ada.top() == {
        ("SIGUR  ROS" if name == "Sigur Ros" else name): plays + (name == "Sigur Ros")
        for name, plays in BEFORE.items()
    }


async def test_a_split_artist_counts_for_each_and_once_in_all(ada: Correcting) -> None:
    whole = await ada.get("/stats/summary")
    await ada.make(SPLIT)
    assert await ada.top() == {
        "Sigur Rós": 3, "Ann": 2, "Rain": 2, "Sigur Ros": 2, "Bob": 1,
    }  # fmt: skip
    summary = (await ada.get("/stats/summary"))["amounts"]
    for figure in ("plays", "listens", "ms", "tracks", "artists"):
        assert summary[figure] == whole["amounts"][figure]
    ranked = (await ada.get("/stats/top/artists"))["items"]
    assert sum(one["share"] for one in ranked) == pytest.approx(10 / 9)
    bob = next(one for one in ranked if one["name"] == "Bob")
    of_bob = await ada.get(f"/artists/{bob['id']}")
    assert [(one["artist"], one["name"]) for one in of_bob["top_tracks"]] == [
        ("Ann & Bob", "Duet")
    ]


async def test_a_time_of_the_week_in_the_zone_of_the_account_is_not_counted(
    ada: Correcting,
) -> None:
    made = await ada.make(NIGHT)
    assert "Rain" not in await ada.top()
    listens = (await ada.get("/listens", q="Sleep"))["items"]
    assert [one["corrected"] for one in listens] == 2 * [
        {
            "id": made["id"],
            "text": "Plays every day from 23:00 to 07:00 of the next day are not counted",
            "counts_as": None,
        }
    ]
    assert (await ada.get("/listens", q="Solo"))["items"][0]["corrected"] is None
    answer = await ada.client.patch(
        "/api/v1/auth/me", json={"time_zone": "UTC"}, headers=ada.of.headers
    )
    assert answer.status_code == 200, answer.text
    # In UTC one of them begins at 22:30.
    assert (await ada.top())["Rain"] == 1


async def test_a_title_is_corrected_on_one_album_only(ada: Correcting) -> None:
    for album in ("Night", "Day"):
        await ada.store(play("Ada", "Intro", "2024-05-01T12:00:00Z", album))
    assert (await ada.top("tracks"))["Intro"] == 2
    apart = {
        "action": "count_as",
        "scope": "track",
        "artist": "Ada",
        "title": "Intro",
        "album": "Night",
        "targets": ["Ada", "Intro (Night)"],
    }
    await ada.make(apart)
    top = await ada.top("tracks")
    assert (top["Intro"], top["Intro (Night)"]) == (1, 1)
    listen, other = (await ada.get("/listens", q="Intro"))["items"]
    corrected = [one["corrected"] for one in (listen, other)]
    assert [one and one["counts_as"]["title"] for one in corrected].count(None) == 1


async def test_a_verdict_follows_the_corrections(ada: Correcting) -> None:
    async def judged() -> Any:
        task = await analysed(ada.resources, ada.of.id)
        profile = (await ada.get("/analysis/result", task=str(task)))["profile"]
        artists = profile["favourites"]["artists"]
        return profile["volume"]["plays"], {
            one["artist"]: one["plays"] for one in artists
        }

    assert await judged() == (9, BEFORE)
    for body in (MERGE, SPLIT, NIGHT):
        await ada.make(body)
    assert await judged() == (7, {"Sigur Rós": 5, "Ann": 2, "Bob": 1})


async def test_an_analysis_with_other_corrections_is_a_new_one(
    ada: Correcting,
) -> None:
    async def begun() -> Any:
        answer = await ada.client.post(
            f"{MUSIC}/analysis/begin", headers=ada.of.headers
        )
        return answer.json()["id"]

    first = await begun()
    assert await begun() == first
    await ada.make(MERGE)
    assert await begun() != first


async def test_corrections_that_exclude_all_plays_are_reported(ada: Correcting) -> None:
    await ada.make(NIGHT | {"begins": "00:00", "ends": "00:00"})
    assert (await ada.get("/stats/summary"))["amounts"]["listens"] == 0
    with pytest.raises(Exception, match="Delete one of the corrections"):
        await analysed(ada.resources, ada.of.id)


async def test_answers_are_not_kept_across_corrections(ada: Correcting) -> None:
    url = f"{MUSIC}/stats/summary"
    first = await ada.client.get(url, headers=ada.of.headers)
    headers = ada.of.headers | {"If-None-Match": first.headers["etag"]}
    assert (await ada.client.get(url, headers=headers)).status_code == 304
    await ada.make(NIGHT)
    assert (await ada.client.get(url, headers=headers)).status_code == 200


CONFLICTS: tuple[tuple[dict[str, Any], dict[str, Any], tuple[int, str]], ...] = (
    (MERGE, MERGE | {"targets": ["Ann"]}, (409, "correction_exists")),
    (MERGE, SPLIT | {"artist": "SIGUR ROS"}, (409, "correction_exists")),
    (NIGHT, NIGHT | {"weekdays": [7, 6, 5, 4, 3, 2, 1]}, (409, "correction_exists")),
    (MERGE, MERGE | {"artist": "Sigur Rós", "targets": ["Sigur  Ros"]}, (409, "correction_cycle")),
    (MERGE, SPLIT | {"artist": "Sigur Rós", "targets": ["Ann", "SIGUR ROS"]}, (409, "correction_cycle")),
    (SPLIT, MERGE | {"artist": "Bob", "targets": ["Ann & Bob"]}, (409, "correction_cycle")),
    (SPLIT, MERGE | {"targets": ["sigur ros"]}, (409, "correction_cycle")),
    (MERGE, SPLIT | {"targets": [f"{n}" for n in range(21)]}, (400, "too_many_targets")),
)  # fmt: skip


async def test_conflicts_and_cycles_are_refused(newcomer: Correcting) -> None:
    for first, second, refused in CONFLICTS:
        made = await newcomer.make(first)
        assert await newcomer.refused(second) == refused, second
        assert await newcomer.delete(made) == 204
    assert (await newcomer.get("/corrections"))["items"] == []


NO_MERGES: list[dict[str, Any]] = [
    {"artist": None},
    {"artist": "\u200b"},
    {"artist": "a\u0000b"},
    {"targets": []},
    {"targets": ["Ann", "Bob"]},
    {"title": "Svefn"},
    {"scope": "track"},
    {"scope": "window"},
    {"action": "split", "targets": ["Ann", "ANN"]},
    {"action": "split", "scope": "album", "album": "One"},
    {"action": "exclude"},
    {"begins": "23:00"},
]
NO_WINDOWS: list[dict[str, Any]] = [
    {"weekdays": []},
    {"weekdays": [0]},
    {"ends": None},
    {"ends": "07:00:30"},
    {"ends": "07:00+02:00"},
    {"artist": "Ann"},
    {"action": "count_as", "targets": ["Ann"]},
]


async def test_an_invalid_correction_is_refused(newcomer: Correcting) -> None:
    for body in (
        *(MERGE | over for over in NO_MERGES),
        *(NIGHT | over for over in NO_WINDOWS),
    ):
        assert (await newcomer.post(CORRECTIONS, body)).status_code == 422, body
    tried = await newcomer.post(f"{CORRECTIONS}/dry-run", NIGHT | {"weekdays": []})
    assert tried.status_code == 422


async def test_the_number_of_corrections_is_limited(
    newcomer: Correcting, configure: Configure
) -> None:
    configure(MusicSettings, corrections_per_user=1)
    made = await newcomer.make(MERGE)
    answer = await newcomer.post(CORRECTIONS, SPLIT)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_corrections")
    assert await newcomer.delete(made) == 204
    await newcomer.make(SPLIT)


async def test_pages_have_the_latest_first(newcomer: Correcting) -> None:
    made = [await newcomer.make(body) for body in (MERGE, SPLIT, NIGHT)]
    first = await newcomer.get("/corrections", limit="2")
    rest = await newcomer.get("/corrections", cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == made[::-1]
    assert rest["next_cursor"] is None


async def test_corrections_of_other_listeners_are_not_found(
    ada: Correcting, make_client: MakeClient
) -> None:
    made = await ada.make(MERGE)
    signed = await sign_in(ada.resources, username="eve")
    eve = Correcting(make_client(ada.resources), ada.resources, signed)
    await eve.store(*ROWS)
    assert await eve.top() == BEFORE
    assert (await eve.get("/corrections"))["items"] == []
    assert await eve.delete(made) == 404
    assert await eve.delete({"id": uuid4()}) == 404
    await eve.make(MERGE)


async def test_the_database_refuses_an_invalid_correction(newcomer: Correcting) -> None:
    insert = text(
        "INSERT INTO correction (id, user_id, action, scope, subject, artist, targets)"
        " VALUES (gen_random_uuid(), :user, :action, :scope, 'x', :artist, '{}')"
    )
    for action, scope, artist in (
        ("count_as", "artist", "Ann"),
        ("split", "artist", "Ann"),
        ("exclude", "artist", None),
        ("exclude", "window", None),
        ("exclude", "track", "Ann"),
    ):
        values = {
            "user": newcomer.of.id,
            "action": action,
            "scope": scope,
            "artist": artist,
        }
        with pytest.raises(Exception, match="ck_correction"):
            async with newcomer.resources.database.session() as session:
                await session.execute(insert, values)
