"""Scrobbles are merged into the history soon and completely, in any order and batches."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.music.factories import File, marked, store, stored
from tests.music.kits.kit import Kit, Played
from tests.music.kits.listenbrainz import LISTENBRAINZ
from tests.music.kits.scrobbled import END, START, scrobble_of
from tests.music.kits.spotify import EXTENDED
from tests.music.scrobbles.players import AT, Player, listen_of, make_player
from tests.music.store.test_stored_history import Listeners, listeners
from tests.tasks.workers import working
from tests.waiting import eventually
from unwrapped.main import DOMAINS
from unwrapped.music.scrobbles.inbox import Inbox
from unwrapped.music.scrobbles.merging import Troubled, drain_inbox, merge_waiting
from unwrapped.music.store.state import lock_history

MUSIC = next(domain for domain in DOMAINS if domain.name == "music")

__all__ = ["listeners"]


async def _stored(player: Player, count: int) -> None:
    async def are_stored() -> bool:
        return len(await player.listens()) >= count

    await eventually(are_stored)


async def test_a_worker_merges_new_submissions_and_those_that_waited(
    player: Player,
) -> None:
    await player.submit(listen_of("Before"))
    async with working(player.resources, domains=[MUSIC]):
        await _stored(player, 1)
        for n in range(3):
            await player.submit(listen_of("Song", AT + 300 * (n + 1)))
            await _stored(player, n + 2)
    assert await player.waiting() == 0


async def test_nobody_waits_for_the_history_of_another(player: Player) -> None:
    other = await make_player(player.client, player.resources, username="bea")
    async with player.resources.database.session() as importing:
        await lock_history(importing, player.owner.id)
        await player.submit(listen_of())
        await other.submit(listen_of())
        assert await drain_inbox(player.resources) == 1
        assert len(await other.listens()) == 1
        assert await player.waiting() == 1
        busy = await player.post(
            "/delete-listen",
            {
                "listened_at": AT,
                "recording_msid": "f27ec8db-af05-4f36-916e-3d57f91ecf5e",
            },
        )
        assert (busy.status_code, busy.json()["code"]) == (503, 503)
    assert await drain_inbox(player.resources) == 1
    assert len(await player.listens()) == 1


async def test_a_submission_that_cannot_be_merged_delays_nobody_else(
    player: Player,
) -> None:
    other = await make_player(player.client, player.resources, username="bea")
    async with player.resources.database.session() as session:
        await session.execute(
            text("INSERT INTO scrobble_inbox (user_id, digest, listens, scrobbles)"
                 " VALUES (:user, 'x', 1, '{}')"),
            {"user": player.owner.id},
        )  # fmt: skip
    await other.submit(listen_of())
    with capture_logs() as logs:
        assert await drain_inbox(player.resources) == 1
    assert [
        line["user_id"] for line in logs if line["event"] == "scrobbles.not_merged"
    ] == [player.owner.id]
    assert len(await other.listens()) == 1
    assert await player.waiting() == 1
    with capture_logs() as logs:
        assert await drain_inbox(player.resources) == 0
    assert logs == []
    assert player.resources.kept(Troubled, Troubled).are() == [player.owner.id]


async def test_deleting_an_account_deletes_its_scrobbles(player: Player) -> None:
    await player.submit(listen_of())
    async with player.resources.database.session() as session:
        await session.execute(
            text('DELETE FROM "user" WHERE id = :user'), {"user": player.owner.id}
        )
    assert await player.waiting() == 0
    assert await drain_inbox(player.resources) == 0


async def test_a_batch_is_merged_in_turns_and_statistics_follow(player: Player) -> None:
    for part in range(5):
        batch = [listen_of(f"Song {n}", AT + 60 * (part * 500 + n)) for n in range(500)]
        await player.submit(*batch)
    async with player.resources.database.session() as session:
        ids, scrobbles = await Inbox(session).first(player.owner.id, 100, 1_000)
    assert (len(ids), len(scrobbles)) == (2, 1_000)
    assert await player.drain() == 5
    count = await player.get("/user/ada/listen-count")
    assert count.json() == {"payload": {"count": 2_500}}


KITS = (START, END, LISTENBRAINZ, EXTENDED)
_BEGUN = datetime(2023, 5, 1, 10, tzinfo=UTC)
TIMES = st.sampled_from(
    [_BEGUN + timedelta(seconds=s) for s in (0, 1, 14, 15, 31, 120, 239, 240, 241, 270)]
)


def _plays(kit: Kit) -> st.SearchStrategy[File]:
    play = st.builds(
        Played,
        ended_at=TIMES,
        ms=st.sampled_from([None, 240_000]),
        artist=st.sampled_from(["A", "A feat. B"]),
        title=st.sampled_from(["T", "T (Remastered)", "U"]),
        album=st.sampled_from([None, "L"]),
    )
    return st.lists(play.map(kit.row), max_size=5)


@settings(max_examples=settings().max_examples // 10)
@given(st.data())
def test_any_batches_and_repeats_give_the_marks_of_the_whole_history(
    listeners: Listeners, data: st.DataObject
) -> None:
    kits = data.draw(st.permutations(KITS))[:3]
    files = [file for kit in kits if (file := data.draw(_plays(kit)))]
    steps: list[File] = []
    for file in files:
        cut = data.draw(st.integers(0, len(file)))
        again = data.draw(st.lists(st.sampled_from(file), max_size=2))
        steps += [part for part in (file[:cut], file[cut:], again) if part]
    steps = list(data.draw(st.permutations(steps)))
    drains = data.draw(
        st.lists(st.booleans(), min_size=len(steps), max_size=len(steps))
    )
    user_id = listeners.new()

    async def play() -> None:
        for step, drain in zip(steps, drains, strict=True):
            await _take(listeners, user_id, step, drain=drain)
        async with listeners.database.session() as session:
            await merge_waiting(session, user_id)

    listeners.runner.run(play())
    listeners.runner.run(_compare(listeners, user_id, files))


async def _take(listeners: Listeners, user_id: int, step: File, *, drain: bool) -> None:
    async with listeners.database.session() as session:
        if START.member in step[0] or END.member in step[0]:
            reported = [scrobble_of(row) for row in step]
            await Inbox(session).store(user_id, reported, most=1_000)
        else:
            await store(session, user_id, [step])
    if drain:
        async with listeners.database.session() as session:
            await merge_waiting(session, user_id)


async def _compare(listeners: Listeners, user_id: int, files: list[File]) -> None:
    async with listeners.database.session() as session:
        found = await stored(session, user_id)
    assert found.listens == (marked(files) if files else set())
