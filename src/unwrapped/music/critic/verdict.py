"""The interface of a critic, and the verdict that it returns."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.profile.taste_profile import TasteProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something that stands out in a profile, and its evidence."""

    rule: str
    """The rule that found it: `night_owl`."""

    text: str
    """One or two sentences. Each figure, date and name in it is in `evidence`."""

    evidence: list[Evidence]
    base_rate: str
    """What is ordinary: the surprise is measured against it."""

    surprise: float
    """How far from ordinary, in spreads of the base rate (like a z-score)."""


UNTITLED = "A Taste in Music"
"""The title if no other is short enough and supported by its evidence."""

CLOSING = "closing"
"""The role of the last line, which returns to what the text said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One step of the text, and its evidence."""

    role: str
    """Its function in the text: `thesis`, `fact`, `beat` or `closing`; older portraits
    have others."""

    text: str
    evidence: list[Evidence]
    rule: str | None
    """The rule that found what it says; null if it uses several or none."""

    base_rate: str | None = None
    """What is ordinary, if a rule measured it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisReading:
    """The listener's position on one axis, and the figures that show it."""

    name: str
    low: str
    high: str
    """The names of the ends -1 and 1."""

    value: float | None
    """In -1..1; null if it cannot be measured."""

    evidence: list[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on a taste in music."""

    title: str
    """The title of the text, with names of the listener's own if they are short
    enough."""

    title_evidence: list[Evidence]
    line: str
    """The verdict in one or two sentences: the text of the thesis, if there is one."""

    line_evidence: list[Evidence]
    observations: list[Observation]
    """The findings of the rules, at most six; fewer for a small history."""

    axes: list[AxisReading]
    unsaid: list[str]
    """What cannot be said, and why."""

    thesis: Beat | None = None
    """The one idea that the text serves; null if there is none."""

    beats: list[Beat] = field(default_factory=list[Beat])
    """The text in the order of reading, after the thesis; empty in verdicts of earlier
    versions."""

    critic: Literal["house", "model"] = "house"
    """The critic that wrote the verdict."""

    model: str | None = None
    """The name of the model that wrote the verdict, as its server calls it; null for
    the house."""

    replaced: list[str] = field(default_factory=list[str])
    """The reasons why the house wrote parts that a model was asked for, one for
    each."""


class Critic(Protocol):
    """Judges a profile; says nothing that its evidence does not support.

    A model, which takes time and may fail, is asked later (`critic.language_model`), with a
    profile that leaves out the listens of logs that no model may see.
    """

    def judge(self, profile: TasteProfile) -> Verdict:
        """The verdict on a profile; the same for the same profile."""
        ...
