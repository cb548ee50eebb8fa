"""Applies the rules to a profile."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.base_rate import BaseRate
from unwrapped.music.critic.rule import FIRES_AT, Finding, Rule
from unwrapped.music.critic.rules import RULES
from unwrapped.music.profile.taste import TasteProfile

EDITION = "book 5"
"""Part of the seed of all draws: another edition leads to other verdicts."""


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


def draw(*key: str) -> float:
    """A pseudo-random number in 0..1 that depends on the key alone.

    It is a hash: sums like CRC-32 would favour the same rules each time.
    """
    digest = hashlib.blake2b("\x1f".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def fingerprint(profile: TasteProfile) -> str:
    """The seed of a listener: figures and a name that distinguish them from similar
    ones."""
    volume = profile.volume
    first = profile.favourites.artists[0].artist
    return f"{EDITION}{volume.plays} {volume.tracks} {first}"
