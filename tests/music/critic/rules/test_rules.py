"""The set of all rules: each has examples and a unique name."""

from collections import Counter

from tests.music.critic.rules import (
    test_breadth,
    test_milestones,
    test_repeats,
    test_shuffle_and_albums,
    test_skipping,
    test_tracks,
)
from tests.music.critic.rules.artists import (
    test_bonds,
    test_brief_encounters,
    test_favourites_by_year,
    test_own_times,
    test_pairs,
)
from tests.music.critic.rules.cases import Case
from tests.music.critic.rules.most_played import (
    test_artists_against_tracks,
    test_chart_edge,
    test_names,
    test_title_times,
    test_top_ten,
)
from tests.music.critic.rules.times import (
    test_calendar,
    test_clock,
    test_dayparts,
    test_hour_artists,
    test_presence,
    test_sessions,
    test_sleep_machines,
    test_weekday_artists,
    test_weekdays,
)
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.rules.most_played.title_words import TITLE_WORDS

CASES: dict[str, Case] = {
    **test_skipping.CASES,
    **test_bonds.CASES,
    **test_breadth.CASES,
    **test_calendar.CASES,
    **test_favourites_by_year.CASES,
    **test_top_ten.CASES,
    **test_clock.CASES,
    **test_own_times.CASES,
    **test_pairs.CASES,
    **test_dayparts.CASES,
    **test_brief_encounters.CASES,
    **test_shuffle_and_albums.CASES,
    **test_artists_against_tracks.CASES,
    **test_chart_edge.CASES,
    **test_milestones.CASES,
    **test_names.CASES,
    **test_hour_artists.CASES,
    **test_presence.CASES,
    **test_repeats.CASES,
    **test_sessions.CASES,
    **test_sleep_machines.CASES,
    **test_title_times.CASES,
    **test_tracks.CASES,
    **test_weekday_artists.CASES,
    **test_weekdays.CASES,
}


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    words = {rule.name for rule in TITLE_WORDS}  # whose rules are alike
    assert sorted(CASES) == sorted({rule.name for rule in RULES} - words)


def test_no_two_rules_share_a_name() -> None:
    counts = Counter(rule.name for rule in RULES)
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_rule_has_a_claim_and_a_ground() -> None:
    for rule in RULES:
        assert rule.claim.endswith("."), rule.name
        assert "{typical}" in rule.base_rate.says, rule.name
