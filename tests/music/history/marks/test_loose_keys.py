"""Loose keys decide which names may mean one listen."""

import polars as pl
import pytest

from unwrapped.music.history.marks.loose_keys import loose_keys, shared_tokens
from unwrapped.music.sources.name_keys import name_key

type Pair = tuple[str, str]
"""Artist and title."""


def keys_of(*names: Pair) -> pl.DataFrame:
    """The loose keys of recordings 0, 1, .. with such names."""
    schema = {"recording": pl.UInt32, "artist_key": pl.String, "title_key": pl.String}
    rows = [
        (n, name_key(artist), name_key(title))
        for n, (artist, title) in enumerate(names)
    ]
    return loose_keys(pl.DataFrame(rows, schema=schema, orient="row"))


def share(one: Pair, other: Pair) -> bool:
    """Whether two names may mean one listen; the same both ways."""
    keys = keys_of(one, other)
    mine, its = (keys.filter(pl.col("recording") == n) for n in (0, 1))
    found = set()
    for sought, offered in (shared_tokens(mine, its), shared_tokens(its, mine)):
        found.add(not sought.join(offered, on="token").is_empty())
    (answer,) = found
    return answer


SONG = "Song"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SONG, "SONG"),
        (SONG, "Song - Remastered 2011"),
        (SONG, "Song - 2011 Remaster"),
        (SONG, "Song (Remastered)"),
        (SONG, "Song [Bonus Track]"),
        (SONG, "Song - Live at Home - 2004"),
        (SONG, "Song (with Somebody)"),
        (SONG, "Song (feat. Somebody)"),
        (SONG, "Song feat. Somebody"),
        (SONG, "Song - Radio Edit"),
        (SONG, "Song \u2013 Mono Version"),
        ("Don't Stop", "Don\u2019t Stop"),
        ("You & Me", "You and Me"),
        ("Na\u00efve", "Naive"),
        ("One-Two, Three", "One Two Three"),
        ("\ubd04\ub0a0", "\u1107\u1169\u11b7\u1102\u1161\u11af"),
        ("\u304c", "\u304b\u3099"),
        ("(Live)", "(live)"),
    ],
)
def test_titles_that_may_mean_one_listen(one: str, other: str) -> None:
    assert share(("Artist", one), ("Artist", other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SONG, "Songs"),
        (SONG, "Song (Reprise)"),
        (SONG, "Song - Somebody Remix"),
        (SONG, "Song, Pt. 2"),
        ("Alive", "A"),
        ("Demons", ""),
        ("(Live)", "(Demo)"),
        ("\u304c", "\u304b"),
        ("\u0915\u0940", "\u0915\u093e"),
        ("!!!", "???"),
    ],
)
def test_titles_that_may_not_mean_one_listen(one: str, other: str) -> None:
    assert not share(("Artist", one), ("Artist", other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beyonc\u00e9", "Beyonce"),
        ("The Beatles", "Beatles"),
        ("The Beatles", "Beatles, The"),
        ("A", "A feat. B"),
        ("A", "A, B"),
        ("A", "A; B"),
        ("A", "A / B"),
        ("A", "A \u2022 B"),
        ("A", "A ft. B"),
        ("A", "A with B"),
        ("A", "A vs. B"),
        ("A", "A x B"),
        ("A", "A \u00d7 B"),
        ("A", "A & B"),
        ("A and B", "A & B"),
        ("Simon", "Simon & Garfunkel"),
        ("Anybody", "Various Artists"),
        ("!!!", "!!!"),
    ],
)
def test_artists_that_may_mean_one_listen(one: str, other: str) -> None:
    assert share((one, SONG), (other, SONG))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A & B", "A & C"),
        ("B", "A & B"),
        ("Malcolm X", "Malcolm"),
        ("Various", "Anybody"),
        ("!!!", "???"),
        ("Band", "B"),
    ],
)
def test_artists_that_may_not_mean_one_listen(one: str, other: str) -> None:
    assert not share((one, SONG), (other, SONG))


def test_various_artists_match_only_the_same_title() -> None:
    assert not share(("Anybody", SONG), ("Various Artists", "Other"))


def test_a_recording_has_each_key_of_its_names_once() -> None:
    keys = keys_of(("A", "One"), ("A feat. B", "One (Live)"), ("A", "Two"))
    of_one = keys.with_columns(recording=pl.lit(1)).unique()
    assert len(of_one) == 2
    sought, offered = shared_tokens(of_one, of_one)
    assert len(sought) == len(offered) == 2
