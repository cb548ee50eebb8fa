"""Corrections on frames equal those in plain Python, in any order of corrections."""

from collections import Counter
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.corrections.drawn import columns_of_listens, corrections, histories
from tests.music.corrections.naive import Counts, Played, count
from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correcting import Corrected, correct
from unwrapped.music.corrections.correction import Correction, artist_id
from unwrapped.music.corrections.effects import compare
from unwrapped.music.history.period import Period
from unwrapped.music.listens.page_corrections import PageJudge
from unwrapped.music.read_model.columns import listens_of
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Kind, Step

BERLIN = ZoneInfo("Europe/Berlin")


def counted(of: Corrected) -> list[Counts | None]:
    """What each listen counts as, by keys."""
    columns = of.columns
    names = columns.artists["name"]
    stands_for: dict[int, set[str]] = {}
    for credit, artist in columns.credits.iter_rows():
        stands_for.setdefault(credit, set()).add(name_key(names[artist]))
    found: list[Counts | None] = []
    for item, counts in zip(of.raw.listens["item"], of.counts, strict=True):
        if not counts:
            found.append(None)
            continue
        track, album, _ = columns.items.row(item)
        row = columns.tracks.row(track, named=True)
        artist = name_key(names[row["artist"]])
        found.append(
            Counts(
                frozenset(stands_for.get(row["artist"], {artist})),
                artist,
                name_key(row["title"]),
                None if album is None else name_key(columns.albums["name"][album]),
            )
        )
    return found


@settings(max_examples=settings().max_examples // 4)
@given(histories(), corrections(), st.randoms(use_true_random=False))
def test_corrections_on_frames_equal_those_in_plain_python(
    listens: list[Played], rules: list[Correction], shuffled: Random
) -> None:
    columns = columns_of_listens(listens)
    got = correct(columns, Rules.of(rules), BERLIN)
    expected = [count(one, rules, BERLIN) for one in listens]
    assert counted(got) == expected
    other = list(rules)
    shuffled.shuffle(other)
    again = correct(columns, Rules.of(other), BERLIN)
    assert listens_of(again.columns).equals(listens_of(got.columns))
    compare_tables(got)
    compare_figures(got, listens, expected)
    compare_pages(listens, rules, expected)
    compare_effect(got, listens, rules, expected)


def compare_tables(got: Corrected) -> None:
    """Names are in order, each once, and all of them are used."""
    columns = got.columns
    artists = columns.artists["name"]
    assert artists.to_list() == sorted(set(artists))
    assert columns.artists["id"].to_list() == [artist_id(name) for name in artists]
    for table, name in ((columns.tracks, "title"), (columns.albums, "name")):
        pairs = list(zip(artists.gather(table["artist"]), table[name], strict=True))
        assert pairs == sorted(set(pairs))
        assert table["id"].is_unique().all()
    if got.columns is not got.raw and got.columns.artists is not got.raw.artists:
        used = {*columns.item_artists.drop_nulls(), *columns.credits["artist"]}
        assert used == set(range(len(artists)))


def compare_figures(
    got: Corrected, listens: list[Played], expected: list[Counts | None]
) -> None:
    """A play of several artists counts for each of them, and once in all."""
    questions = Questions(got.columns)
    asked = Asked(Period(), BERLIN, listens[-1].started_at.date())
    plays = [
        one
        for listen, one in zip(listens, expected, strict=True)
        if one is not None and (listen.ms_played or 30_000) >= 30_000
    ]
    assert questions.summary(asked).amounts.plays == len(plays)
    by_artist = Counter(artist for one in plays for artist in one.artists)
    ranked = questions.top(asked, Ranking(Kind.ARTISTS), 100)
    assert {name_key(one.name): one.plays for one in ranked} == by_artist
    assert all(one.share == one.plays / len(plays) for one in ranked)
    for one in ranked:
        tracks = questions.artist(asked, one.id).top_tracks
        assert sum(track.plays for track in tracks) == one.plays
        series = questions.series(asked, Step.MONTH, artist=one.id).points
        assert sum(point.plays for point in series) == one.plays


def compare_pages(
    listens: list[Played], rules: list[Correction], expected: list[Counts | None]
) -> None:
    """A page of listens shows the same for each of them."""
    for listen, one in zip(listens, expected, strict=True):
        spelled = {7: [names.ids for names in listen.spelled]}
        judge = PageJudge(Rules.of(rules), BERLIN, spelled)
        found = judge.judge(7, listen.shown, listen.started_at)
        if found is None:
            assert one is not None
            assert one.artists == {name_key(listen.shown.artist)}
            assert one.title == name_key(listen.shown.title)
        elif found.counts_as is None:
            assert one is None
            assert found.id in {rule.id for rule in rules}
        else:
            assert one is not None
            assert one.artists == set(map(name_key, found.counts_as.artists))
            assert one.title == name_key(found.counts_as.title)
            album = found.counts_as.album
            assert one.album == (None if album is None else name_key(album))


def compare_effect(
    got: Corrected,
    listens: list[Played],
    rules: list[Correction],
    expected: list[Counts | None],
) -> None:
    """What the last correction does is counted; without it all is as it was before."""
    if not rules:
        return
    before = correct(got.raw, Rules.of(rules[:-1]), BERLIN)
    was = [count(one, rules[:-1], BERLIN) for one in listens]
    assert counted(before) == was
    effect = compare(before, got)
    changed = [
        listen
        for listen, one, other in zip(listens, was, expected, strict=True)
        if one != other
    ]
    assert effect.listens == len(changed)
    assert effect.plays == sum((one.ms_played or 30_000) >= 30_000 for one in changed)
    assert compare(got, before) == effect


@settings(max_examples=settings().max_examples // 4)
@given(histories())
def test_without_corrections_nothing_changes(listens: list[Played]) -> None:
    columns = columns_of_listens(listens)
    got = correct(columns, Rules.of([]), BERLIN)
    assert got.columns is columns
    assert got.counts.all()
    assert isinstance(got.counts, pl.Series)
