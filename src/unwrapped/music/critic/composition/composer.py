"""The composer: a thesis, the beats that serve it, and an ending that returns to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from unwrapped.music.critic.composition.beats import EXCEPTION, Choice, Selection
from unwrapped.music.critic.composition.cast import cast_of, leaders_of, with_guest
from unwrapped.music.critic.composition.ending import close, name_text
from unwrapped.music.critic.composition.joining import Turns, with_aside
from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Said
from unwrapped.music.critic.composition.stock import Stock, read_stock
from unwrapped.music.critic.composition.thesis import (
    Argument,
    choose_fresh,
    find_argument,
)
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import Judgement, draw, fingerprint, weigh
from unwrapped.music.critic.verdict import CLOSING, Beat
from unwrapped.music.profile.taste import TasteProfile

CLOCK_BY_SCRIPT = 0.7
"""How often the clock is told in the picture of the thesis, and not by a finding."""


@dataclass(frozen=True, slots=True)
class Text:
    """A composed text."""

    title: Said
    thesis: Beat
    beats: list[Beat]
    """The last one closes."""

    findings: list[Choice]
    """What was found to be said; most of it is in the beats."""


@dataclass(frozen=True, slots=True)
class Step:
    """A beat to be: its role, its words, what found it."""

    role: str
    said: Said
    judgement: Judgement | None = None


def compose(profile: TasteProfile) -> Text:
    """The text of a profile that is not small."""
    stock, seed = read_stock(), fingerprint(profile)
    cast, judgements = cast_of(profile), weigh(profile)
    argument = find_argument(judgements, cast, stock.theses, seed)
    carrier, ledger = argument.carrier, Ledger()
    ledger.enter(carrier.rule.family if carrier else None, argument.opening)
    leading = _script(argument, "fact", ledger, seed)
    selection = Selection(judgements, stock.beats, cast, leaders_of(profile), seed)
    found = selection.choose(argument.thesis, ledger)
    steps = _arrange(argument, leading, found, ledger, seed)
    return Text(
        title=name_text(
            argument.thesis.titles, stock.shared.titles, argument.facts, seed
        ),
        thesis=_beat(Step("thesis", argument.opening, carrier)),
        beats=_beats(argument, steps, stock, seed),
        findings=list(found.values()),
    )


def _script(argument: Argument, role: str, ledger: Ledger, seed: str) -> Step | None:
    """A line in the picture of the thesis that says nothing twice."""
    lines = argument.thesis.script.get(role, [])
    said = choose_fresh(lines, argument.facts, ledger, seed)
    if said is None:
        return None
    ledger.enter(None, said)
    return Step(role, said)


def _arrange(
    argument: Argument,
    leading: Step | None,
    found: Mapping[str, Choice],
    ledger: Ledger,
    seed: str,
) -> list[Step]:
    """The charts in a picture, then what was found, the exception past the middle."""
    steps = {
        place: Step(one.role, one.said, one.judgement) for place, one in found.items()
    }
    more = _script(argument, "more", ledger, seed)
    clock = (
        _script(argument, "clock", ledger, seed)
        if "clock" not in steps or draw("clock", seed) < CLOCK_BY_SCRIPT
        else None
    )
    order = (
        leading or steps.get("fact"),
        steps.get("absurd"),
        steps.get("bond"),
        steps.get(EXCEPTION),
        more or steps.get("habit"),
        clock or steps.get("clock"),
    )
    return [step for step in order if step is not None]


def _beats(
    argument: Argument, steps: list[Step], stock: Stock, seed: str
) -> list[Beat]:
    """The beats in words, and the closing line."""
    shared, facts = stock.shared, argument.facts
    texts = with_aside([step.said for step in steps], shared.asides, facts, seed)
    turns = Turns(argument.thesis.turns, seed)
    beats = [
        _beat(
            replace(
                step, said=turns.lead_to(step.role, said) if step.judgement else said
            )
        )
        for step, said in zip(steps, texts, strict=True)
    ]
    before = [fact for said in (argument.opening, *texts) for fact in said.evidence]
    return [*beats, *_last(argument, before, stock, seed)]


def _last(
    argument: Argument, before: list[Evidence], stock: Stock, seed: str
) -> list[Beat]:
    """The closing line, if there is one."""
    last = close(
        argument.thesis.closings,
        stock.shared.closings,
        with_guest(argument.facts, before, seed),
        {fact.text for fact in before},
        seed,
    )
    return [] if last is None else [_beat(Step(CLOSING, last))]


def _beat(step: Step) -> Beat:
    evidence = {fact.text: fact for fact in reversed(step.said.evidence)}
    found = step.judgement
    return Beat(
        role=step.role,
        text=step.said.text,
        evidence=list(reversed(evidence.values())),
        rule=found.rule.name if found else None,
        base_rate=found.base.statement if found else None,
    )
