"""Applies the rules to a profile, and weighs how surprising their findings are."""

from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.base_rate import BaseRate
from unwrapped.music.critic.rule import FIRES_AT, Finding, Rule
from unwrapped.music.critic.rules import RULES
from unwrapped.music.profile.taste_profile import TasteProfile


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of a rule for a profile."""

    rule: Rule
    finding: Finding
    base: BaseRate
    surprise: float

    @property
    def fires(self) -> bool:
        """Whether the rule's claim holds."""
        return self.surprise >= FIRES_AT


def weigh(profile: TasteProfile, rules: Iterable[Rule] = RULES) -> list[Judgement]:
    """The judgements of all rules that apply to the profile, the most surprising
    first."""
    judged = []
    for rule in rules:
        finding = rule.find(profile)
        if finding is not None:
            base = rule.base_rate.at(profile.volume.days)
            surprise = rule.surprise(finding, base)
            judged.append(Judgement(rule, finding, base, surprise))
    return sorted(
        judged, key=lambda judgement: (-judgement.surprise, judgement.rule.name)
    )
