"""The port of a critic, and what it says."""

from dataclasses import dataclass
from typing import Protocol

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisReading:
    """Where the listener stands on one axis, and the figures that say so."""

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
    """The persona, two to five words."""

    title_evidence: list[Evidence]
    line: str
    """The verdict in one line."""

    line_evidence: list[Evidence]
    observations: list[Observation]
    """Five to seven, the most surprising first; fewer for a tiny history."""

    axes: list[AxisReading]
    unsaid: list[str]
    """What cannot be said, and why."""


class Critic(Protocol):
    """Judges a profile. Says nothing that its evidence does not hold.

    A critic that asks a model is given a profile of the listens without those of logs
    that no model may see (`Log.may_reach_models`). A history has the log of each listen
    (`source` in `history.tracks.LISTEN_COLUMNS`), so that they can be left out.
    """

    def judge(self, profile: TasteProfile) -> Verdict:
        """The verdict on a profile; the same for the same profile."""
        ...
