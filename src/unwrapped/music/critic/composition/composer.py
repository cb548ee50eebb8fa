"""The composer: a thesis, the beats that serve it, and an ending that returns to it."""

from dataclasses import dataclass

from unwrapped.music.critic.composition.beats import Placed, Selection
from unwrapped.music.critic.composition.cast import cast_of, leaders_of, with_guest
from unwrapped.music.critic.composition.ending import close, name_text
from unwrapped.music.critic.composition.joining import with_aside, with_turns
from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Said
from unwrapped.music.critic.composition.stock import Stock, read_stock
from unwrapped.music.critic.composition.thesis import Argument, find_argument
from unwrapped.music.critic.judging import Judgement, fingerprint, weigh
from unwrapped.music.critic.verdict import Beat
from unwrapped.music.profile.taste import TasteProfile

THESIS = "the thesis"
"""Its family, which no beat has."""


@dataclass(frozen=True, slots=True)
class Text:
    """A composed text."""

    title: Said
    thesis: Beat
    beats: list[Beat]
    """The last one closes."""

    placed: list[Placed]
    """The findings of the beats but the last."""


def compose(profile: TasteProfile) -> Text:
    """The text of a profile that is not small."""
    stock, seed = read_stock(), fingerprint(profile)
    cast, judgements = cast_of(profile), weigh(profile)
    argument = find_argument(judgements, cast, stock.theses, seed)
    carrier, ledger = argument.carrier, Ledger()
    ledger.enter(carrier.rule.family if carrier else THESIS, argument.opening)
    selection = Selection(judgements, stock.beats, cast, leaders_of(profile), seed)
    placed = selection.choose(argument.thesis, ledger)
    return Text(
        title=name_text(
            argument.thesis.titles, stock.shared.titles, argument.facts, seed
        ),
        thesis=_beat("thesis", argument.opening, carrier),
        beats=_beats(argument, placed, stock, seed),
        placed=placed,
    )


def _beats(
    argument: Argument, placed: list[Placed], stock: Stock, seed: str
) -> list[Beat]:
    """The beats in words, and the closing line."""
    shared, facts = stock.shared, argument.facts
    roles = ["exception" if one.is_exception else one.role for one in placed]
    texts = with_aside([one.choice.said for one in placed], shared.asides, facts, seed)
    texts = with_turns(zip(roles, texts, strict=True), argument.thesis.turns, seed)
    beats = [
        _beat(role, said, one.choice.judgement)
        for role, said, one in zip(roles, texts, placed, strict=True)
    ]
    said_before = [
        fact for said in (argument.opening, *texts) for fact in said.evidence
    ]
    last = close(
        argument.thesis.closings,
        shared.closings,
        with_guest(facts, said_before, seed),
        {fact.text for fact in said_before},
        seed,
    )
    return beats if last is None else [*beats, _beat("closing", last, None)]


def _beat(role: str, said: Said, found: Judgement | None) -> Beat:
    evidence = {fact.text: fact for fact in reversed(said.evidence)}
    return Beat(
        role=role,
        text=said.text,
        evidence=list(reversed(evidence.values())),
        rule=found.rule.name if found else None,
        base_rate=found.base.statement if found else None,
    )
