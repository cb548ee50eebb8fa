"""The profile has the same figures as statistics, also with a split artist."""

from uuid import uuid4

from hypothesis import assume, given, settings

from tests.music.corrections.drawn import columns_of_listens, corrections, histories
from tests.music.corrections.naive import Played
from tests.music.corrections.test_correcting import BERLIN
from tests.music.profile.histories import Listen, listen, to_frame
from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correcting import correct
from unwrapped.music.corrections.correction import Action, Correction, Scope
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste_profile import TasteProfile, build_profile
from unwrapped.music.read_model.columns import (
    Columns,
    columns_of,
    credits_of,
    listens_of,
)
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Kind


def profile_of(columns: Columns) -> TasteProfile:
    return build_profile(
        listens_of(columns), Period(), BERLIN, top=100, credits=credits_of(columns)
    )


@settings(max_examples=settings().max_examples // 9)  # each builds a profile
@given(histories(), corrections())
def test_the_profile_has_the_figures_of_statistics(
    listens: list[Played], rules: list[Correction]
) -> None:
    columns = correct(columns_of_listens(listens), Rules.of(rules), BERLIN).columns
    questions = Questions(columns)
    asked = Asked(Period(), BERLIN, listens[-1].started_at.date())
    amounts = questions.summary(asked).amounts
    assume(amounts.plays)
    profile = profile_of(columns)
    assert profile.volume.plays == amounts.plays
    assert profile.volume.artists == amounts.artists
    assert sum(year.plays for year in profile.years) == amounts.plays
    top = questions.top(asked, Ranking(Kind.ARTISTS), 100)
    assert [(one.artist, one.plays, one.share) for one in profile.favourites.artists] == [
        (one.name, one.plays, one.share) for one in top
    ]  # fmt: skip
    tracks = questions.top(asked, Ranking(Kind.TRACKS), 100)
    assert [
        (one.artist, one.title, one.plays) for one in profile.favourites.tracks
    ] == [(one.artist, one.name, one.plays) for one in tracks]


def split_profile(rows: list[Listen]) -> TasteProfile:
    """The profile of `rows` with "Ann & Bob" split into Ann and Bob."""
    split = Correction(
        id=uuid4(),
        action=Action.SPLIT,
        scope=Scope.ARTIST,
        artist="Ann & Bob",
        targets=("Ann", "Bob"),
    )
    columns = correct(columns_of(to_frame(rows)), Rules.of([split]), BERLIN).columns
    return profile_of(columns)


def test_a_track_of_a_split_credit_may_have_the_title_of_another() -> None:
    credits_ = ["Ann", "Ann & Bob", *(f"Friend {number}" for number in range(5))]
    rows = [
        listen(f"2024-01-{day:02}T{10 + number}:00:00", f"{name}/One")
        for day in range(1, 21)
        for number, name in enumerate(credits_)
    ]
    profile = split_profile(rows)
    dossiers = {one.artist: one.artist_plays for one in profile.dossiers.tracks}
    assert dossiers == dict.fromkeys(credits_[2:], 20) | {"Ann": 40}
    assert HouseCritic().judge(profile).observations


def test_the_artists_of_a_split_are_new_and_come_back_separately() -> None:
    days = [f"{day:02}" for day in range(1, 21)]
    rows = [
        *(listen(f"2020-01-{day}T10:00:00", "Ann/One") for day in days),
        *(listen(f"2023-06-{day}T10:00:00", "Ann & Bob/Two") for day in days),
    ]
    profile = split_profile(rows)
    comeback = profile.bonds.comeback
    assert comeback is not None
    assert (comeback.artist, comeback.plays_since) == ("Ann", 20)
    # Each of the later plays also counts for an artist who has been known for long.
    assert profile.loyalty is not None
    assert profile.loyalty.share == 1
    assert profile.novelty is not None
    assert profile.novelty.discovery == "Bob"
    # Artists of one split are always heard together, which says nothing.
    assert profile.company.inseparable is None
    artists = {one.artist: one.plays for one in profile.charts.artists}
    assert artists == {"Ann": 40, "Bob": 20}
