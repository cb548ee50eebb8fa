"""A composed text, and what its beats are made of."""

from dataclasses import dataclass

from unwrapped.music.critic.composition.beats import Choice
from unwrapped.music.critic.composition.lines import Said
from unwrapped.music.critic.judging import Judgement
from unwrapped.music.critic.verdict import Beat


@dataclass(frozen=True, slots=True)
class Text:
    """A composed text."""

    title: Said
    thesis: Beat
    beats: list[Beat]
    """The last one closes."""

    findings: list[Choice]
    """What was found to be said; some of it is in the beats."""


@dataclass(frozen=True, slots=True)
class Step:
    """A beat to be: its role, its words, what found it."""

    role: str
    said: Said
    judgement: Judgement | None = None


def beat_of(step: Step) -> Beat:
    """The beat of a step, with each fact once."""
    evidence = {fact.text: fact for fact in reversed(step.said.evidence)}
    found = step.judgement
    return Beat(
        role=step.role,
        text=step.said.text,
        evidence=list(reversed(evidence.values())),
        rule=found.rule.name if found else None,
        base_rate=found.base.statement if found else None,
    )
