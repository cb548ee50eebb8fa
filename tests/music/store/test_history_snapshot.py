"""Stored listens as the frame that the profile reads."""

import asyncio

import polars as pl

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, extended_row
from tests.music.factories import comparable, import_all, oracle
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.shown_names import LISTEN_COLUMNS
from unwrapped.music.store.history_snapshot import read_listens

ROWS: list[Row] = [
    extended_row(ts="2023-05-01T10:00:30Z", reason_end="trackdone", ms_played=30_500),
    extended_row(ts="2023-05-01T09:00:30Z", reason_end=None, ms_played=None),
    extended_row(ts="2023-05-01T08:00:30Z", reason_end="fwdbtn", skipped=None),
]


async def _read(resources: Resources, *files: list[Row]) -> pl.DataFrame:
    user = (await sign_in(resources)).id
    if files:
        await import_all(resources.database, user, [list(files)])
    return await asyncio.to_thread(read_listens, resources.database.address, user)


def _kinds(listens: pl.DataFrame) -> dict[str, type[pl.DataType]]:
    return {name: kind.base_type() for name, kind in listens.schema.items()}


async def test_columns_and_types_are_those_of_a_history(
    common_resources: Resources,
) -> None:
    listens = await _read(common_resources, ROWS, [account_row()])
    expected = oracle([ROWS, [account_row()]]).listens
    assert tuple(listens.columns) == LISTEN_COLUMNS
    kinds, its = _kinds(listens), _kinds(expected)
    # Both types are codes for words.
    assert kinds.pop("reason_end") in (pl.Enum, pl.Categorical)
    del its["reason_end"]
    assert kinds == its
    for name in ("started_at", "artist", "title", "album", "source"):
        assert listens.schema[name] == expected.schema[name]
    assert comparable(listens).equals(comparable(expected))


async def test_the_listens_of_nobody_are_an_empty_history(
    common_resources: Resources,
) -> None:
    listens = await _read(common_resources)
    full = await _read(common_resources, ROWS)
    assert listens.is_empty()
    assert tuple(listens.columns) == LISTEN_COLUMNS
    assert _kinds(listens) == _kinds(full)


async def test_a_history_without_reasons_for_ends(
    common_resources: Resources,
) -> None:
    listens = await _read(common_resources, [account_row(), account_row(trackName="B")])
    assert listens["reason_end"].to_list() == [None, None]
    assert listens.schema["reason_end"].base_type() in (pl.Enum, pl.Categorical)
    assert listens["skipped"].to_list() == [None, None]


async def test_listens_that_do_not_count_are_not_read(
    common_resources: Resources,
) -> None:
    listens = await _read(common_resources, [extended_row()], [account_row()])
    assert listens["source"].to_list() == ["spotify_extended"]


async def test_the_listens_of_others_are_not_read(common_resources: Resources) -> None:
    await _read(common_resources, ROWS)
    mine = await _read(common_resources, [extended_row(ts="2019-01-01T00:00:00Z")])
    assert len(mine) == 1
    assert mine["track"].to_list() == [1]
