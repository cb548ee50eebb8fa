"""Many watchers: the cost of another one, and the limit for a person."""

import cProfile
import pstats

from tests.conftest import Configure
from tests.tasks.test_events import Served, service
from tests.tasks.watching import Watching
from tests.tasks.workplace import Workplace
from tests.waiting import eventually
from unwrapped.tasks.serving.feed import TaskFeed
from unwrapped.tasks.settings import TaskSettings

__all__ = ["service"]

KIND = "tests.work"
MANY = 20


async def test_a_new_watcher_costs_the_others_nothing(
    workplace: Workplace, feed: TaskFeed
) -> None:
    """A new watcher must not cause the state to be sent to all."""
    task_id = await workplace.begin(KIND)
    watchers: list[Watching] = []
    with cProfile.Profile() as profile:
        for _ in range(MANY):
            watchers.append(Watching(feed.watch(task_id)))
            await watchers[-1].until(1)
    calls = {
        name: stats[1]
        for (_, _, name), stats in pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
        if name == "publish"
    }
    # All get the state once more when the feed begins to listen.
    assert MANY <= calls["publish"] <= 3 * MANY
    await workplace.change(task_id, "status = 'cancelled', completed_at = now()")
    for watcher in watchers:
        assert await watcher.ended() == [1, 2]


async def test_streams_of_a_person_are_limited(
    service: Served, configure: Configure
) -> None:
    configure(TaskSettings, event_streams_per_user=2)
    task_id = await service.workplace.begin(KIND)
    path, headers = service.path(task_id), service.ada.headers

    async def is_let_in() -> bool:
        async with service.client.stream("GET", path, headers=headers) as answer:
            return answer.status_code == 200

    async with service.watch(task_id) as first:
        await anext(first)
        async with service.watch(task_id) as second:
            await anext(second)
            refused = await service.client.get(path, headers=headers)
            assert refused.status_code == 429
            assert refused.json()["code"] == "too_many_streams"
            assert "Close one" in refused.json()["detail"]
    # A stream that was closed makes room, once the server has noticed.
    await eventually(is_let_in)
    # A stream of a missing task does not count.
    nothing = f"/api/v1/tasks/{service.ada.id:032x}/events"
    for _ in range(5):
        assert (await service.client.get(nothing, headers=headers)).status_code == 404
    # Nor does one that has ended.
    await service.workplace.change(
        task_id, "status = 'cancelled', completed_at = now()"
    )
    await eventually(is_let_in)
    for _ in range(3):
        ended = await service.client.get(path, headers=headers)
        assert ended.status_code == 200
