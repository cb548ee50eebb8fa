"""Requesting the last plays of a listener from Spotify."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from unwrapped.auth.oauth.clients.spotify import SpotifyClient
from unwrapped.auth.oauth.provider_tokens.refresh import TokenRefreshService
from unwrapped.auth.oauth.providers import ProviderNotFound, providers_of
from unwrapped.auth.oauth.settings import SPOTIFY
from unwrapped.core.process_resources import Resources
from unwrapped.music.sources.spellings import Spellings
from unwrapped.music.sources.spotify_api import read_plays
from unwrapped.music.spotify.service import SpotifyForbids, SyncNotConfigured
from unwrapped.shared.api_client import Answer, UnexpectedAnswer

PATH = "me/player/recently-played"
PAGE = 50
"""The most plays that Spotify returns at once; it returns no earlier ones."""

MOST_PAGES = 4
"""The most requests of one sync."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RecentlyPlayed:
    """The plays that Spotify returned."""

    items: list[object]
    cursor: int | None
    """The time of the latest play seen, in Unix milliseconds; None if there is none."""

    may_miss_some: bool
    """Whether there may be earlier plays that Spotify no longer returns."""


def spotify_of(resources: Resources) -> SpotifyClient:
    """Return the client of Spotify. Raises `SyncNotConfigured`."""
    try:
        client = providers_of(resources).get(SPOTIFY)
    except ProviderNotFound as error:
        raise SyncNotConfigured from error
    if not isinstance(client, SpotifyClient):
        raise TypeError(f"the provider {SPOTIFY} is not a SpotifyClient")
    return client


@dataclass(frozen=True, slots=True)
class RecentPlays:
    """The last plays of one listener."""

    client: SpotifyClient
    tokens: TokenRefreshService
    user_id: int

    async def after(self, cursor: int | None) -> RecentlyPlayed:
        """The plays after a moment in Unix milliseconds; for None, the last plays.

        Raises `SpotifyForbids`, `ExternalAPIError`, and what
        `TokenRefreshService.get_valid_access_token` raises.
        """
        items: list[object] = []
        latest = cursor
        for _ in range(MOST_PAGES):
            page = await self._page(latest)
            items += page
            of_page = latest_play(page)
            if of_page is None or (latest is not None and of_page <= latest):
                break
            latest = of_page
            if len(page) < PAGE:
                break
        return RecentlyPlayed(
            items, latest, may_miss_some=cursor is not None and len(items) >= PAGE
        )

    async def _page(self, after: int | None) -> list[object]:
        query = {"limit": str(PAGE)}
        if after is not None:
            query["after"] = str(after)
        answer = await self._ask(query)
        items = answer.json_object().get("items")
        if not isinstance(items, list):
            raise UnexpectedAnswer(f"{answer.service} did not return a list of plays.")
        return items

    async def _ask(self, query: dict[str, str]) -> Answer:
        token = await self.tokens.get_valid_access_token(self.user_id, SPOTIFY)
        answer = await self.client.get(PATH, token, **query)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            # The token expired early: try once more with a new one.
            token = await self.tokens.get_valid_access_token(
                self.user_id, SPOTIFY, rejected=token
            )
            answer = await self.client.get(PATH, token, **query)
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise SpotifyForbids
        if not answer.is_success:
            raise UnexpectedAnswer(
                f"{answer.service} did not return the last plays ({answer.status})."
            )
        return answer


def latest_play(items: list[object]) -> int | None:
    """The latest `played_at` in Unix milliseconds; None if no item has a valid one."""
    latest = read_plays(items, Spellings())["logged_at"].max()
    if not isinstance(latest, datetime):
        return None
    return (latest - EPOCH) // timedelta(milliseconds=1)
