"""The brief of a real profile."""

import json
import re

import pytest

from tests.music.critic.listeners import profile_of_kind
from unwrapped.music.critic.fact_check import misread
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.critic.language_model.brief import Brief, brief_of, briefs

MOST_CHARACTERS = 16_000
"""About four thousand tokens: local models have small contexts."""


@pytest.fixture(scope="module")
def brief() -> Brief:
    profile = profile_of_kind("omnivore", 3)
    return brief_of(profile, HouseCritic().judge(profile), left_out=7)


def test_a_brief_contains_groups_of_facts_and_nothing_else(brief: Brief) -> None:
    sent = json.loads(brief.as_json())
    assert {group["about"] for group in sent} == {
        "totals",
        "finding",
        "artist",
        "track",
    }
    facts = [fact for group in sent for fact in group["facts"]]
    assert {number for number, _, _ in facts} == set(brief.facts)
    assert all(set(group) <= {"about", "claim", "facts"} for group in sent)
    assert len(brief.as_json()) < MOST_CHARACTERS


def test_a_brief_contains_no_listen(brief: Brief) -> None:
    """It contains days and hours of the day, but never the time of a listen."""
    assert not re.search(r"\d\d:\d\d:\d\d|T\d\d|:[0-5][1-9]\b", brief.as_json())
    # Each chart has ten places, and each finding some names.
    assert len(brief.names) < 150


def test_figures_are_sent_in_their_written_form(brief: Brief) -> None:
    assert [wrong for one in brief.facts.values() if (wrong := misread(one))] == []


def test_no_jargon_of_statistics_is_sent(brief: Brief) -> None:
    assert not re.search(r"Gini|Jaccard|as varied as|entropy", brief.as_json())


def test_the_same_fact_has_the_same_id(brief: Brief) -> None:
    said = [(one.label, one.text) for one in brief.facts.values()]
    assert len(said) == len(set(said))


def test_a_stored_brief_is_read_back_unchanged(brief: Brief) -> None:
    stored = briefs().dump_json(brief)
    again = briefs().validate_json(stored)
    assert briefs().dump_json(again) == stored
    assert again.as_json() == brief.as_json()
    assert again.left_out == 7
