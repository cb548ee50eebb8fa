"""The rules as a whole: each has its examples and its own name."""

from collections import Counter

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
    test_margins,
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
from tests.music.critic.rules.cases import Case, each
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
    **test_margins.CASES,
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


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    words = {rule.name for rule in WORDS}  # which are alike
    assert sorted(CASES) == sorted({rule.name for rule in RULES} - words)


def test_names_are_taken_once() -> None:
    counts = Counter(rule.name for rule in RULES)
    assert [name for name, count in counts.items() if count > 1] == []


@each(RULES)
def test_has_a_claim_and_a_ground(rule: Rule) -> None:
    assert rule.claim.endswith(".")
    assert "{typical}" in rule.ground.says
