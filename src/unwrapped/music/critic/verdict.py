"""The port of a critic, and what it says."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.profile.taste import TasteProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that stands out, and why it may be said."""

    rule: str
    """The rule that found it: `night_owl`."""

    text: str
    """One or two sentences. Each figure, date and name in it is in `evidence`."""

    evidence: list[Evidence]
    base_rate: str
    """What is ordinary, which the surprise is measured against."""

    surprise: float
    """How far from ordinary, in spreads of the base rate (like a z-score)."""


UNTITLED = "A Taste in Music"
"""The title where every other is too long, or not true."""

CLOSING = "closing"
"""The role of the last line, which returns to what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One step of the text, and what it rests on."""

    role: str
    """What it does in the text: `thesis`, `fact` or `closing`; older portraits have more."""

    text: str
    evidence: list[Evidence]
    rule: str | None
    """The rule that found what it says; None where it rests on several, or on none."""

    base_rate: str | None = None
    """What is ordinary, where the rule measures it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisReading:
    """The listener's place on one axis, and the figures that show it."""

    name: str
    low: str
    high: str
    """What -1 and 1 are called."""

    value: float | None
    """-1..1; None when it cannot be measured."""

    evidence: list[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judged taste."""

    title: str
    """What the text is called, by the listener's own names where they are short enough."""

    title_evidence: list[Evidence]
    line: str
    """The verdict in one or two sentences: the words of the thesis, where there is one."""

    line_evidence: list[Evidence]
    observations: list[Observation]
    """Five to seven, the most surprising first; fewer for a tiny history."""

    axes: list[AxisReading]
    unsaid: list[str]
    """What cannot be said, and why."""

    thesis: Beat | None = None
    """The one idea that the text serves; None where there is no such idea."""

    beats: list[Beat] = field(default_factory=list[Beat])
    """The text, in the order in which it is read; empty in verdicts of earlier versions."""

    critic: Literal["house", "model"] = "house"
    """Which critic wrote it."""

    model: str | None = None
    """The model that wrote it, as its server calls it; None for the house."""

    replaced: list[str] = field(default_factory=list[str])
    """Why the house wrote what a model was asked for, one reason for each thing."""


class Critic(Protocol):
    """Judges a profile. Says nothing that its evidence does not hold.

    A model, which takes its time and may fail, is asked afterwards
    (`critic.language_model`), about a profile without the listens of logs that no model
    may see.
    """

    def judge(self, profile: TasteProfile) -> Verdict:
        """The verdict on a profile; the same for the same profile."""
        ...
