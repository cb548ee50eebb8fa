"""The house critic: rules with evidence, the most surprising first; offline."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.persona import name_persona
from unwrapped.music.critic.rule import FIRES_AT, Finding, Rule
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.small import is_small, judge_small
from unwrapped.music.critic.standing import read_axes
from unwrapped.music.critic.verdict import Observation, Verdict
from unwrapped.music.profile.taste import TasteProfile

OBSERVATIONS = 6
STRIKING, VARIETY = 1.5, 1.0
WORTH_SAYING = 0.6
"""Where too few rules fire, milder findings follow down to this surprise."""


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
        chosen = choose(weigh(profile), _fingerprint(profile))
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


def choose(judgements: list[Judgement], fingerprint: str) -> list[Judgement]:
    """The observations of a verdict, the most surprising first.

    One of each family, those that fire before milder ones. Beyond `STRIKING` more is no
    more worth telling: there the listener's own figures (`fingerprint`) decide, so that
    two of a kind do not get the same portrait.
    """

    def worth(judgement: Judgement) -> float:
        draw = zlib.crc32(f"{judgement.rule.name} {fingerprint}".encode()) / 2**32
        return min(judgement.surprise, STRIKING) + VARIETY * draw

    firing = sorted((j for j in judgements if j.fires), key=worth, reverse=True)
    mild = [j for j in judgements if WORTH_SAYING <= j.surprise < FIRES_AT]
    chosen = _one_of_each_family([*firing, *mild])[:OBSERVATIONS]
    return sorted(chosen, key=lambda judgement: -judgement.surprise)


def _one_of_each_family(judgements: Iterable[Judgement]) -> list[Judgement]:
    first: dict[str, Judgement] = {}
    for judgement in judgements:
        first.setdefault(judgement.rule.family, judgement)
    return list(first.values())


def _fingerprint(profile: TasteProfile) -> str:
    volume = profile.volume
    return f"{volume.plays} {volume.tracks} {profile.favourites.artists[0].artist}"


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
