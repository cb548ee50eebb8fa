"""The rules, held against a profile."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.base_rate import BaseRate
from unwrapped.music.critic.rule import FIRES_AT, Finding, Rule
from unwrapped.music.critic.rules import RULES
from unwrapped.music.profile.taste import TasteProfile

EDITION = "book 5"
"""Another name draws other verdicts."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule, held against a profile."""

    rule: Rule
    finding: Finding
    base: BaseRate
    surprise: float

    @property
    def fires(self) -> bool:
        """Whether the rule's claim holds."""
        return self.surprise >= FIRES_AT


def weigh(profile: TasteProfile, rules: Iterable[Rule] = RULES) -> list[Judgement]:
    """All rules that have something to look at, the most surprising first."""
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
    """0..1, by the key alone. (Sums like CRC-32 would favour the same rules each time.)"""
    digest = hashlib.blake2b("\x1f".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def fingerprint(profile: TasteProfile) -> str:
    """What distinguishes the listener from similar ones: figures and a name of theirs."""
    volume = profile.volume
    first = profile.favourites.artists[0].artist
    return f"{EDITION}{volume.plays} {volume.tracks} {first}"
