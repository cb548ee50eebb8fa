"""Statistics over HTTP: the figures of a history, and refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure, MakeClient
from tests.exports import Row
from tests.music.factories import oracle, store
from tests.music.read_model.listener import song
from unwrapped.core.process_resources import Resources
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.query_parameters import get_now
from unwrapped.music.listens.service import ListenService
from unwrapped.music.read_model.columns import columns_of
from unwrapped.music.settings import MIB, MusicSettings
from unwrapped.music.sources.logs import LogName
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.cache import cache_of
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Kind, Step
from unwrapped.shared.zones import parse_zone

MUSIC = "/api/v1/music"
NOW = datetime(2023, 5, 1, 22, 30, tzinfo=UTC)
"""In Berlin it is the second of May."""

ROWS: list[Row] = [
    *map(song, range(200)),
    *(song(200 + n, f"Artist {n:02}") for n in range(30)),
]


class Asking:
    """A listener who asks for statistics."""

    def __init__(self, client: httpx2.AsyncClient, of: SignedIn) -> None:
        self.client = client
        self.of = of

    async def get(self, path: str, /, **params: object) -> httpx2.Response:
        etag = params.pop("etag", None)
        headers = self.of.headers | ({"If-None-Match": str(etag)} if etag else {})
        asked = {name: str(value) for name, value in params.items()}
        return await self.client.get(f"{MUSIC}{path}", params=asked, headers=headers)

    async def json(self, path: str, **params: object) -> Any:
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def code(self, path: str, **params: object) -> tuple[int, str]:
        answer = await self.get(path, **params)
        return answer.status_code, answer.json()["code"]


@pytest.fixture(autouse=True)
def now(app: FastAPI) -> Iterator[list[datetime]]:
    """The moment of the requests: the last one in the list."""
    moments = [NOW]
    app.dependency_overrides[get_now] = lambda: moments[-1]
    yield moments
    del app.dependency_overrides[get_now]


@pytest.fixture(scope="module")
async def listener(module_resources: Resources) -> SignedIn:
    """Has `ROWS`; no test changes them."""
    signed = await sign_in(module_resources, time_zone="Europe/Berlin")
    await add(module_resources, signed, ROWS)
    return signed


@pytest.fixture
def asking(
    listener: SignedIn, module_resources: Resources, make_client: MakeClient
) -> Asking:
    return Asking(make_client(module_resources), listener)


@pytest.fixture
async def changing(module_resources: Resources, make_client: MakeClient) -> Asking:
    """Another listener, whose two listens the test changes."""
    signed = await sign_in(module_resources, time_zone="Europe/Berlin")
    await add(module_resources, signed, [song(1), song(2)])
    return Asking(make_client(module_resources), signed)


async def add(resources: Resources, signed: SignedIn, rows: list[Row]) -> None:
    async with resources.database.session() as session:
        await store(session, signed.id, [rows])


def expected(
    period: str = "all", zone: str = "Europe/Berlin"
) -> tuple[Questions, Asked]:
    questions = Questions(columns_of(oracle([ROWS]).listens))
    return questions, Asked.parse(period, parse_zone(zone), NOW)


async def test_a_summary(asking: Asking) -> None:
    for period in ("all", "2023-05", "last-7", "2023-05-01", "1999"):
        questions, asked = expected(period)
        found = await asking.json("/stats/summary", period=period)
        assert found == questions.summary(asked).model_dump(mode="json")


async def test_days_are_in_the_zone_of_the_account_or_of_the_request(
    asking: Asking,
) -> None:
    for zone in ("Europe/Berlin", "Pacific/Auckland"):
        questions, asked = expected("2023-05-01", zone)
        found = await asking.json("/stats/summary", period="2023-05-01", tz=zone)
        assert found == questions.summary(asked).model_dump(mode="json")
    berlin = await asking.json("/stats/summary", period="last-7")
    utc = await asking.json("/stats/summary", period="last-7", tz="UTC")
    assert berlin["period"]["last_day"] == "2023-05-02"
    assert utc["period"]["last_day"] == "2023-05-01"


async def test_pages_of_a_ranking(asking: Asking) -> None:
    questions, asked = expected()
    for kind in Kind:
        whole = questions.top(asked, Ranking(kind), 200)
        found: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await asking.json(f"/stats/top/{kind}", limit=12, **cursor)
            found += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert found == [row.model_dump(mode="json") for row in whole]


async def test_a_cursor_is_valid_for_one_ranking_only(asking: Asking) -> None:
    page = await asking.json("/stats/top/artists", limit=2)
    cursor = page["next_cursor"]
    assert await asking.code("/stats/top/tracks", cursor=cursor) == (400, "bad_cursor")
    assert await asking.code("/stats/top/artists", cursor=cursor, by="time") == (
        *(400, "bad_cursor"),
    )


async def test_a_series(asking: Asking) -> None:
    questions, asked = expected("2023-05")
    for step in Step:
        found = await asking.json("/stats/series", period="2023-05", by=step)
        assert found == questions.series(asked, step).model_dump(mode="json")
        assert sum(point["plays"] for point in found["points"]) == len(ROWS)


async def test_one_artist_album_and_track(asking: Asking) -> None:
    (artist, *_) = (await asking.json("/stats/top/artists"))["items"]
    found = await asking.json(f"/artists/{artist['id']}")
    assert (found["name"], found["rank"], found["plays"]) == ("Ann", 1, 200)
    (track, *_) = found["top_tracks"]
    (album, *_) = found["top_albums"]
    found = await asking.json(f"/tracks/{track['id']}", period="2023-05-01")
    assert (found["name"], found["artist_id"]) == (track["name"], artist["id"])
    found = await asking.json(f"/albums/{album['id']}")
    assert found["top_tracks"][0]["id"] == track["id"]
    series = await asking.json("/stats/series", by="year", artist=artist["id"])
    assert [point["plays"] for point in series["points"]] == [200]
    within = await asking.json("/stats/top/tracks", album=album["id"])
    assert {row["artist"] for row in within["items"]} == {"Ann"}


async def test_a_search(asking: Asking) -> None:
    found = await asking.json("/search", q="ARTIST 0")
    assert [row["name"] for row in found["artists"]] == [
        f"Artist {n:02}" for n in range(10)
    ]
    assert len((await asking.json("/search", q="artist"))["artists"]) == 20


REFUSED: list[tuple[str, dict[str, object], tuple[int, str]]] = [
    ("/stats/summary", {"period": "2025-06-30..2025-01-01"}, (400, "unknown_period")),
    ("/stats/summary", {"period": "last-8"}, (400, "unknown_period")),
    ("/stats/summary", {"tz": "Mars/Olympus"}, (400, "unknown_zone")),
    ("/stats/summary", {"periode": "all"}, (422, "malformed")),
    ("/stats/top/genres", {}, (422, "malformed")),
    ("/stats/top/artists", {"limit": 201}, (422, "malformed")),
    ("/stats/top/artists", {"cursor": "x"}, (400, "bad_cursor")),
    ("/stats/top/tracks", {"artist": "x"}, (422, "malformed")),
    ("/stats/top/tracks", {"artist": "A" * 22}, (404, "not_in_history")),
    ("/stats/series", {"by": "hour", "period": "2020-01-01..2023-05-01"}, (400, "too_many_points")),
    (f"/artists/{'A' * 22}", {}, (404, "not_in_history")),
    ("/search", {"q": " "}, (422, "malformed")),
]  # fmt: skip


async def test_questions_that_cannot_be_answered_are_refused(asking: Asking) -> None:
    for path, params, said in REFUSED:
        assert await asking.code(path, **params) == said, (path, params)


async def test_an_id_of_another_listener_is_not_found(
    asking: Asking, module_resources: Resources
) -> None:
    other = await sign_in(module_resources)
    await add(module_resources, other, [song(1, "Bob")])
    (bob,) = (await Asking(asking.client, other).json("/stats/top/artists"))["items"]
    assert await asking.code(f"/artists/{bob['id']}") == (404, "not_in_history")
    assert (await asking.json("/search", q="bob"))["artists"] == []


async def test_a_listener_without_a_history(
    module_resources: Resources, make_client: MakeClient
) -> None:
    asking = Asking(make_client(module_resources), await sign_in(module_resources))
    assert (await asking.json("/stats/summary"))["amounts"]["plays"] == 0
    assert (await asking.json("/stats/top/artists"))["items"] == []
    assert (await asking.json("/stats/series"))["points"] == []


async def test_an_unchanged_answer_is_not_sent_again(
    changing: Asking, asking: Asking, module_resources: Resources, now: list[datetime]
) -> None:
    of_another = (await asking.get("/stats/summary", period="last-7")).headers["etag"]
    answer = await changing.get("/stats/summary", etag=of_another, period="last-7")
    assert answer.status_code == 200
    asking = changing
    first = await asking.get("/stats/summary", period="last-7")
    etag = first.headers["etag"]
    again = await asking.get("/stats/summary", etag=etag, period="last-7")
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    listed = await asking.get(
        "/stats/summary", etag=f'"other", W/{etag}', period="last-7"
    )
    assert listed.status_code == 304
    other = await asking.get("/stats/summary", etag=etag, period="last-30")
    assert other.status_code == 200
    now.append(datetime(2023, 5, 2, 22, 30, tzinfo=UTC))
    tomorrow = await asking.get("/stats/summary", etag=etag, period="last-7")
    assert tomorrow.status_code == 200
    now.pop()
    await add(module_resources, asking.of, [song(300)])
    changed = await asking.get("/stats/summary", etag=etag, period="last-7")
    assert changed.status_code == 200
    assert changed.json()["amounts"]["plays"] == first.json()["amounts"]["plays"] + 1


async def test_figures_follow_each_change(
    changing: Asking, module_resources: Resources
) -> None:
    asking = changing

    async def plays() -> int:
        found = await asking.json("/stats/summary")
        return int(found["amounts"]["plays"])

    assert await plays() == 2
    await add(module_resources, asking.of, [song(300), song(301)])
    assert await plays() == 4
    memory = cache_of(module_resources)
    await memory.forget_stale()
    assert memory.size > 0
    async with module_resources.database.session() as session:
        everything = ListenFilter(
            source=LogName.SPOTIFY_EXTENDED, zone=parse_zone("UTC")
        )
        await ListenService(session).delete_listens(asking.of.id, everything)
    await memory.forget_stale()
    assert memory.size == 0
    assert await plays() == 0


async def test_memory_is_bounded_whatever_the_number_of_listeners(
    module_resources: Resources, make_client: MakeClient, configure: Configure
) -> None:
    client = make_client(module_resources)
    memory = cache_of(module_resources)
    sizes: list[int] = []
    people = [Asking(client, await sign_in(module_resources)) for _ in range(3)]
    for asking in people:
        await add(module_resources, asking.of, [song(7)])
        await asking.json("/stats/summary")
        sizes.append(memory.size)
    assert sizes == sorted(sizes)
    memory.most = sizes[1]
    await people[0].json("/stats/top/artists")
    assert memory.size <= sizes[1]
    memory.most = 0
    await people[1].json("/stats/top/tracks")
    assert 0 < memory.size <= sizes[0] * 2
    assert configure.of(MusicSettings).statistics_memory_bytes == 256 * MIB
