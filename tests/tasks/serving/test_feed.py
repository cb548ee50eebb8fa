"""Watching tasks: the states, their order, and the end of the stream."""

import asyncio

import pytest

from tests.auth.factories import make_user
from tests.tasks.watching import Watching
from tests.tasks.workplace import Workplace
from unwrapped.tasks.serving import feed as feeds
from unwrapped.tasks.serving.feed import TaskFeed

KIND = "tests.work"


async def test_the_current_state_comes_first_and_then_each_change_until_the_end(
    workplace: Workplace, feed: TaskFeed
) -> None:
    task_id = await workplace.begin(KIND)
    watching = Watching(feed.watch(task_id))
    first = await watching.until(1)
    assert (first.version, first.task.id, first.task.status) == (1, task_id, "pending")
    steps = [
        "status = 'processing', attempt = 1",
        "progress = 0.25, stage = 'reading'",
        "progress = 0.5",
        "stage = 'storing'",
        "status = 'completed', progress = 1, stage = NULL, completed_at = now()",
    ]
    for version, step in enumerate(steps, start=2):
        await workplace.change(task_id, step)
        await watching.until(version)
    assert await watching.ended() == [1, 2, 3, 4, 5, 6]
    seen = [(s.task.status, s.task.progress, s.task.stage) for s in watching.published]
    assert seen == [
        ("pending", 0.0, None),
        ("processing", 0.0, None),
        ("processing", 0.25, "reading"),
        ("processing", 0.5, "reading"),
        ("processing", 0.5, "storing"),
        ("completed", 1.0, None),
    ]


async def test_the_stream_of_an_ended_task_is_its_state_and_no_more(
    workplace: Workplace, feed: TaskFeed
) -> None:
    for status in ("completed", "failed", "cancelled"):
        task_id = await workplace.begin(KIND)
        await workplace.change(task_id, f"status = '{status}', completed_at = now()")
        watching = Watching(feed.watch(task_id))
        assert await watching.ended() == [2]
        assert watching.published[0].task.status == status


async def test_a_new_watcher_gets_the_current_state(
    workplace: Workplace, feed: TaskFeed
) -> None:
    task_id = await workplace.begin(KIND)
    first = feed.watch(task_id)
    assert (await anext(first)).version == 1
    again = Watching(feed.watch(task_id))
    assert (await again.until(1)).version == 1
    await workplace.change(task_id, "progress = 0.5")
    assert (await anext(first)).version == 2
    assert (await again.until(2)).task.progress == 0.5


async def test_a_slow_watcher_gets_the_latest_state_and_no_backlog(
    workplace: Workplace, feed: TaskFeed
) -> None:
    task_id = await workplace.begin(KIND)
    slow, fast = feed.watch(task_id), Watching(feed.watch(task_id))
    assert (await anext(slow)).version == 1
    for version in range(2, 12):
        await workplace.change(task_id, f"progress = {version / 100}")
        await fast.until(version)
    assert [state.version for state in fast.published] == list(range(1, 12))
    assert (await anext(slow)).version == 11
    await workplace.change(task_id, "status = 'failed', completed_at = now()")
    assert [state.version async for state in slow] == [12]


async def test_a_watcher_that_missed_the_end_sees_the_retry(
    workplace: Workplace, feed: TaskFeed
) -> None:
    task_id = await workplace.begin(KIND)
    slow, fast = feed.watch(task_id), Watching(feed.watch(task_id))
    assert (await anext(slow)).version == 1
    await workplace.change(task_id, "status = 'failed', completed_at = now()")
    assert await fast.ended() == [1, 2]
    another = Watching(feed.watch(task_id))
    await another.ended()
    await workplace.change(task_id, "status = 'pending', completed_at = NULL")
    retried = Watching(feed.watch(task_id))
    await retried.until(3)
    assert (await anext(slow)).task.status in ("failed", "pending")
    await workplace.change(task_id, "status = 'completed', completed_at = now()")
    async with asyncio.timeout(30):
        statuses = [state.task.status async for state in slow]
    assert statuses in ([], ["completed"])


async def test_only_the_watchers_of_a_task_get_its_changes(
    workplace: Workplace, feed: TaskFeed
) -> None:
    one, other = [await workplace.begin(KIND, key) for key in ("one", "other")]
    watching = {task_id: Watching(feed.watch(task_id)) for task_id in (one, other)}
    for seen in watching.values():
        await seen.until(1)
    await workplace.change(one, "progress = 0.1")
    await watching[one].until(2)
    await workplace.change(other, "progress = 0.2")
    await watching[other].until(2)
    for task_id, seen in watching.items():
        assert {state.task.id for state in seen.published} == {task_id}
        assert [state.version for state in seen.published] == [1, 2]


async def test_the_deletion_of_the_account_ends_the_stream(
    workplace: Workplace, feed: TaskFeed
) -> None:
    async with workplace.resources.database.session() as session:
        somebody = (await make_user(session)).id or 0
    theirs = await Workplace(workplace.resources, somebody).begin(KIND)
    watching = Watching(feed.watch(theirs))
    await watching.until(1)
    await workplace.execute('DELETE FROM "user" WHERE id = :id', id=somebody)
    assert await watching.ended() == [1]


async def test_a_task_that_is_not_there_ends_the_stream_at_once(
    workplace: Workplace, feed: TaskFeed
) -> None:
    task_id = await workplace.begin(KIND)
    await workplace.execute("DELETE FROM background_task")
    assert await Watching(feed.watch(task_id)).ended() == []


async def test_streams_end_after_a_while(
    workplace: Workplace, feed: TaskFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LONGEST_STREAM_SECONDS", 0.2)
    task_id = await workplace.begin(KIND)
    watching = Watching(feed.watch(task_id))
    assert await watching.ended() == [1]


async def test_a_slow_watcher_is_ended_although_there_are_changes(
    workplace: Workplace, feed: TaskFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await workplace.begin(KIND)
    monkeypatch.setattr(feeds, "LONGEST_STREAM_SECONDS", 0.3)
    slow, ended = feed.watch(task_id), Watching(feed.watch(task_id))
    assert (await anext(slow)).version == 1
    monkeypatch.undo()
    fast = Watching(feed.watch(task_id))
    await ended.ended()
    await workplace.change(task_id, "progress = 0.5")
    await fast.until(2)
    async with asyncio.timeout(30):
        assert [state.version async for state in slow] in ([], [2])


async def test_all_streams_end_when_the_process_is_about_to(
    workplace: Workplace, feed: TaskFeed
) -> None:
    task_id = await workplace.begin(KIND)
    slow = feed.watch(task_id)
    assert (await anext(slow)).version == 1
    watching = [Watching(feed.watch(task_id)) for _ in range(5)]
    for seen in watching:
        await seen.until(1)
    await workplace.change(task_id, "progress = 0.5")
    feed.stop()
    for seen in watching:
        assert (await seen.ended())[0] == 1
    await workplace.change(task_id, "progress = 0.6")
    async with asyncio.timeout(30):
        assert len([state async for state in slow]) <= 1
    # A new stream ends at once, too.
    assert await Watching(feed.watch(task_id)).ended() == []
