"""Small histories get a small verdict that says what cannot be judged."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.exports import history_of, track
from unwrapped.music.critic.composition.composed_text import LONGEST_TITLE
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.fact_check import misread, unproven
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.critic.small_history import (
    TOO_FEW_ARTISTS,
    TOO_FEW_DAYS,
    TOO_FEW_PLAYS,
)
from unwrapped.music.critic.verdict import CLOSING, Verdict
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste_profile import build_profile

START = datetime.fromisoformat("2024-03-01T12:00:00+00:00")


def verdict_on(folder: Path, plays: int, artists: int, days: int) -> Verdict:
    """The verdict on `plays` plays of these artists in turn, on these days."""
    rows = []
    for n in range(plays):
        at = START + timedelta(days=n % days, minutes=5 * (n // days))
        rows.append(
            track(
                f"Artist {n % artists}",
                f"Song {n % artists}",
                None,
                ts=f"{at:%Y-%m-%dT%H:%M:%SZ}",
                ms_played=180_000,
            )
        )
    history = history_of(folder, rows)
    profile = build_profile(history.listens, Period(), ZoneInfo("Europe/Berlin"))
    return HouseCritic().judge(profile)


SMALL = {
    "one play": ((1, 1, 1), {TOO_FEW_PLAYS, TOO_FEW_DAYS, TOO_FEW_ARTISTS}),
    "one day": ((300, 20, 1), {TOO_FEW_DAYS}),
    "one artist": ((300, 1, 30), {TOO_FEW_ARTISTS}),
    "99 plays": ((99, 20, 20), {TOO_FEW_PLAYS}),
    "four artists": ((300, 4, 30), {TOO_FEW_ARTISTS}),
    "six days": ((300, 20, 6), {TOO_FEW_DAYS}),
}


@pytest.mark.parametrize(("size", "unsaid"), SMALL.values(), ids=SMALL)
def test_a_small_verdict_is_proven_and_lists_what_cannot_be_judged(
    size: tuple[int, int, int], unsaid: set[str], tmp_path: Path
) -> None:
    verdict = verdict_on(tmp_path, *size)
    reasons = {TOO_FEW_PLAYS, TOO_FEW_DAYS, TOO_FEW_ARTISTS} & set(verdict.unsaid)
    assert reasons == unsaid
    assert len(verdict.title) <= LONGEST_TITLE
    assert 1 <= len(verdict.observations) <= 2
    assert [beat.role for beat in verdict.beats][-1] == CLOSING
    assert all(observation.surprise == 0 for observation in verdict.observations)
    assert unproven(verdict.title, verdict.title_evidence) == []
    assert unproven(verdict.line, verdict.line_evidence) == []
    for observation in verdict.observations:
        assert unproven(observation.text, observation.evidence) == []
        assert [fact for fact in observation.evidence if misread(fact)] == []


def test_one_play_gets_a_text_about_it(tmp_path: Path) -> None:
    verdict = verdict_on(tmp_path, 1, 1, 1)
    texts = " ".join([verdict.line, *(beat.text for beat in verdict.beats)])
    assert "“Song 0”" in texts
    assert "1 March 2024" in texts


def test_a_long_history_of_few_artists_is_not_judged_as_a_beginning(
    tmp_path: Path,
) -> None:
    lines = read_stock().small
    verdict = verdict_on(tmp_path, 300, 4, 30)
    assert "300 plays" in verdict.line or "4 artists" in verdict.line
    spoken = {line.text.split("}")[-1] for line in lines["few_names"].lines}
    assert any(verdict.line.endswith(end) for end in spoken)


def test_no_track_leads_others_with_equal_plays(tmp_path: Path) -> None:
    verdict = verdict_on(tmp_path, 12, 3, 2)
    texts = [verdict.line, *(beat.text for beat in verdict.beats)]
    assert [
        text for text in texts if re.search(r"\b(leads?|in front|best)\b", text)
    ] == []


@pytest.mark.parametrize("kind", sorted(read_stock().small))
def test_lines_about_a_leader_require_a_lead(kind: str) -> None:
    stock = read_stock().small[kind]
    for line in (*stock.lines, *stock.beats):
        if re.search(r"\b(leads|in the lead|in front|did best)\b", line.text):
            asked = {condition.name for condition in line.when}
            assert asked & {"lead", "artist_lead"} or kind == "one_play"


def test_a_history_at_the_limits_gets_a_full_verdict(tmp_path: Path) -> None:
    verdict = verdict_on(tmp_path, 300, 20, 30)
    assert not {TOO_FEW_PLAYS, TOO_FEW_DAYS, TOO_FEW_ARTISTS} & set(verdict.unsaid)
    assert len(verdict.observations) >= 3
