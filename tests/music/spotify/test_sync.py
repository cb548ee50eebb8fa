"""Plays of a sandbox are counted once in a history, whichever other sources have them."""

from datetime import datetime, timedelta

import pytest

from tests.conftest import Configure
from tests.music.spotify.syncing import (
    Synced,
    change_tokens,
    exported,
    soon,
    synced,
    use_sandbox,
)
from tests.sandbox.running import GRETA, ILKA, ODO, Running
from unwrapped.core.process_resources import Resources
from unwrapped.music.spotify.recently_played import EPOCH

EXTENDED, API = 1, 3
"""The codes of sources."""


@pytest.fixture
async def greta(
    common_resources: Resources, sandbox: Running, configure: Configure
) -> Synced:
    """A listener who plays music day and night."""
    use_sandbox(configure, sandbox.address)
    return await synced(common_resources, sandbox, listener=GRETA)


async def test_the_last_plays_are_stored(greta: Synced) -> None:
    items = greta.plays()
    assert await greta.sync() == {
        "rows_read": 50,
        "stored": 50,
        "known": 0,
        "set_aside": {},
        "shortened": 0,
        "shadowed": 0,
        "echoes": 0,
        "double_scrobbles": 0,
        "gap_possible": False,
    }
    state = await greta.stored()
    assert {(row[0], row[2]) for row in state.listens} == {
        (item["track"]["uri"], datetime.fromisoformat(item["played_at"]))
        for item in items
    }
    # Log, duration, reason of the end, skipped, shuffle, length, mark.
    assert {(row[1], *row[3:]) for row in state.listens} == {
        (API, None, None, None, None, 0, 0)
    }
    row = await greta.row()
    latest = max(datetime.fromisoformat(item["played_at"]) for item in items)
    assert row.cursor == (latest - EPOCH) // timedelta(milliseconds=1)
    assert row.last_synced_at is not None
    assert soon(row.last_synced_at, 0)
    assert soon(row.next_sync_at, 30 * 60)
    assert row.last_error_code is None


async def test_later_syncs_store_new_plays(greta: Synced) -> None:
    await greta.sync()
    before, row = await greta.stored(), await greta.row()
    nothing = await greta.sync()
    assert (nothing["rows_read"], nothing["gap_possible"]) == (0, False)
    assert await greta.stored() == before
    assert (await greta.row()).cursor == row.cursor
    greta.sandbox.clock.advance(minutes=30)
    more = await greta.sync()
    assert 0 < more["stored"] == more["rows_read"] < 50
    assert not more["gap_possible"]
    count = 50 + more["stored"]
    assert len((await greta.stored()).listens) == count
    # After days, plays may be missing.
    greta.sandbox.clock.advance(days=2)
    result = await greta.sync()
    assert (result["stored"], result["gap_possible"]) == (50, True)
    assert await greta.counted() == {API: count + 50}
    # Without the row of the sync and its cursor, known plays are no gap.
    async with greta.resources.database.session() as session:
        lost = await session.get_one(type(row), greta.id)
        lost.cursor = 0
    again = await greta.sync()
    assert (again["known"], again["stored"], again["gap_possible"]) == (50, 0, False)


@pytest.mark.parametrize("order", ["sync first", "export first"])
async def test_a_play_that_is_also_in_an_export_counts_once(
    greta: Synced, order: str
) -> None:
    items = greta.plays()
    rows = exported(items)
    if order == "export first":
        await greta.import_file(rows)
        result = await greta.sync()
        assert (result["stored"], result["shadowed"]) == (50, 50)
    else:
        await greta.sync()
        await greta.import_file(rows[10:])
        assert await greta.counted() == {EXTENDED: 40, API: 10}
        await greta.import_file(rows)
    assert await greta.counted() == {EXTENDED: 50}
    assert len((await greta.stored()).listens) == 100
    greta.sandbox.clock.advance(minutes=30)
    more = (await greta.sync())["stored"]
    assert more > 0
    assert await greta.counted() == {EXTENDED: 50, API: more}


async def test_two_people_with_the_same_plays(
    greta: Synced, common_resources: Resources, sandbox: Running
) -> None:
    other = await synced(common_resources, sandbox, listener=GRETA)
    await greta.sync()
    assert (await other.stored()).listens == set()
    await other.sync()
    before = await other.stored()
    assert before == await greta.stored()
    await greta.import_file(exported(greta.plays()))
    assert await greta.counted() == {EXTENDED: 50}
    assert await other.stored() == before


@pytest.mark.parametrize(("listener", "plays"), [(ILKA, 0), (ODO, 50)])
async def test_listeners_without_plays_and_with_plays_at_night(
    common_resources: Resources,
    sandbox: Running,
    configure: Configure,
    listener: str,
    plays: int,
) -> None:
    use_sandbox(configure, sandbox.address)
    one = await synced(common_resources, sandbox, listener=listener)
    result = await one.sync()
    assert (result["rows_read"], result["gap_possible"]) == (plays, False)
    assert len((await one.stored()).listens) == plays
    assert ((await one.row()).cursor is None) == (plays == 0)


async def test_an_expired_token_is_refreshed(greta: Synced) -> None:
    await change_tokens(greta.resources, greta.id, expires_at=EPOCH)
    assert (await greta.sync())["stored"] == 50


async def test_a_token_that_expires_early_is_refreshed_once(
    common_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    use_sandbox(configure, sandbox.address, "sandbox-401-once")
    one = await synced(common_resources, sandbox, "sandbox-401-once")
    assert (await one.sync())["stored"] == 50
