"""The narrow columns of a history contain all of it."""

import random
from collections.abc import Callable

import polars as pl
import pytest

from tests.music.factories import comparable
from tests.music.profile.histories import Listen, in_order, to_frame
from tests.music.profile.shapes import SHAPES
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.read_model.columns import columns_of, listens_of
from unwrapped.music.read_model.name_tables import fold


@pytest.mark.parametrize("shape", SHAPES)
def test_a_history_is_restored_from_its_columns(
    shape: Callable[[random.Random], list[Listen]],
) -> None:
    rng = random.Random(shape.__name__)  # noqa: S311 - a history, no secret
    listens = to_frame(in_order(shape(rng)))
    assert comparable(listens_of(columns_of(listens))).equals(comparable(listens))


def test_an_empty_history_is_restored() -> None:
    columns = columns_of(to_frame([]))
    assert listens_of(columns).is_empty()
    assert listens_of(columns).columns == to_frame([]).columns


def test_names_are_numbered_in_alphabetical_order() -> None:
    rows = SHAPES[3](random.Random(1))  # noqa: S311 - a history, no secret
    columns = columns_of(to_frame(in_order(rows)))
    assert columns.artists["name"].to_list() == sorted({row.artist for row in rows})
    names = columns.tracks.select(
        columns.artists["name"].gather(columns.tracks["artist"]), "title"
    )
    assert names.rows() == sorted({(row.artist, row.title) for row in rows})
    assert columns.listens["item"].dtype == pl.UInt32
    assert columns.size < 40_000


def test_ids_derive_from_keys() -> None:
    assert public_id("abba") == public_id("abba")
    assert public_id("abba", "sos") != public_id("abbasos")
    assert len(public_id("abba")) == 22


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Björk", "bjork"),
        ("Sigur Rós", "sigur ros"),
        ("MØ", "mo"),
        ("Mœbius", "moebius"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("\uff21\uff22\uff22\uff21", "abba"),
        ("Ünlü\u200b  Kişi", "unlu kisi"),
        ("李雪", "李雪"),
    ],
)
def test_searches_read_names_without_case_and_accents(name: str, folded: str) -> None:
    assert fold(name) == folded
