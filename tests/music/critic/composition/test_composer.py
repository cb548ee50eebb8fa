"""The texts about made-up listeners: each has a thesis, beats, an ending, and words of its
own."""

import itertools
from collections import Counter

from tests.music.critic.composition.wordings import wordings
from unwrapped.music.critic.evidence import NAMES
from unwrapped.music.critic.verdict import CLOSING, Beat, Verdict

FEWEST, MOST = 3, 8
LONGEST = 400
MOST_OFTEN = 0.12
"""The largest share of forty listeners; 4 % of two hundred (benchmarks/verdicts.py)."""


def names(beat: Beat) -> set[str]:
    """The names of artists and tracks, and of days of the week, that a text can be
    about."""
    named = {*NAMES, "weekday"}
    return {fact.text for fact in beat.evidence if fact.unit in named}


def test_a_text_is_a_thesis_three_to_eight_beats_and_a_closing_line(
    verdicts: list[Verdict],
) -> None:
    for verdict in verdicts:
        assert verdict.thesis is not None
        assert verdict.line == verdict.thesis.text
        *beats, last = verdict.beats
        assert FEWEST <= len(beats) <= MOST
        assert last.role == CLOSING
        rules = [beat.rule for beat in (verdict.thesis, *beats) if beat.rule]
        assert len(set(rules)) == len(rules)


def test_the_closing_uses_facts_of_the_text(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        assert verdict.thesis is not None
        *before, last = verdict.beats
        said = {f.text for beat in (verdict.thesis, *before) for f in beat.evidence}
        assert last.evidence
        assert {fact.text for fact in last.evidence} <= said


def test_most_beats_have_a_name(verdicts: list[Verdict]) -> None:
    beats = [beat for verdict in verdicts for beat in verdict.beats]
    assert sum(bool(names(beat)) for beat in beats) >= 0.65 * len(beats)


def test_no_figure_occurs_twice(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        assert verdict.thesis is not None
        figures = [
            fact.text
            for beat in (verdict.thesis, *verdict.beats[:-1])
            for fact in beat.evidence
            if fact.unit not in NAMES
            and fact.unit not in {"clock", "weekday", "calendar_month"}
            and (not isinstance(fact.value, int | float) or fact.value > 10)
        ]
        assert len(figures) == len(set(figures)), figures


def test_titles_are_unique_and_most_contain_a_name_of_the_listener(
    verdicts: list[Verdict],
) -> None:
    titles = [verdict.title for verdict in verdicts]
    assert len(set(titles)) == len(titles)
    named = sum(
        any(fact.unit in NAMES for fact in verdict.title_evidence)
        for verdict in verdicts
    )
    assert named >= 0.8 * len(verdicts)


def test_no_wording_is_used_for_many_listeners(verdicts: list[Verdict]) -> None:
    used = Counter(itertools.chain.from_iterable(map(wordings, verdicts)))
    most = MOST_OFTEN * len(verdicts)
    assert {wording: n for wording, n in used.items() if n > most} == {}


def test_beats_are_short(verdicts: list[Verdict]) -> None:
    assert max(len(beat.text) for one in verdicts for beat in one.beats) <= LONGEST
