"""The thesis: which idea of the stock the strongest findings carry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.critic.composition.cast import with_hero
from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.composition.stock import PLAIN, Thesis
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import Judgement, draw

MOST = 4.0
"""Beyond this surprise nothing is worth more."""

VARIETY = 1.0
"""How far the listener's own figures decide between ideas that are alike in surprise."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A thesis with the finding that carries it and the words that it opens with."""

    thesis: Thesis
    carrier: Judgement | None
    """None where nothing stands out that a thesis is about."""

    facts: Mapping[str, Evidence]
    """Those of the finding and of the cast, and the hero."""

    opening: Said


def find_argument(
    judgements: Iterable[Judgement],
    cast: Mapping[str, Evidence],
    theses: Mapping[str, Thesis],
    seed: str,
) -> Argument:
    """The thesis that is worth most; the one with a plain opening where no rule of any
    thesis fires."""
    firing = {one.rule.name: one for one in judgements if one.fires}
    arguments = [
        (worth, argument)
        for name, thesis in theses.items()
        for rule in thesis.openings
        if rule in firing
        and (argument := _argue(thesis, rule, firing[rule], cast, seed))
        for worth in (_worth(name, thesis, firing[rule], seed),)
    ]
    if arguments:
        return max(arguments, key=lambda one: one[0])[1]
    plain = (
        _argue(thesis, PLAIN, None, cast, seed)
        for thesis in theses.values()
        if PLAIN in thesis.openings
    )
    return next(argument for argument in plain if argument is not None)


def choose(
    lines: Iterable[Line], facts: Mapping[str, Evidence], surprise: float, seed: str
) -> Line | None:
    """One of the lines that fit, by the listener's own figures; None where none does."""
    fitting = [line for line in lines if line.fits(facts, surprise)]
    return max(fitting, key=lambda line: draw(line.text, seed), default=None)


def _argue(
    thesis: Thesis,
    rule: str,
    carrier: Judgement | None,
    cast: Mapping[str, Evidence],
    seed: str,
) -> Argument | None:
    found = carrier.finding.facts if carrier else {}
    facts = with_hero({**cast, **found}, thesis.hero)
    surprise = carrier.surprise if carrier else 0.0
    line = choose(thesis.openings[rule], facts, surprise, seed)
    if line is None:
        return None
    opening = line.say(facts)
    said = [name for name in thesis.hero if facts.get(name) in opening.evidence]
    return Argument(thesis, carrier, with_hero(facts, said or thesis.hero), opening)


def _worth(name: str, thesis: Thesis, carrier: Judgement, seed: str) -> float:
    return min(carrier.surprise, MOST) + thesis.weight + VARIETY * draw(name, seed)
