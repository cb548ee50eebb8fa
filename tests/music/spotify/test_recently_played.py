"""Requests for plays: page after page, with valid and invalid answers."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.auth.factories import sign_in
from tests.conftest import Configure
from tests.exports import api_row
from tests.music.spotify.syncing import give_access, use_sandbox
from unwrapped.auth.oauth.clients.client import ClientRegistration
from unwrapped.auth.oauth.clients.spotify import SpotifyClient
from unwrapped.auth.oauth.provider_tokens.refresh import refresh_service_of
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.core.process_resources import Resources
from unwrapped.music.spotify.recently_played import (
    EPOCH,
    MOST_PAGES,
    RecentlyPlayed,
    RecentPlays,
    spotify_of,
)
from unwrapped.music.spotify.service import SpotifyForbids, SyncNotConfigured
from unwrapped.shared.api_client import ApiClient, UnexpectedAnswer

TOKENS = {"access_token": "good", "refresh_token": "r", "expires_in": 3600}
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)

type Body = tuple[int, bytes]
"""The status and the content of an answer."""

type Answering = Callable[[dict[str, str]], Body]


class Raw(httpx2.AsyncByteStream):
    """Bytes that are sent as they are."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data


def at(minutes: int) -> int:
    """The moment `minutes` after noon, in Unix milliseconds."""
    return (NOON + timedelta(minutes=minutes) - EPOCH) // timedelta(milliseconds=1)


def reply_of(value: object, status: int = 200) -> Body:
    return status, json.dumps(value).encode()


def page(*minutes: int) -> Body:
    """Make an answer with plays at these minutes after noon."""
    items = [
        api_row(played_at=f"{NOON + timedelta(minutes=minute):%FT%T.000Z}")
        for minute in minutes
    ]
    return reply_of({"items": items})


async def ask(
    resources: Resources,
    answering: Answering,
    cursor: int | None = None,
) -> tuple[RecentlyPlayed, list[str | None]]:
    """Request plays from a Spotify with these answers; return them and its requests."""
    asked: list[str | None] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        query = dict(request.url.params)
        assert request.url.path == "/v1/me/player/recently-played"
        assert request.headers["Authorization"] == "Bearer good"
        assert query["limit"] == "50"
        asked.append(query.get("after"))
        status, body = answering(query)
        return httpx2.Response(status, stream=Raw(body))

    user_id = (await sign_in(resources)).id
    await give_access(resources, user_id, TOKENS)
    known = ClientRegistration("spotify", "Spotify", "us", None, "http://127.0.0.1:1/")
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        client = SpotifyClient(known, ApiClient("Spotify", http), None)
        recent = RecentPlays(client, refresh_service_of(resources), user_id)
        return await recent.after(cursor), asked


@pytest.fixture(autouse=True)
def configured(configure: Configure) -> None:
    use_sandbox(configure, "http://127.0.0.1:1")


async def test_pages_are_requested_until_one_is_not_full(resources: Resources) -> None:
    pages = [page(*range(50, 0, -1)), page(*range(100, 50, -1)), page(103, 102, 101)]
    plays, asked = await ask(resources, lambda query: pages.pop(0), at(0))
    assert asked == [str(at(0)), str(at(50)), str(at(100))]
    assert (len(plays.items), plays.cursor, plays.may_miss_some) == (103, at(103), True)


async def test_the_first_sync_reports_no_missing_plays(resources: Resources) -> None:
    pages = [page(*range(50)), page()]
    plays, asked = await ask(resources, lambda query: pages.pop(0))
    assert asked == [None, str(at(49))]
    assert (len(plays.items), plays.cursor, plays.may_miss_some) == (50, at(49), False)


async def test_an_answer_without_new_plays(resources: Resources) -> None:
    plays, asked = await ask(resources, lambda query: page(), at(7))
    assert (plays, asked) == (
        RecentlyPlayed([], at(7), may_miss_some=False),
        [str(at(7))],
    )


async def test_the_number_of_pages_is_limited(resources: Resources) -> None:
    def endless(query: dict[str, str]) -> Body:
        done = (int(query.get("after", at(0))) - at(0)) // 60_000
        return page(*range(done + 1, done + 51))

    plays, asked = await ask(resources, endless)
    assert len(asked) == MOST_PAGES
    assert plays.cursor == at(50 * MOST_PAGES)


async def test_the_same_page_twice_ends_the_requests(resources: Resources) -> None:
    plays, asked = await ask(resources, lambda query: page(*range(50)), at(3))
    assert len(asked) == 2
    assert plays.cursor == at(49)


@pytest.mark.parametrize("items", [[None], [{}], [api_row(played_at="x")] * 50])
async def test_plays_without_a_time_do_not_move_the_cursor(
    resources: Resources, items: list[Any]
) -> None:
    answer = reply_of({"items": items})
    plays, asked = await ask(resources, lambda query: answer, at(3))
    assert len(asked) == 1
    assert (plays.items, plays.cursor) == (items, at(3))


@pytest.mark.parametrize(
    "answer",
    [
        reply_of({}),
        reply_of({"items": None}),
        reply_of({"items": {"0": {}}}),
        reply_of([]),
        (200, b'{"items": [' + b"9" * 5_000 + b"]}"),
        (200, b'{"items": ' + b"[" * 100_000),
        reply_of({"error": {"status": 400}}, 400),
        (404, b"gone"),
    ],
)
async def test_invalid_answers_are_refused(resources: Resources, answer: Body) -> None:
    with pytest.raises(UnexpectedAnswer):
        await ask(resources, lambda query: answer)


async def test_a_refusal_by_spotify(resources: Resources) -> None:
    refused = 403, b"User not registered in the dashboard"
    with pytest.raises(SpotifyForbids):
        await ask(resources, lambda query: refused)


async def test_a_server_without_an_app(
    resources: Resources, configure: Configure
) -> None:
    configure(OAuthSettings, oauth_client_id=None)
    with pytest.raises(SyncNotConfigured):
        spotify_of(resources)
