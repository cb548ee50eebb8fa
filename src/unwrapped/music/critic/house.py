"""The house critic: rules with evidence, the most surprising first; offline."""

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.persona import name_persona
from unwrapped.music.critic.rule import FIRES_AT, Finding, Rule
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.small import is_small, judge_small
from unwrapped.music.critic.standing import read_axes
from unwrapped.music.critic.verdict import Observation, Verdict
from unwrapped.music.profile.taste import TasteProfile

FEWEST, MOST = 5, 7
OF_ONE_FAMILY = 2
WORTH_SAYING = 0.3
"""Where fewer than five rules fire, milder ones follow down to this surprise."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule, held against a profile."""

    rule: Rule
    finding: Finding
    surprise: float

    @property
    def fires(self) -> bool:
        """Whether the rule's claim holds."""
        return self.surprise >= FIRES_AT


class HouseCritic:
    """Deterministic: the same profile gets the same verdict on any machine."""

    def judge(self, profile: TasteProfile) -> Verdict:
        """The verdict on a profile; a small one says what cannot be said yet."""
        unsaid = [f"{why[0].upper()}{why[1:]}." for why in profile.absent.values()]
        if is_small(profile):
            return judge_small(profile, unsaid)
        chosen = choose(weigh(profile))
        persona = name_persona(profile, [(j.rule, j.finding) for j in chosen])
        return Verdict(
            title=persona.title,
            title_evidence=persona.title_evidence,
            line=persona.line,
            line_evidence=persona.line_evidence,
            observations=[observe(judgement) for judgement in chosen],
            axes=read_axes(profile),
            unsaid=unsaid,
        )


def weigh(profile: TasteProfile, rules: Iterable[Rule] = RULES) -> list[Judgement]:
    """All rules that have something to look at, the most surprising first."""
    found = (
        Judgement(rule, finding, rule.surprise(finding))
        for rule in rules
        if (finding := rule.find(profile)) is not None
    )
    return sorted(
        found, key=lambda judgement: (-judgement.surprise, judgement.rule.name)
    )


def choose(judgements: list[Judgement]) -> list[Judgement]:
    """The observations of a verdict: at most seven, few of one family.

    Those that fire; where they are fewer than five, the next milder ones, too.
    """
    chosen: list[Judgement] = []
    families: Counter[str] = Counter()
    for judgement in judgements:
        family = judgement.rule.family
        wanted = judgement.fires or (
            len(chosen) < FEWEST and judgement.surprise >= WORTH_SAYING
        )
        if wanted and len(chosen) < MOST and families[family] < OF_ONE_FAMILY:
            chosen.append(judgement)
            families[family] += 1
    return chosen


def observe(judgement: Judgement) -> Observation:
    """A judgement in words, with the evidence that the words use."""
    rule, finding = judgement.rule, judgement.finding
    seed = "\x1f".join([rule.name, *(f.text for f in finding.facts.values())])
    phrasing = rule.phrasings[zlib.crc32(seed.encode()) % len(rule.phrasings)]
    return Observation(
        rule=rule.name,
        text=phrasing.format(**{name: f.text for name, f in finding.facts.items()}),
        evidence=[f for name, f in finding.facts.items() if f"{{{name}}}" in phrasing],
        base_rate=rule.base.statement,
        surprise=judgement.surprise,
    )
