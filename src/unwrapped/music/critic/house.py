"""The house critic: rules with evidence, the most surprising first; offline."""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.evidence import NAMES, Evidence
from unwrapped.music.critic.ground import BaseRate
from unwrapped.music.critic.persona import name_persona
from unwrapped.music.critic.rule import FIRES_AT, Finding, Rule, placeholders
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.small_history import is_small, judge_small
from unwrapped.music.critic.standing import read_axes
from unwrapped.music.critic.verdict import Observation, Verdict
from unwrapped.music.profile.taste import TasteProfile

OBSERVATIONS = 6
NAMELESS = 2
"""Observations without a name of the listener's; more only where names are lacking."""

OF_ONE_ARTIST = 2
STRIKING, VARIETY = 1.5, 2.4
SCARCE, PREFERENCE = frozenset({"time", "throne", "portions", "months"}), 0.8
"""Families that few histories are long enough for, or that few fire of: these come first
where they may."""

EDITION = "book 6"
"""Another name draws other verdicts; with this one each rule is shown to somebody."""

SLEEP_ASIDE = (
    "Tracks that run through the night like a machine are left out of what is said of"
    " artists, tracks, loops and habits."
)

WORTH_SAYING = 0.6
"""Where too few rules fire, milder findings follow down to this surprise."""


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

    @property
    def phrasing(self) -> str:
        """One of the phrasings that fit, by the facts."""
        fit = self.rule.phrasings_for(self.finding, self.surprise)
        texts = (fact.text for fact in self.finding.facts.values())
        return fit[
            zlib.crc32("\x1f".join([self.rule.name, *texts]).encode()) % len(fit)
        ]

    @property
    def evidence(self) -> list[Evidence]:
        """The facts that the phrasing uses."""
        used = placeholders(self.phrasing)
        return [fact for name, fact in self.finding.facts.items() if name in used]


class HouseCritic:
    """Deterministic: the same profile gets the same verdict on any machine."""

    def judge(self, profile: TasteProfile) -> Verdict:
        """The verdict on a profile; a small one says what cannot be said yet."""
        open_questions = [*profile.absent.values(), *profile.doubts]
        unsaid = [f"{why[0].upper()}{why[1:]}." for why in open_questions]
        if profile.sleep is not None:
            unsaid.append(SLEEP_ASIDE)
        if is_small(profile):
            return judge_small(profile, unsaid)
        chosen = choose(weigh(profile), _fingerprint(profile))
        persona = name_persona(
            profile,
            [(judgement.rule, judgement.finding) for judgement in chosen],
            [fact for judgement in chosen for fact in judgement.evidence],
        )
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
    judged = []
    for rule in rules:
        finding = rule.find(profile)
        if finding is not None:
            base = rule.ground.at(profile.volume.days)
            surprise = rule.surprise(finding, base)
            judged.append(Judgement(rule, finding, base, surprise))
    return sorted(
        judged, key=lambda judgement: (-judgement.surprise, judgement.rule.name)
    )


def choose(judgements: list[Judgement], fingerprint: str) -> list[Judgement]:
    """The observations of a verdict, the most surprising first.

    Those that fire before milder ones, as `_Chosen` admits them. Beyond `STRIKING` nothing
    is worth more: there the listener's own figures (`fingerprint`) decide, so
    that two of a kind do not get the same portrait.
    """

    def worth(judgement: Judgement) -> float:
        drawn = VARIETY * _draw(judgement.rule.name, fingerprint)
        preferred = PREFERENCE * (judgement.rule.family in SCARCE)
        return min(judgement.surprise, STRIKING) + drawn + preferred

    firing = sorted((j for j in judgements if j.fires), key=worth, reverse=True)
    mild = [j for j in judgements if WORTH_SAYING <= j.surprise < FIRES_AT]
    chosen = _Chosen()
    for nameless in (NAMELESS, OBSERVATIONS):
        for judgement in (*firing, *mild):
            chosen.admit(judgement, nameless)
    return sorted(chosen.judgements, key=lambda judgement: -judgement.surprise)


class _Chosen:
    """What was chosen so far, up to `OBSERVATIONS`: one of each family, two about one
    artist, and not the same figure of the same name again."""

    def __init__(self) -> None:
        self.judgements: list[Judgement] = []
        self._families: set[str] = set()
        self._artists: Counter[str] = Counter()
        self._said: set[tuple[str, str]] = set()
        self._nameless = 0

    def admit(self, judgement: Judgement, most_nameless: int) -> None:
        """Takes a judgement that adds something, with so many nameless ones at most."""
        evidence = judgement.evidence
        names = {fact.text for fact in evidence if fact.unit in NAMES}
        artists = {fact.text for fact in evidence if fact.unit == "artist"}
        figures = {fact.text for fact in evidence if fact.unit not in NAMES}
        said = {(name, figure) for name in names for figure in figures}
        if (
            len(self.judgements) == OBSERVATIONS
            or judgement.rule.family in self._families
            or (not names and self._nameless >= most_nameless)
            or any(self._artists[artist] >= OF_ONE_ARTIST for artist in artists)
            or said & self._said
        ):
            return
        self.judgements.append(judgement)
        self._families.add(judgement.rule.family)
        self._artists.update(artists)
        self._said |= said
        self._nameless += not names


def _draw(*key: str) -> float:
    """0..1, by the key alone. (Sums like CRC-32 would favour the same rules each time.)"""
    digest = hashlib.blake2b("\x1f".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _fingerprint(profile: TasteProfile) -> str:
    volume = profile.volume
    first = profile.favourites.artists[0].artist
    return f"{EDITION}{volume.plays} {volume.tracks} {first}"


def observe(judgement: Judgement) -> Observation:
    """A judgement in words, with the evidence that the words use."""
    facts = judgement.finding.facts
    return Observation(
        rule=judgement.rule.name,
        text=judgement.phrasing.format(**{name: f.text for name, f in facts.items()}),
        evidence=judgement.evidence,
        base_rate=judgement.base.statement,
        surprise=judgement.surprise,
    )
