"""Stored listens over HTTP: pages, filters, removal and refusals."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from tests.auth.factories import SignedIn, bearer, make_session, make_user, sign_in
from tests.conftest import MakeClient
from tests.exports import Row, account_row, track
from tests.music.factories import File, store
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.listens.name_search import FIRST
from unwrapped.shared.pagination_parameters import LONGEST_CURSOR

URL = "/api/v1/music/listens"

type Import = Callable[..., Awaitable[None]]


class Listener:
    """A listener who is signed in and has a history."""

    def __init__(
        self, client: httpx2.AsyncClient, resources: Resources, signed: SignedIn
    ) -> None:
        self.client = client
        self.resources = resources
        self.signed = signed

    async def store(self, *files: File) -> None:
        async with self.resources.database.session() as session:
            await store(session, self.signed.id, files)

    async def get(self, **params: object) -> httpx2.Response:
        return await self.client.get(
            URL, params=_texts(params), headers=self.signed.headers
        )

    async def delete(self, **params: object) -> httpx2.Response:
        return await self.client.delete(
            URL, params=_texts(params), headers=self.signed.headers
        )

    async def page(self, **params: object) -> dict[str, Any]:
        answer = await self.get(**params)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def titles(self, **params: object) -> list[str]:
        items = (await self.page(limit=200, **params))["items"]
        return [item["title"] for item in items]


def _texts(params: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}


@pytest.fixture
async def listener(common_resources: Resources, make_client: MakeClient) -> Listener:
    signed = await sign_in(common_resources, time_zone="Europe/Berlin")
    return Listener(make_client(common_resources), common_resources, signed)


@pytest.fixture(scope="module")
async def seven_songs(common_database: Database) -> tuple[int, UUID]:
    """The ids of a listener with `_minutes(7)`, which no test changes, and a session."""
    async with common_database.session() as session:
        user = await make_user(session, time_zone="Europe/Berlin")
        await store(session, user.id or 0, [_minutes(7)])
        return user.id or 0, (await make_session(session, user.id or 0)).id


@pytest.fixture
def reader(
    seven_songs: tuple[int, UUID], common_resources: Resources, make_client: MakeClient
) -> Listener:
    """This listener."""
    token = common_resources.signer.create_access_token(*seven_songs)
    signed = SignedIn(seven_songs[0], bearer(token))
    return Listener(make_client(common_resources), common_resources, signed)


def _song(title: str, ts: str, **over: object) -> Row:
    return track("Ann", title, f"uri:{title}", ts=ts, ms_played=60_000, **over)


def _minutes(count: int) -> list[Row]:
    """Songs a second apart, some of them logged at the same time."""
    start = datetime(2023, 5, 1, tzinfo=UTC)
    return [
        _song(f"{n:03}", f"{start + timedelta(seconds=n // 3):%Y-%m-%dT%H:%M:%SZ}")
        for n in range(count)
    ]


async def test_a_listen_reads_as_it_was_logged(listener: Listener) -> None:
    await listener.store(
        [
            track(
                "Ann",
                "A",
                "uri:a",
                ts="2023-05-01T10:00:30Z",
                ms_played=30_500,
                shuffle=True,
                skipped=None,
            )
        ],
        [account_row(endTime="2023-05-01 10:00", artistName="ANN", trackName="a")],
    )
    page = await listener.page()
    assert page["next_cursor"] is None
    ids = [item.pop("id") for item in page["items"]]
    assert len(set(ids)) == 2
    ann, song, album = (
        public_id(*names) for names in (("ann",), ("ann", "a"), ("ann", "album"))
    )
    assert page["items"] == [
        {
            "started_at": "2023-05-01T09:59:59.500000Z",
            "artist": "Ann",
            "artist_id": ann,
            "title": "A",
            "track_id": song,
            "album": "Album",
            "album_id": album,
            "ms_played": 30_500,
            "source": "spotify_extended",
            "reason_end": "trackdone",
            "skipped": None,
            "shuffle": True,
            "mark": None,
            "corrected": None,
        },
        {
            "started_at": "2023-05-01T09:59:30Z",
            "artist": "Ann",
            "artist_id": ann,
            "title": "A",
            "track_id": song,
            "album": None,
            "album_id": None,
            "ms_played": 30_000,
            "source": "spotify_account",
            "reason_end": None,
            "skipped": None,
            "shuffle": None,
            "mark": "richer_source",
            "corrected": None,
        },
    ]


async def _walked(listener: Listener, limit: int, **params: object) -> list[Any]:
    """The listens of all pages of a listing."""
    seen: list[Any] = []
    cursor: dict[str, object] = {}
    while True:
        page = await listener.page(limit=limit, **params, **cursor)
        assert 1 <= len(page["items"]) <= limit
        seen += page["items"]
        if page["next_cursor"] is None:
            return seen
        cursor = {"cursor": page["next_cursor"]}


async def test_pages_have_each_listen_once_in_order(listener: Listener) -> None:
    await listener.store(_minutes(9), [_song("unknown", "2023-05-02T00:00:00Z")])
    latest = (await listener.page(limit=200))["items"]
    assert sorted({row["title"] for row in latest}) == sorted(
        ["unknown", *(f"{n:03}" for n in range(9))]
    )
    times = [row["started_at"] for row in latest]
    assert times == sorted(times, reverse=True)
    for limit in (3, 50):
        assert await _walked(listener, limit) == latest
    assert await _walked(listener, 4, order="oldest") == latest[::-1]


async def test_near_repeats_and_unknown_durations_have_separate_places_in_the_order(
    listener: Listener,
) -> None:
    rows = [
        track("Ann", "A", "uri:a", ms_played=ms) for ms in (None, 0, 1, 2, 2**31 - 1)
    ]
    poorer = [
        account_row(artistName="Ann", trackName="A", msPlayed=ms) for ms in (0, None)
    ]
    await listener.store(rows, poorer)
    seen = []
    cursor: dict[str, object] = {}
    for _ in range(7):
        page = await listener.page(limit=1, **cursor)
        seen += [(row["source"], row["ms_played"]) for row in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert cursor == {"cursor": None}
    assert len(set(seen)) == len(seen) == 7


async def test_rows_that_are_added_between_pages_neither_repeat_nor_hide_others(
    listener: Listener,
) -> None:
    rows = _minutes(8)
    await listener.store(rows[::2])
    seen: list[str] = []
    cursor: dict[str, object] = {}
    for number in range(1, 8, 2):
        page = await listener.page(limit=2, **cursor)
        seen += [row["title"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await listener.store([rows[number]])
    assert len(set(seen)) == len(seen)
    assert {row["master_metadata_track_name"] for row in rows[::2]} <= set(seen)


async def test_a_page_has_only_listens_of_the_caller(
    reader: Listener, listener: Listener
) -> None:
    assert await listener.titles() == []
    assert (await listener.delete(period="all")).json() == {"listens": 0, "task": None}
    assert len(await reader.titles()) == 7


async def test_filters(listener: Listener) -> None:
    await listener.store(
        [
            _song("before", "2023-03-25T23:00:59Z"),  # started at 22:59:59
            _song("first", "2023-03-25T23:01:00Z"),  # started at midnight in Berlin
            _song("last", "2023-03-26T22:00:30Z"),  # summer began: started at 23:59:30
            _song("after", "2023-03-26T22:01:00Z"),
            track("Bea", "other", "uri:o", ts="2023-03-26T12:00:00Z"),
        ],
        [account_row(endTime="2023-03-26 12:00", artistName=" BEA", trackName="x")],
    )
    day = "2023-03-26..2023-03-26"
    assert sorted(await listener.titles(period=day)) == ["first", "last", "other", "x"]
    assert sorted(await listener.titles(period=day, tz="UTC")) == [
        "after",
        "last",
        "other",
        "x",
    ]
    assert await listener.titles(period=day, artist="ANN") == ["last", "first"]
    assert sorted(await listener.titles(artist="\uff22ea")) == ["other", "x"]
    assert await listener.titles(source="spotify_account") == ["x"]
    assert await listener.titles(source="spotify_account", artist="ann") == []
    assert len(await listener.titles(period="all")) == 6
    assert await listener.titles(period="2022") == []
    assert await listener.titles(artist="nobody") == []


async def test_removals_have_the_same_filters(listener: Listener) -> None:
    await listener.store(
        [
            _song("before", "2023-03-25T23:00:59Z"),
            _song("first", "2023-03-25T23:01:00Z"),
            track("Bea", "other", "uri:o", ts="2023-03-26T12:00:00Z"),
        ],
        [account_row(endTime="2023-03-26 12:00", artistName="BEA", trackName="x")],
    )
    removed = await listener.delete(period="2023-03", artist="bea", tz="Asia/Tokyo")
    assert (removed.status_code, removed.json()) == (200, {"listens": 2, "task": None})
    removed = await listener.delete(period="2023-03-26..2023-03-26")
    assert removed.json() == {"listens": 1, "task": None}
    assert await listener.titles() == ["before"]
    removed = await listener.delete(source="spotify_extended")
    assert removed.json() == {"listens": 1, "task": None}
    assert await listener.titles() == []


async def test_a_removal_must_name_what_to_remove(reader: Listener) -> None:
    for params in ({}, {"tz": "UTC"}, {"dry_run": "true"}):
        refused = await reader.delete(**params)
        assert refused.status_code == 400
        assert refused.json()["code"] == "nothing_named"
    assert len(await reader.titles()) == 7


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


BAD: list[tuple[dict[str, object], int]] = [
    ({"period": "yesterday"}, 400),
    ({"period": ""}, 400),
    ({"period": "2023-13"}, 400),
    ({"period": "2023\x00"}, 422),
    ({"period": "2" * 201}, 422),
    ({"tz": "Mars/Olympus"}, 400),
    ({"tz": "../../etc/passwd"}, 400),
    ({"source": "deezer"}, 422),
    ({"artist": "a\x00b"}, 422),
    ({"artist": "a" * 201}, 422),
]
BAD_PAGES: list[tuple[dict[str, object], int]] = [
    ({"limit": 0}, 422),
    ({"limit": 201}, 422),
    ({"limit": "x"}, 422),
    ({"cursor": "x" * (LONGEST_CURSOR + 1)}, 422),
    ({"cursor": ""}, 400),
    ({"cursor": "!"}, 400),
    ({"cursor": "\u00e4"}, 400),
    ({"cursor": _cursor("shares", "2023-05-01T00:00:00+00:00", 1, 1, 1)}, 400),
    ({"cursor": _cursor("listens", "2023-05-01T00:00:00+00:00", 1, 1)}, 400),
    ({"cursor": _cursor("listens", "2023-05-01T00:00:00+00:00", 1, 1, 2**31)}, 400),
    ({"cursor": _cursor("listens", "2023-05-01T00:00:00+00:00", 1, 1, 1.5)}, 400),
    ({"cursor": _cursor("listens", "2023-05-01T00:00:00+00:00", 1, True, 1)}, 400),
    ({"cursor": _cursor("listens", "2023-05-01T00:00:00+00:00", None, 1, 1)}, 400),
    ({"cursor": _cursor("listens", "yesterday", 1, 1, 1)}, 400),
    ({"cursor": _cursor("listens", "0001-01-01T00:00:00+23:59", 1, 1, 1)}, 400),
    ({"cursor": _cursor("listens", 5, 1, 1, 1)}, 400),
    ({"cursor": _cursor("listens", [], 1, 1, 1)}, 400),
]


async def test_bad_input_is_refused(reader: Listener) -> None:
    for params, status in [*BAD, *BAD_PAGES]:
        assert (await reader.get(**params)).status_code == status, params
    for params, status in BAD:
        removal = {"period": "all"} | params
        assert (await reader.delete(**removal)).status_code == status, params
    assert len(await reader.titles()) == 7


async def test_the_ends_of_the_calendar_are_periods(listener: Listener) -> None:
    for period, zone in (
        ("0001", "Asia/Tokyo"),
        ("0001", "America/New_York"),
        ("9999", "UTC"),
        ("9999-12-01..9999-12-30", "UTC"),
        ("9999-12-31..9999-12-31", "Pacific/Honolulu"),
        ("0001-01-01..9999-12-31", "Pacific/Kiritimati"),
    ):
        for asked in (listener.get, listener.delete):
            answer = await asked(period=period, tz=zone)
            assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_strangers_are_refused(client: httpx2.AsyncClient, method: str) -> None:
    answer = await client.request(method, URL, params={"period": "all"})
    assert answer.status_code == 401


async def test_an_id_is_the_same_after_removal_and_import(listener: Listener) -> None:
    rows = _minutes(5)
    await listener.store(rows)
    before = [item["id"] for item in (await listener.page())["items"]]
    counted = (await listener.delete(artist="ann", dry_run="true")).json()
    assert counted == {"listens": 5, "task": None}
    assert len(await listener.titles()) == 5
    assert (await listener.delete(artist="ann")).json() == counted
    assert await listener.titles() == []
    await listener.store([_song("another", "2020-05-01T12:00:00Z"), *rows])
    after = [item["id"] for item in (await listener.page())["items"]]
    assert after[:5] == before
    assert len(set(after)) == 6


async def test_a_cursor_is_valid_for_one_order_only(reader: Listener) -> None:
    cursor = (await reader.page(limit=2))["next_cursor"]
    answer = await reader.get(order="oldest", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_a_listing_begins_with_a_day(listener: Listener) -> None:
    """Days are in the listener's zone: in Berlin, a day begins at 22:00 UTC."""
    await listener.store(
        [_song(f"{hour}", f"2023-05-0{day}T{hour}:01:00Z")
         for day, hour in ((1, 21), (1, 23), (2, 12), (2, 20), (3, 10))]
    )  # fmt: skip
    assert await listener.titles(day="2023-05-02") == ["20", "12", "23", "21"]
    assert await listener.titles(day="2023-05-02", order="oldest") == [
        "23",
        "12",
        "20",
        "10",
    ]
    assert await listener.titles(day="2023-05-02", tz="UTC", order="oldest") == [
        "12",
        "20",
        "10",
    ]


