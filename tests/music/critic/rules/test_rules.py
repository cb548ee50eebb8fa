"""The stock as a whole: every rule has its stories, its own name, its own words."""

import calendar
import re
from collections import Counter

import pytest

from tests.music.critic.rules import (
    test_attention,
    test_bonds,
    test_breadth,
    test_calendar,
    test_change,
    test_charts,
    test_clock,
    test_company,
    test_dayparts,
    test_encounters,
    test_form,
    test_moments,
    test_names,
    test_own_hours,
    test_presence,
    test_repeats,
    test_sittings,
    test_sleep,
    test_title_times,
    test_tracks,
    test_weekdays,
)
from tests.music.critic.rules.stories import Case, each
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.rules.words import WORDS

CASES: dict[str, Case] = {
    **test_attention.CASES,
    **test_bonds.CASES,
    **test_breadth.CASES,
    **test_calendar.CASES,
    **test_change.CASES,
    **test_charts.CASES,
    **test_clock.CASES,
    **test_company.CASES,
    **test_dayparts.CASES,
    **test_encounters.CASES,
    **test_form.CASES,
    **test_moments.CASES,
    **test_names.CASES,
    **test_own_hours.CASES,
    **test_presence.CASES,
    **test_repeats.CASES,
    **test_sittings.CASES,
    **test_sleep.CASES,
    **test_title_times.CASES,
    **test_tracks.CASES,
    **test_weekdays.CASES,
}


def listed(words: str) -> frozenset[str]:
    """Words between white space."""
    return frozenset(words.split())


NUMBERS = listed(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty
    seventy eighty ninety hundred hundreds thousand thousands million millions dozen
    dozens half halves third thirds quarter quarters fourth fifth tenth tenths second
    twice thrice double doubled triple tripled once single couple pair both majority
    majorities percent
    """
)
"""Words that count. (`first` is not one of them: it says what came before the rest.)"""

SWEEPING = listed("always never ever every everyone everybody nobody none")

UNKIND = listed(
    """
    religion religions religious god gods church prayer prayers pray monk monks nun nuns
    priest sin fat thin skinny ugly bald wrinkled deaf lame poor rich cheap wage
    foreign foreigner native tribe race sexy naked virgin lust bed
    """
)
"""Words about body, origin, faith, money or sex; these have no place in a verdict."""

ALL_AS_A_WHOLE = re.compile(r"\b(of|in) all\b|\ball (the same|it took|(that )?you)\b")
"""`all` where it claims nothing: as what a share is of, and in set phrases."""

DAYS_AND_MONTHS = frozenset([*calendar.day_name, *calendar.month_name[1:]])


def words(phrasing: str) -> str:
    """A phrasing without its evidence."""
    return re.sub(r"\{\w*\}", "", phrasing)


def each_phrasing() -> pytest.MarkDecorator:
    """Runs a test for each phrasing."""
    return pytest.mark.parametrize(
        "phrasing",
        [
            pytest.param(text, id=f"{rule.name}-{i}")
            for rule in RULES
            for i, text in enumerate((*rule.phrasings, *rule.big))
        ],
    )


def test_every_rule_has_its_stories_and_every_story_a_rule() -> None:
    words = {rule.name for rule in WORDS}  # which are alike
    assert sorted(CASES) == sorted({rule.name for rule in RULES} - words)


def test_names_and_epithets_are_taken_once() -> None:
    for taken in (
        Counter(rule.name for rule in RULES),
        Counter(rule.epithet for rule in RULES),
        Counter(text for rule in RULES for text in (*rule.phrasings, *rule.big)),
    ):
        assert [text for text, count in taken.items() if count > 1] == []


@each(RULES)
def test_has_phrasings_a_claim_and_a_ground(rule: Rule) -> None:
    assert rule.phrasings
    assert rule.claim.endswith(".")
    assert "{typical}" in rule.ground.says


@each_phrasing()
def test_a_phrasing_claims_nothing_by_itself(phrasing: str) -> None:
    text = words(phrasing)
    spoken = set(re.findall(r"[a-z]+", ALL_AS_A_WHOLE.sub("", text.lower())))
    assert not re.search(r"\d", text), "figures come from the evidence"
    assert spoken & NUMBERS == set(), "counts come from the evidence"
    assert spoken & SWEEPING == set(), "nothing was measured that holds without end"
    assert "all" not in spoken, "nothing was measured that holds of all"
    assert set(re.findall(r"[A-Z][a-z]+", text)) & DAYS_AND_MONTHS == set()
    assert spoken & UNKIND == set()


@each_phrasing()
def test_a_phrasing_is_a_sentence_on_one_line(phrasing: str) -> None:
    assert phrasing == " ".join(phrasing.split())
    assert phrasing[0] == "{" or phrasing[0].isupper()
    assert phrasing[-1] in ".?!"
