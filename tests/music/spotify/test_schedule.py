"""Syncs begin when they are due, each once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.auth.factories import make_user
from tests.conftest import Configure
from tests.music.spotify.syncing import (
    AGREED,
    change_tokens,
    give_access,
    soon,
    turn_on,
    use_sandbox,
)
from unwrapped.auth.models import User
from unwrapped.auth.oauth.clients.spotify import SpotifyClient
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.core.process_resources import Resources
from unwrapped.core.settings_sources import InvalidSettings
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.service import SCOPE, begin_due_syncs
from unwrapped.music.spotify.task import store_success
from unwrapped.tasks.models import BackgroundTask, Priority

TOKENS = {"access_token": "a", "refresh_token": "r", "expires_in": 3600}
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def configured(configure: Configure) -> None:
    use_sandbox(configure, NOWHERE)


async def listener(resources: Resources, **over: object) -> int:
    """Make a listener with access, whose sync is on."""
    async with resources.database.session() as session:
        user_id = (await make_user(session)).id or 0
    await give_access(resources, user_id, TOKENS)
    await turn_on(resources, user_id, **over)
    return user_id


async def begun(resources: Resources) -> list[int]:
    """The listeners whose syncs are under way."""
    async with resources.database.session() as session:
        found = await session.scalars(
            select(BackgroundTask).where(
                col(BackgroundTask.kind) == "music.spotify_sync"
            )
        )
        tasks = list(found)
    assert {task.priority for task in tasks} <= {Priority.BATCH}
    return sorted(task.user_id for task in tasks)


async def test_syncs_that_are_due_begin_once(resources: Resources) -> None:
    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    due = [await listener(resources) for _ in range(3)]
    await listener(resources, next_sync_at=in_a_minute)
    assert await begin_due_syncs(resources) == 3
    assert await begun(resources) == due
    assert await begin_due_syncs(resources) == 0
    assert await begun(resources) == due
    async with resources.database.session() as session:
        row = await session.get_one(SpotifySync, due[0])
        assert soon(row.next_sync_at, 30 * 60)


async def test_a_sync_under_way_does_not_begin_again(resources: Resources) -> None:
    user_id = await listener(resources)
    await begin_due_syncs(resources)
    async with resources.database.session() as session:
        await session.execute(update(SpotifySync).values(next_sync_at=AGREED))
    assert await begin_due_syncs(resources) == 1
    assert await begun(resources) == [user_id]


async def test_the_setting_defines_the_interval(
    resources: Resources, configure: Configure
) -> None:
    configure(MusicSettings, spotify_sync_minutes=600)
    user_id = await listener(resources)
    await begin_due_syncs(resources)
    async with resources.database.session() as session:
        row = await session.get_one(SpotifySync, user_id)
        assert soon(row.next_sync_at, 600 * 60)


@pytest.mark.parametrize("minutes", ["9", "1441", "0", "-30", "soon"])
def test_the_setting_has_bounds(minutes: str, configure: Configure) -> None:
    with pytest.raises(InvalidSettings, match="SPOTIFY_SYNC_MINUTES"):
        configure(MusicSettings, spotify_sync_minutes=minutes)


async def test_syncs_without_access_do_not_begin(
    resources: Resources, session: AsyncSession
) -> None:
    """Listeners who must grant access again, granted none, or are disabled are skipped."""
    ended = await listener(resources)
    await change_tokens(resources, ended, reconnect_since=datetime.now(UTC))
    narrow = await listener(resources)
    await change_tokens(resources, narrow, scopes=["user-top-read"])
    without = (await make_user(session)).id or 0
    await turn_on(resources, without)
    disabled = await listener(resources)
    await session.execute(
        update(User)
        .where(col(User.id) == disabled)
        .values(disabled_at=datetime.now(UTC))
    )
    assert await begin_due_syncs(resources) == 0
    assert await begun(resources) == []


async def test_a_server_without_an_app_begins_none(
    resources: Resources, configure: Configure
) -> None:
    await listener(resources)
    configure(OAuthSettings, oauth_client_id=None)
    assert await begin_due_syncs(resources) == 0


async def test_two_workers_at_once_begin_each_once(cloned_resources: Resources) -> None:
    due = [await listener(cloned_resources) for _ in range(8)]
    counts = await asyncio.gather(
        *(begin_due_syncs(cloned_resources) for _ in range(3))
    )
    assert sum(counts) == 8
    assert await begun(cloned_resources) == due


async def test_the_cursor_never_goes_back_nor_beyond_now(
    resources: Resources, session: AsyncSession
) -> None:
    user_id = await listener(resources)
    half_an_hour = timedelta(minutes=30)
    now = datetime.now(UTC).timestamp() * 1000
    for seen, expected in ((5, 5), (None, 5), (3, 5), (9, 9), (10**15, now)):
        row = await session.get_one(SpotifySync, user_id, populate_existing=True)
        await store_success(session, row, seen, half_an_hour)
        await session.refresh(row)
        assert row.cursor is not None
        assert abs(row.cursor - expected) < (60_000 if expected == now else 1)


def test_the_scope_is_requested() -> None:
    assert SCOPE in SpotifyClient.access_scopes
