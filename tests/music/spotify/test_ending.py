"""Unlinking an account while listens are stored."""

import asyncio

from sqlalchemy import text

from tests.auth.factories import HASHED, make_linked_account, sign_in
from tests.exports import api_row, extended_row
from tests.music.factories import import_all, stored
from tests.music.spotify.syncing import turn_on
from tests.waiting import eventually
from unwrapped.auth.oauth.linked_accounts import LinkedAccounts
from unwrapped.core.process_resources import Resources
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.service import forget_spotify

WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()"""


async def test_an_import_that_begins_while_an_account_is_unlinked(
    common_resources: Resources,
) -> None:
    """Neither waits for a lock of the other."""
    database = common_resources.database
    user_id = (await sign_in(common_resources, password_hash=HASHED)).id
    await import_all(database, user_id, [[[api_row()]]])
    await turn_on(common_resources, user_id)
    async with database.session() as session:
        await make_linked_account(session, user_id)
    async with database.session() as session:
        await LinkedAccounts(session).unlink(user_id, "spotify")
        importing = asyncio.create_task(
            import_all(database, user_id, [[[extended_row()]]])
        )

        async def has_come_far() -> bool:
            async with database.session() as other:
                return importing.done() or bool(await other.scalar(text(WAITING)))

        await eventually(has_come_far)
        await forget_spotify(session, user_id, "spotify")
    await importing
    async with database.session() as session:
        assert [row[1] for row in (await stored(session, user_id)).listens] == [1]
        assert await session.get(SpotifySync, user_id) is None


async def test_unlinking_another_provider_forgets_no_plays(
    common_resources: Resources,
) -> None:
    database = common_resources.database
    user_id = (await sign_in(common_resources)).id
    await import_all(database, user_id, [[[api_row()]]])
    await turn_on(common_resources, user_id)
    async with database.session() as session:
        await forget_spotify(session, user_id, "home")
    async with database.session() as session:
        assert len((await stored(session, user_id)).listens) == 1
        assert await session.get(SpotifySync, user_id) is not None