async def test_listens_are_found_by_part_of_a_name(listener: Listener) -> None:
    await listener.store(
        [
            track("Ann", "a", "uri:a", ts="2023-05-01T10:00:00Z", ms_played=60_000),
            track("Bob", "b", "uri:b", ts="2023-05-01T11:00:00Z", ms_played=60_000),
            track("ann", "c", "uri:c", ts="2023-05-01T12:00:00Z", ms_played=60_000),
            track(
                "\N{KELVIN SIGN}elvin",
                "d",
                "uri:d",
                ts="2023-05-01T09:00:00Z",
                ms_played=60_000,
                master_metadata_album_album_name="Bösendorfer",
            ),
        ]
    )
    for q, titles in (
        ("bob", ["b"]),
        ("AN", ["c", "a"]),
        ("alb", ["c", "b", "a"]),
        ("b", ["c", "b", "a", "d"]),
        ("100%", []),
        ("zebra", []),
        ("kelvin", ["d"]),
        ("ÖSEN", ["d"]),
    ):
        assert await listener.titles(q=q) == titles, q


async def test_a_rare_name_is_found_after_many_others(listener: Listener) -> None:
    await listener.store(
        [
            *_minutes(FIRST + 1),
            *(
                track(
                    "Zoë",
                    f"z{number}",
                    f"uri:z{number}",
                    ts=f"2015-05-01T1{number}:00:00Z",
                    ms_played=60_000,
                )
                for number in range(3)
            ),
        ]
    )
    first = await listener.page(q="ZOË", limit=2)
    assert [one["title"] for one in first["items"]] == ["z2", "z1"]
    rest = await listener.titles(q="ZOË", cursor=first["next_cursor"])
    assert rest == ["z0"]
    assert await listener.titles(q="Zoë", order="oldest") == ["z0", "z1", "z2"]
