"""Under which names stored recordings count and are shown."""

from collections.abc import Sequence

import pytest

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, track
from tests.music.factories import Stored, import_all, stored
from unwrapped.core.process_resources import Resources

ONE, TWO, THREE = (f"2023-05-0{day}T10:00:00Z" for day in (1, 2, 3))


def _row(ts: str, artist: str, title: str, uri: str | None, album: object) -> Row:
    return track(artist, title, uri, ts=ts, master_metadata_album_album_name=album)


async def _after(resources: Resources, *imports: Sequence[Row]) -> Stored:
    """What a new listener has stored after these imports."""
    user = (await sign_in(resources)).id
    await import_all(resources.database, user, [[list(rows)] for rows in imports])
    async with resources.database.session() as session:
        return await stored(session, user)


async def test_a_recording_has_its_latest_spelling(
    common_resources: Resources,
) -> None:
    old = _row(ONE, "Prince", "Kiss", "u1", "Parade")
    new = _row(TWO, "The Artist", "Kiss (Live)", "u1", None)
    for imports in ([[old], [new]], [[new], [old]], [[old, new]]):
        state = await _after(common_resources, *imports)
        assert state.artists == {("the artist", "The Artist")}
        assert state.tracks == {("the artist", "kiss (live)", "Kiss (Live)")}
        assert state.recordings == {("u1", "the artist", "kiss (live)", None)}
        assert {row[1:4] for row in state.spellings} == {
            ("Prince", "Kiss", "Parade"),
            ("The Artist", "Kiss (Live)", None),
        }


async def test_spellings_of_one_time_are_sorted_alphabetically(
    common_resources: Resources,
) -> None:
    """They are sorted by code point: Z comes before a."""
    rows = [
        _row(ONE, "b", "x", "u1", None),
        _row(ONE, "Z", "y", "u1", None) | {"ms_played": 1},
        _row(ONE, "a", "z", "u1", None) | {"ms_played": 2},
    ]
    for imports in (
        [rows],
        [rows[::-1]],
        [rows[1:], rows[:1]],
        [[row] for row in rows],
    ):
        state = await _after(common_resources, *imports)
        assert state.recordings == {("u1", "z", "y", None)}


async def test_a_known_row_under_another_name_counts_as_a_spelling(
    common_resources: Resources,
) -> None:
    """The exact key is the same, the names are not: the alphabet decides."""
    first, same = _row(ONE, "B", "T", "u1", None), _row(ONE, "A", "T", "u1", None)
    for imports in ([[first], [same]], [[same], [first]], [[first, same]]):
        state = await _after(common_resources, *imports)
        assert len(state.listens) == 1
        assert len(state.records) == 2
        assert state.recordings == {("u1", "a", "t", None)}


async def test_of_names_that_differ_only_in_spelling_the_latest_is_shown(
    common_resources: Resources,
) -> None:
    rows = [
        _row(ONE, "BJ\u00d6RK", "Army of Me", "u1", "Post"),
        _row(TWO, "Bjo\u0308rk", "ARMY OF ME", "u2", "POST"),
        _row(THREE, " bj\u00f6rk", "Joga", "u3", "\uff30ost "),
    ]
    for imports in ([rows], [rows[2:], rows[:2]], [rows[1:], rows[:1]]):
        state = await _after(common_resources, *imports)
        assert state.artists == {("bj\u00f6rk", " bj\u00f6rk")}
        assert state.tracks == {
            ("bj\u00f6rk", "army of me", "ARMY OF ME"),
            ("bj\u00f6rk", "joga", "Joga"),
        }
        assert {album for *_, album in state.recordings} == {"\uff30ost "}


@pytest.mark.parametrize("artist", [None, "\u200b", "UNKNOWN artist"])
async def test_an_artist_without_a_name_is_the_unknown_artist(
    common_resources: Resources, artist: object
) -> None:
    state = await _after(
        common_resources,
        [account_row(artistName=artist, trackName="Hum")],
        [account_row(artistName=None, trackName="hum")],
    )
    assert {key for key, _ in state.artists} == {"unknown artist"}
    assert {row[:3] for row in state.recordings} == {
        ("unknown artist\x1fhum", "unknown artist", "hum")
    }
    assert len(state.listens) == 1


async def test_names_without_a_recording_are_deleted(
    common_resources: Resources,
) -> None:
    """A rename takes the old artist and track away, unless another recording has them."""
    old = [_row(ONE, "Old", "A", "u1", "LP"), _row(ONE, "Old", "B", "u2", "LP")]
    state = await _after(common_resources, old, [_row(TWO, "New", "A", "u1", "LP")])
    assert {key for key, _ in state.artists} == {"old", "new"}
    assert {row[:2] for row in state.tracks} == {("old", "b"), ("new", "a")}
    state = await _after(
        common_resources,
        old,
        [_row(TWO, "New", "A", "u1", "LP"), _row(TWO, "New", "B", "u2", "LP")],
    )
    assert {key for key, _ in state.artists} == {"new"}
    assert {row[:2] for row in state.tracks} == {("new", "a"), ("new", "b")}
