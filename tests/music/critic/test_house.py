"""The house critic over made-up listeners of all kinds: true, varied, repeatable."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.music.critic.claims import misread, named_beyond, unproven
from tests.music.critic.listeners import (
    LISTENERS,
    SEEDS,
    profile_of,
    profiles_of_all,
)
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.house import HouseCritic, weigh
from unwrapped.music.critic.persona import LINES, Side
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.verdict import Verdict
from unwrapped.music.profile.taste import TasteProfile


@pytest.fixture(scope="module")
def profiles(run_folder: Path) -> list[TasteProfile]:
    return profiles_of_all(run_folder)


@pytest.fixture(scope="module")
def verdicts(profiles: list[TasteProfile]) -> list[Verdict]:
    return [HouseCritic().judge(profile) for profile in profiles]


def test_every_rule_fires_for_someone_and_none_for_most(
    profiles: list[TasteProfile],
) -> None:
    fired = Counter(
        judgement.rule.name
        for profile in profiles
        for judgement in weigh(profile)
        if judgement.fires
    )
    assert [rule.name for rule in RULES if not fired[rule.name]] == []
    most = 0.6 * len(profiles)
    assert {name: count for name, count in fired.items() if count > most} == {}


def test_verdicts_have_a_title_a_line_and_five_to_seven_observations(
    verdicts: list[Verdict],
) -> None:
    for verdict in verdicts:
        assert 2 <= len(verdict.title.split()) <= 5
        assert "\n" not in verdict.line
        assert 5 <= len(verdict.observations) <= 7
        rules = [observation.rule for observation in verdict.observations]
        assert len(set(rules)) == len(rules)
        assert all(observation.evidence for observation in verdict.observations)


def test_no_two_listeners_get_the_same_portrait(verdicts: list[Verdict]) -> None:
    told = {
        (verdict.title, *(observation.text for observation in verdict.observations))
        for verdict in verdicts
    }
    assert len(told) == len(verdicts)
    assert len({verdict.line for verdict in verdicts}) == len(verdicts)


def test_any_two_listeners_share_at_most_half_of_their_observations(
    verdicts: list[Verdict],
) -> None:
    rules = [{o.rule for o in verdict.observations} for verdict in verdicts]
    alike = [
        (LISTENERS[a], LISTENERS[b], rules[a] & rules[b])
        for a, b in itertools.combinations(range(len(rules)), 2)
        if len(rules[a] & rules[b]) > min(len(rules[a]), len(rules[b])) / 2
    ]
    assert alike == []


def test_three_listeners_of_different_kinds_have_little_in_common(
    verdicts: list[Verdict],
) -> None:
    by_listener = dict(zip(LISTENERS, verdicts, strict=True))
    kinds = ("loyalist", "nightowl", "explorer")
    three = [by_listener[kind, SEEDS[0]] for kind in kinds]
    assert len({verdict.title for verdict in three}) == 3
    for one, other in itertools.combinations(three, 2):
        shared = {o.rule for o in one.observations} & {
            o.rule for o in other.observations
        }
        assert len(shared) <= 1


def told(verdict: Verdict) -> Iterator[tuple[str, list[Evidence]]]:
    """Every text of a verdict with its evidence."""
    yield verdict.title, verdict.title_evidence
    yield verdict.line, verdict.line_evidence
    for observation in verdict.observations:
        yield observation.text, observation.evidence


def test_every_figure_date_and_name_is_in_the_evidence(
    profiles: list[TasteProfile], verdicts: list[Verdict]
) -> None:
    for profile, verdict in zip(profiles, verdicts, strict=True):
        names = {artist.artist for artist in profile.favourites.artists}
        names |= {track.title for track in profile.favourites.tracks}
        for text, evidence in told(verdict):
            assert unproven(text, evidence) == [], text
            assert named_beyond(text, evidence, names) == [], text
            assert [fact for fact in evidence if misread(fact)] == []


def test_every_name_and_date_of_the_evidence_is_in_the_profile(
    profiles: list[TasteProfile], verdicts: list[Verdict]
) -> None:
    plain_units = {"weekday", "calendar_month"}
    for profile, verdict in zip(profiles, verdicts, strict=True):
        known = msgspec.json.encode(profile).decode()
        for _, evidence in told(verdict):
            for fact in evidence:
                if isinstance(fact.value, int | float) or fact.unit in plain_units:
                    continue
                assert msgspec.json.encode(fact.value).decode().strip('"') in known


def test_the_same_profile_gets_the_same_verdict(
    profiles: list[TasteProfile], verdicts: list[Verdict]
) -> None:
    assert [HouseCritic().judge(profile) for profile in profiles] == verdicts


def test_the_reader_of_claims_finds_what_is_not_proven() -> None:
    evidence = [
        Evidence(label="plays", value=12, unit="plays", text="12 plays"),
        Evidence(label="artist", value="Ann", unit="artist", text="Ann"),
    ]
    assert unproven("12 plays of Ann.", evidence) == []
    assert unproven("12 plays, twice in March, 7% of it.", evidence) == [
        "twice",
        "7%",
        "March",
    ]
    assert unproven("A dozen by Ann.", evidence) == []
    assert named_beyond("Ann and Bertha", evidence, ["Bertha", "Ann"]) == ["Bertha"]


@pytest.mark.parametrize("kind", ["nightowl", "obsessive"])
def test_nothing_is_said_of_hours_that_nobody_knows(kind: str, tmp_path: Path) -> None:
    profile = profile_of(kind, 1, tmp_path, knows_durations=False)
    verdict = HouseCritic().judge(profile)
    told = [
        *verdict.line_evidence,
        *(fact for one in verdict.observations for fact in one.evidence),
    ]
    assert [fact for fact in told if fact.unit == "hours" and fact.value == 0] == []
    assert "0 hours" not in verdict.line
    assert "lengths" in profile.absent


@pytest.mark.parametrize("place", LINES)
def test_every_place_has_a_line_without_hours(place: tuple[Side, Side]) -> None:
    assert [line for line in LINES[place] if "{hours}" not in line]


def test_no_text_and_no_label_needs_a_statistician(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        said = [verdict.line, *(one.text for one in verdict.observations)]
        facts = [fact for axis in verdict.axes for fact in axis.evidence]
        facts += [fact for one in verdict.observations for fact in one.evidence]
        said += [fact.label for fact in facts] + [fact.text for fact in facts]
        assert [text for text in said if re.search("effective |168 hours", text)] == []
