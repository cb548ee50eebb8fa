"""Histories that were stored with other rules are updated, by a task or a change."""

from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, extended_row
from tests.music.factories import Stored, run_by_hand, store, stored
from unwrapped.core.process_resources import Resources
from unwrapped.music.listens.rule_update_tasks import begin_settling, settle_listens
from unwrapped.music.store.state import RULES
from unwrapped.tasks.service import TaskService

EXTENDED = [
    extended_row(ts="2023-05-01T10:00:30Z", master_metadata_track_name="Stra\u00dfe"),
    extended_row(ts="2023-05-01T10:00:31Z", master_metadata_track_name="Stra\u00dfe"),
]
ACCOUNT = [account_row(endTime="2023-05-01 10:00", trackName="STRASSE")]

SPOIL = (
    "UPDATE listen SET mark = 0",
    "UPDATE spelling SET title_key = 'old', album_key = 'old', album_id = NULL",
    "UPDATE artist SET name = 'old'",
    "UPDATE history SET rules = 'earlier'",
)
"""What other rules may have made of a history."""


async def _spoiled(resources: Resources) -> tuple[int, Stored]:
    """A listener whose history follows other rules, and what it should be."""
    user = (await sign_in(resources)).id
    async with resources.database.session() as session:
        await store(session, user, [EXTENDED, ACCOUNT])
    async with resources.database.session() as session:
        settled = await stored(session, user)
        for statement in SPOIL:
            await session.execute(text(statement))
    return user, settled


async def _stored(resources: Resources, user: int) -> Stored:
    async with resources.database.session() as session:
        return await stored(session, user)


async def test_a_task_updates_a_history_that_follows_other_rules(
    cloned_resources: Resources,
) -> None:
    user, settled = await _spoiled(cloned_resources)
    assert {row[-1] for row in settled.listens} > {0}
    assert await begin_settling(cloned_resources) == 1
    async with cloned_resources.database.session() as session:
        task = await TaskService(session).latest_task(user, settle_listens.name, None)
    await run_by_hand(cloned_resources, settle_listens, task.id)
    assert await _stored(cloned_resources, user) == settled
    async with cloned_resources.database.session() as session:
        rules = await session.scalar(text("SELECT rules FROM history"))
    assert rules == RULES
    assert await begin_settling(cloned_resources) == 0


async def test_the_next_change_updates_a_history_that_follows_other_rules(
    cloned_resources: Resources,
) -> None:
    user, _ = await _spoiled(cloned_resources)
    more: list[Row] = [extended_row(ts="2024-01-01T00:00:00Z")]
    async with cloned_resources.database.session() as session:
        await store(session, user, [more])
    fresh = (await sign_in(cloned_resources)).id
    async with cloned_resources.database.session() as session:
        await store(session, fresh, [EXTENDED + more, ACCOUNT])
    assert await _stored(cloned_resources, user) == await _stored(
        cloned_resources, fresh
    )
