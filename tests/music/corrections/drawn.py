"""Random histories and corrections, with few names, so that they often meet."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import polars as pl
from hypothesis import strategies as st

from tests.music.corrections.naive import Played
from tests.music.profile.histories import Listen, to_frame
from unwrapped.music.corrections.correction import (
    Action,
    Correction,
    Names,
    Scope,
    Window,
)
from unwrapped.music.corrections.cycles import has_cycle
from unwrapped.music.read_model.columns import Columns, columns_of
from unwrapped.music.read_model.key_variants import spelled_frame, variants_of
from unwrapped.music.sources.name_keys import name_key

BEGIN = datetime(2024, 3, 29, 10, tzinfo=UTC)
"""Two days before clocks are set forward in Berlin."""

ARTISTS = ("Ann", "Bob", "Ann & Bob", "Cid")
TITLES = ("Intro", "Tide")
ALBUMS = ("Day", "Night")


def spellings() -> st.SearchStrategy[Names]:
    albums = st.sampled_from([None, *ALBUMS])
    return st.builds(Names, st.sampled_from(ARTISTS), st.sampled_from(TITLES), albums)


@st.composite
def histories(draw: st.DrawFn) -> list[Played]:
    """Listens to a few recordings, some of them with several spellings."""
    recordings = draw(
        st.lists(st.lists(spellings(), min_size=1, max_size=3), min_size=1, max_size=5)
    )
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 60 * 24 * 9),
                st.sampled_from([None, 5_000, 90_000]),
                st.sampled_from(recordings),
            ),
            min_size=1,
            max_size=25,
            unique_by=lambda row: row[0],
        )
    )
    return [
        Played(BEGIN + timedelta(minutes=at), ms, spelled[0], tuple(spelled))
        for at, ms, spelled in sorted(rows, key=lambda row: row[0])
    ]


def columns_of_listens(listens: Sequence[Played]) -> Columns:
    """The columns of a history, as they are read from the database."""
    recordings = list(dict.fromkeys(one.spelled for one in listens))
    numbers = [recordings.index(one.spelled) for one in listens]
    spelled = spelled_frame(
        (number, *(None if name is None else name_key(name) for name in names))
        for number, of in enumerate(recordings)
        for names in of
    )
    variants = variants_of(spelled)
    known = set(variants["variant"])
    column = [number if number in known else None for number in numbers]
    frame = to_frame(
        [
            Listen(
                started_at=one.started_at,
                ms_played=one.ms_played,
                artist=one.shown.artist,
                title=one.shown.title,
                album=one.shown.album,
            )
            for one in listens
        ]
    )
    return columns_of(
        frame.with_columns(pl.Series("variant", column, dtype=pl.UInt32)), variants
    )


def _correction(action: Action, scope: Scope, **more: object) -> Correction:
    return Correction(id=uuid4(), action=action, scope=scope, **more)  # type: ignore[arg-type]


def single_corrections() -> st.SearchStrategy[Correction]:
    """A correction of any kind."""
    artists = st.sampled_from(ARTISTS)
    others = st.sampled_from([*ARTISTS, "Dee"])
    titles = st.sampled_from(TITLES)
    albums = st.sampled_from(ALBUMS)
    on = st.sampled_from([None, *ALBUMS])
    times = st.times(max_value=time(23, 59)).map(
        lambda at: at.replace(second=0, microsecond=0)
    )
    days = st.frozensets(st.integers(1, 7), min_size=1)
    windows = st.builds(Window, weekdays=days, begins=times, ends=times)
    exclude, count_as = Action.EXCLUDE, Action.COUNT_AS

    def made(
        action: Action, scope: Scope, **more: st.SearchStrategy[object]
    ) -> st.SearchStrategy[Correction]:
        return st.fixed_dictionaries(more).map(
            lambda given: _correction(action, scope, **given)
        )

    several = st.lists(others, min_size=2, max_size=3, unique=True).map(tuple)
    return st.one_of(
        made(Action.SPLIT, Scope.ARTIST, artist=artists, targets=several),
        made(count_as, Scope.ARTIST, artist=artists, targets=st.tuples(others)),
        made(
            count_as,
            Scope.TRACK,
            artist=artists,
            title=titles,
            album=on,
            targets=st.tuples(others, st.sampled_from([*TITLES, "Intro (Night)"])),
        ),
        made(
            count_as,
            Scope.ALBUM,
            artist=artists,
            album=albums,
            targets=st.tuples(st.sampled_from([*ALBUMS, "Dusk"])),
        ),
        made(exclude, Scope.ARTIST, artist=others),
        made(exclude, Scope.ALBUM, artist=artists, album=albums),
        made(exclude, Scope.TRACK, artist=artists, title=titles, album=on),
        made(exclude, Scope.WINDOW, window=windows),
    )


@st.composite
def corrections(draw: st.DrawFn) -> list[Correction]:
    """Corrections that a listener may have together."""
    found: list[Correction] = []
    for one in draw(st.lists(single_corrections(), max_size=6)):
        taken = {(other.scope, other.subject) for other in found}
        if (one.scope, one.subject) not in taken and not has_cycle([*found, one]):
            found.append(one)
    return found
