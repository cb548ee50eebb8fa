"""Every figure equals that of the profile and that of a naive computation."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.music.profile.histories import Listen, about, in_order, to_frame
from tests.music.profile.shapes import SHAPES, some_days, some_years
from tests.music.profile.test_taste_profile import ZONES, periods_of
from tests.music.statistics import naive
from unwrapped.music.history.period import Period
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.profile.basis.frames import NoPlays
from unwrapped.music.profile.basis.listening_time import MS_PER_HOUR
from unwrapped.music.profile.taste_profile import TasteProfile, build_profile
from unwrapped.music.read_model.columns import columns_of
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.question import (
    MOST_POINTS,
    Asked,
    NotInHistory,
    Place,
    Ranking,
    TooManyPoints,
)
from unwrapped.music.statistics.schemas import By, Kind, Order, Point, Step

TODAY = date(2026, 11, 30)
ALL = 10**6


def history(shape: Callable[[random.Random], list[Listen]], seed: int) -> list[Listen]:
    """A random history without names that differ only in case."""
    rng = random.Random(f"{shape.__name__} {seed}")  # noqa: S311 - a history, no secret
    rows = [
        replace(row, artist="ABBA II") if row.artist == "abba" else row
        for row in shape(rng)
    ]
    return in_order(rows)


def ask(rows: list[Listen]) -> Questions:
    return Questions(columns_of(to_frame(rows)))


def asked(period: str | Period, zone: str = "UTC", today: date = TODAY) -> Asked:
    if isinstance(period, str):
        period = Period.parse(period, today)
    return Asked(period, ZoneInfo(zone), today)


def id_of(*names: str) -> str:
    return public_id(*map(name_key, names))


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_every_figure_of_a_random_history_equals_the_naive_one_and_that_of_the_profile(
    shape: Callable[[random.Random], list[Listen]],
) -> None:
    rows = history(shape, 7)
    zone = ZONES[SHAPES.index(shape) % len(ZONES)]
    questions = ask(rows)
    rng = random.Random(1)  # noqa: S311 - periods, no secret
    whole, *parts = periods_of(rng, rows, zone)
    number = SHAPES.index(shape)
    pair = [asked(period, zone) for period in (whole, parts[number // 2 % len(parts)])]
    # Every other history is compared in all its time with the one, in a part with the other.
    compare_with_naive(questions, rows, pair[number % 2])
    compare_with_profile(questions, rows, pair[number % 2 - 1])


def compare_with_naive(questions: Questions, rows: list[Listen], of: Asked) -> None:
    summary = questions.summary(of)
    assert summary.amounts.model_dump() == naive.amounts(rows, of.period, of.zone)
    if summary.before_amounts is not None:
        before = of.period.compared_with(of.today)
        assert before is not None
        assert summary.before_amounts.model_dump() == naive.amounts(
            rows, before, of.zone
        )
    within = naive.inside(rows, of.period, of.zone)
    for kind, by in (*((kind, By.PLAYS) for kind in Kind), (Kind.ALBUMS, By.TIME)):
        compare_ranking(questions, within, of, kind, by)
    compare_clock(questions, within, of)
    compare_meetings(questions, rows, of)
    if of.period.first is None:
        compare_days(questions, within, of)


def compare_ranking(
    questions: Questions, within: list[Listen], of: Asked, kind: Kind, by: By
) -> None:
    got = questions.top(of, Ranking(kind, by=by), count=ALL)
    expected = naive.ranking(within, kind.value, by_time=by is By.TIME)
    assert [
        (
            (one.artist,) if kind is Kind.ARTISTS else (one.artist, one.name),
            one.plays,
            one.ms,
            one.first_play,
            one.last_play,
        )
        for one in got
    ] == expected
    assert [one.rank for one in got] == list(range(1, len(got) + 1))
    before = of.period.compared_with(of.today)
    if before is not None:
        former = questions.top(replace(of, period=before), Ranking(kind, by=by), ALL)
        ranks = {one.id: one.rank for one in former}
        assert [one.rank_before for one in got] == [ranks.get(one.id) for one in got]
    assert questions.top(of, Ranking(kind, by=by), count=3) == got[:3]
    extent = questions.extent(of, kind)
    assert (extent.places, extent.plays) == (len(got), sum(map(naive.is_play, within)))
    assert extent.years == sorted(extent.years, reverse=True)
    figure = [one.plays if by is By.PLAYS else one.ms or 0 for one in got]
    shares = [value / sum(figure) if sum(figure) else 0 for value in figure]
    assert [one.share for one in got] == pytest.approx(shares)


def compare_clock(questions: Questions, within: list[Listen], of: Asked) -> None:
    hours = naive.played_hours(within, of.zone)
    week = questions.series(of, Step.WEEKDAY_BY_HOUR).points
    got = {(one.weekday, one.hour): one.plays for one in week}
    assert got == {
        (day, hour): hours[day, hour] for day in range(1, 8) for hour in range(24)
    }
    clock = questions.series(of, Step.HOUR_OF_DAY).points
    assert [one.plays for one in clock] == [
        sum(hours[day, hour] for day in range(1, 8)) for hour in range(24)
    ]
    expected = naive.by_start(
        within, naive.union(within), lambda row: row.started_at.astimezone(of.zone).hour
    )
    assert {one.hour: figures(one) for one in clock if one.hour in expected} == expected


def compare_meetings(questions: Questions, rows: list[Listen], of: Asked) -> None:
    within = naive.inside(rows, of.period, of.zone)
    for step in (Step.WEEK, Step.MONTH, Step.YEAR):
        start = STARTS[step]
        got = {
            one.start: (one.artists, one.new) for one in questions.meetings(of, step)
        }
        expected = naive.meetings(rows, within, lambda row: start(naive.local_day(row, of.zone)))  # noqa: B023  # fmt: skip
        assert {at: found for at, found in got.items() if found != (0, 0)} == expected
        points = questions.series(of, step).points
        assert list(got) == [one.start for one in points]


STARTS: dict[Step, Callable[[date], date]] = {
    Step.DAY: lambda day: day,
    Step.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Step.MONTH: lambda day: day.replace(day=1),
    Step.YEAR: lambda day: day.replace(month=1, day=1),
}


def compare_days(questions: Questions, within: list[Listen], of: Asked) -> None:
    ms = naive.union(within)
    for step, start in (STARTS | {Step.CALENDAR: STARTS[Step.DAY]}).items():
        points = questions.series(of, step).points
        expected = naive.by_start(
            within,
            ms,
            lambda row: start(naive.local_day(row, of.zone)),  # noqa: B023
        )
        got = {one.start: figures(one) for one in points if one.start in expected}
        assert got == expected
        assert all(
            figures(one) == (0, 0, 1.0) for one in points if one.start not in expected
        )
        days = [one.start for one in points if isinstance(one.start, date)]
        assert days == sorted(set(days))
        assert {start(day) for day in every_day(min(days), max(days))} == set(days)


def figures(point: Point) -> tuple[int, int | None, float]:
    return point.plays, point.ms, point.known_share


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def compare_with_profile(questions: Questions, rows: list[Listen], of: Asked) -> None:
    amounts = questions.summary(of).amounts
    try:
        profile = build_profile(to_frame(rows), of.period, of.zone, top=40)
    except NoPlays:
        assert amounts.plays == 0
        return
    volume = profile.volume
    assert (
        *(amounts.listens, amounts.plays, amounts.known_share, amounts.artists),
        *(amounts.tracks, amounts.albums, amounts.days, amounts.active_days),
    ) == (
        *(volume.listens, volume.plays, volume.known_share, volume.artists),
        *(volume.tracks, volume.albums, volume.days, volume.active_days),
    )
    assert hours(amounts.ms) == volume.hours
    days = profile.days
    assert (amounts.streak_days, amounts.streak_first, amounts.streak_last) == (
        *(days.streak_days, days.streak_first, days.streak_last),
    )
    clock = questions.series(of, Step.HOUR_OF_DAY).points
    assert [one.plays for one in clock] == profile.clock.hours
    months = {one.start: one for one in questions.series(of, Step.MONTH).points}
    for month in profile.months:
        point = months.pop(month.month)
        assert (point.plays, hours(point.ms), point.known_share) == (
            *(month.plays, month.hours, month.known_share),
        )
    assert not any(one.plays or one.ms for one in months.values())
    compare_favourites(questions, of, profile)


def compare_favourites(questions: Questions, of: Asked, profile: TasteProfile) -> None:
    favourites = profile.favourites
    artists = questions.top(of, Ranking(Kind.ARTISTS), count=40)
    assert [
        (one.name, one.plays, hours(one.ms), one.share, one.known_share)
        for one in artists
    ] == [
        (one.artist, one.plays, one.hours, about(one.share), one.known_share)
        for one in favourites.artists
    ]
    albums = questions.top(of, Ranking(Kind.ALBUMS), count=40)
    assert [(one.artist, one.name, one.plays, hours(one.ms)) for one in albums] == [
        (one.artist, one.album, one.plays, one.hours) for one in favourites.albums
    ]
    tracks = questions.top(of, Ranking(Kind.TRACKS), count=40)
    assert [(one.artist, one.name, one.plays, hours(one.ms)) for one in tracks] == [
        (one.artist, one.title, one.plays, one.hours) for one in favourites.tracks
    ]


def hours(ms: int | None) -> float | None:
    return None if ms is None else about(ms / MS_PER_HOUR)


def test_a_history_without_a_listen_has_zeros() -> None:
    questions = ask([])
    for period in ("all", "2025", "last-7"):
        of = asked(period)
        amounts = questions.summary(of).amounts
        assert (amounts.plays, amounts.ms, amounts.days) == (0, 0, 0)
        assert questions.top(of, Ranking(Kind.TRACKS)) == []
        assert questions.series(of, Step.DAY).points == []
        assert questions.series(of, Step.HOUR).points == []
        assert len(questions.series(of, Step.HOUR_OF_DAY).points) == 24
    assert questions.search(ZoneInfo("UTC"), "a").artists == []


def test_a_rank_is_compared_with_the_period_before() -> None:
    rows = history(some_years, 1)
    questions = ask(rows)
    of = asked("2022")
    before = naive.ranking(naive.inside(rows, Period.parse("2021"), of.zone), "artists")
    places = {name[0]: place for place, (name, *_) in enumerate(before, start=1)}
    got = questions.top(of, Ranking(Kind.ARTISTS), count=ALL)
    assert got
    assert [one.rank_before for one in got] == [places.get(one.name) for one in got]
    assert {one.rank_before for one in got} > {None}


@pytest.mark.parametrize(
    ("by", "order"), [(By.PLAYS, Order.MOST), (By.TIME, Order.LEAST)]
)
def test_the_pages_of_a_ranking_make_up_the_ranking(by: By, order: Order) -> None:
    questions, of = ask(history(some_days, 2)), asked("all")
    whole = questions.top(of, Ranking(Kind.TRACKS, by=by, order=order), count=ALL)
    if order is Order.LEAST:
        most = questions.top(of, Ranking(Kind.TRACKS, by=by), count=ALL)
        assert whole == most[::-1]
    paged, after = [], None
    ranking = Ranking(Kind.TRACKS, by, order)
    while page := questions.top(of, ranking, count=7, after=after):
        paged += page
        after = Place(page[-1].rank, page[-1].id)
    assert paged == whole


@pytest.mark.parametrize("order", Order)
def test_a_page_continues_after_an_item_that_no_longer_exists(order: Order) -> None:
    questions, of = ask(history(some_days, 2)), asked("all")
    whole = questions.top(of, Ranking(Kind.ARTISTS, order=order), count=ALL)
    fifth = whole[4]
    page = questions.top(
        of,
        Ranking(Kind.ARTISTS, order=order),
        after=Place(fifth.rank, id_of("nobody")),
    )
    assert page[0] == whole[5]


def test_rankings_within_an_artist_or_an_album() -> None:
    rows = history(some_days, 3)
    questions, of = ask(rows), asked("all")
    artist = questions.top(of, Ranking(Kind.ARTISTS))[0]
    mine = [row for row in rows if row.artist == artist.name]
    got = questions.top(of, Ranking(Kind.TRACKS, artist=artist.id), count=ALL)
    assert [(one.artist, one.name) for one in got] == [
        name for name, *_ in naive.ranking(mine, "tracks")
    ]
    assert sum(one.share for one in got) == about(1.0)
    album = questions.top(of, Ranking(Kind.ALBUMS, artist=artist.id))[0]
    on_it = [row for row in mine if row.album == album.name]
    got = questions.top(of, Ranking(Kind.TRACKS, album=album.id), count=ALL)
    assert [(one.name, one.plays) for one in got] == [
        (name[1], plays) for name, plays, *_ in naive.ranking(on_it, "tracks")
    ]


def test_series_and_figures_of_one_artist_album_and_track() -> None:
    rows = history(some_years, 4)
    questions, of = ask(rows), asked("2022", "Europe/Berlin")
    now = naive.inside(rows, of.period, of.zone)
    ever = naive.ranking(rows, "artists")
    for name, *_ in ever[:5] + ever[-2:]:
        of_artist = [row for row in now if row.artist == name[0]]
        ms = [row.ms_played or 0 for row in of_artist]
        series = questions.series(of, Step.MONTH, artist=id_of(*name)).points
        expected = naive.by_start(
            of_artist, ms, lambda row: naive.local_day(row, of.zone).replace(day=1)
        )
        assert {one.start: figures(one) for one in series if one.start in expected} == (
            expected
        )
        assert len(series) == 12
        artist = questions.artist(of, id_of(*name))
        plays, time, share = naive.counted(of_artist, ms)
        assert (artist.plays, artist.ms, artist.known_share) == (plays, time, share)
        assert artist.rank == [one[0] for one in ever].index(name) + 1
        assert [one.name for one in artist.top_tracks] == [
            one[0][1] for one in naive.ranking(of_artist, "tracks")[:10]
        ]
        assert sum(year.plays for year in artist.years) == plays
        played = [row for row in of_artist if naive.is_play(row)]
        latest = questions.last_plays(of, Kind.ARTISTS, id_of(*name), 3)
        assert [(one.started_at, one.title, one.source) for one in latest] == [
            (row.started_at, row.title, row.source) for row in played[:-4:-1]
        ]
        assert {one.track_id for one in latest} == {
            id_of(row.artist, row.title) for row in played[-3:]
        }
    (name, plays, _, first, last) = naive.ranking(rows, "tracks")[0]
    track = questions.track(asked("all"), id_of(*name))
    assert (track.rank, track.artist, track.name) == (1, *name)
    assert (track.plays, track.first_play, track.last_play) == (plays, first, last)
    assert sum(one.plays for one in track.years) == plays
    assert {one.name for one in track.albums} == {
        row.album
        for row in rows
        if (row.artist, row.title) == name and row.album and naive.is_play(row)
    }
    (album_name, plays, *_) = naive.ranking(rows, "albums")[0]
    album = questions.album(asked("all"), id_of(*album_name))
    assert (album.rank, album.artist, album.name, album.plays) == (
        *(1, *album_name, plays),
    )


def test_an_item_outside_the_history_is_not_found() -> None:
    questions, of = ask(history(some_days, 1)), asked("all")
    for question in (questions.artist, questions.album, questions.track):
        with pytest.raises(NotInHistory):
            question(of, id_of("nobody"))
    with pytest.raises(NotInHistory):
        questions.top(of, Ranking(Kind.TRACKS, artist=id_of("nobody")))


def test_a_search_folds_case_and_accents() -> None:
    rows = history(some_days, 5)
    questions = ask(rows)
    for wanted in ("bjork", "BJÖRK", "jÖr", "b", "Trac", "album 1", "雪"):
        compare_search(questions, rows, wanted)
    assert questions.search(ZoneInfo("UTC"), " \u200b ").tracks == []


def compare_search(questions: Questions, rows: list[Listen], wanted: str) -> None:
    found = questions.search(ZoneInfo("UTC"), wanted)
    plain = wanted.casefold().replace("ö", "o")
    for kind, got in zip(
        Kind, (found.artists, found.albums, found.tracks), strict=True
    ):
        expected = [
            (name[-1], plays)
            for name, plays, *_ in naive.ranking(rows, kind.value)
            if plain
            in name[-1].casefold().replace("ö", "o").replace("é", "e").replace("ä", "a")
        ]
        assert [(one.name, one.plays) for one in got] == expected[:20]


def test_future_days_are_not_shown() -> None:
    rows = [Listen(started_at=datetime(2026, 11, 28, 12, tzinfo=UTC))]
    points = ask(rows).series(asked("this-month"), Step.DAY).points
    assert [one.start for one in points] == every_day(date(2026, 11, 1), TODAY)
    assert [one.plays for one in points][-3:] == [1, 0, 0]


def test_a_series_of_too_many_points_is_refused() -> None:
    rows = [
        Listen(started_at=datetime(year, 1, 1, tzinfo=UTC)) for year in (2012, 2025)
    ]
    with pytest.raises(TooManyPoints) as caught:
        ask(rows).series(asked("all"), Step.HOUR)
    assert f"{MOST_POINTS:,}" in caught.value.message
    assert len(ask(rows).series(asked("all"), Step.DAY).points) == 4750


def test_periods_at_the_ends_of_the_calendar_are_asked_for() -> None:
    questions = ask(history(some_days, 1))
    for period in ("0001", "9999", "0001-01-01..9999-12-31"):
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            of = asked(period, zone)
            assert questions.summary(of).amounts.plays >= 0
            for step in (Step.MONTH, Step.YEAR, Step.WEEKDAY_BY_HOUR):
                questions.series(of, step)


def test_results_kept_for_later_questions_are_bounded_and_counted() -> None:
    questions = ask(history(some_years, 1))
    empty = questions.size
    for zone in ZONES:
        questions.summary(asked("all", zone))
    for month in range(1, 13):
        questions.summary(asked(f"2022-{month:02}"))
    assert empty < questions.size < 10 * empty
