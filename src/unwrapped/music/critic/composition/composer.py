"""The composer: a situation, or an idea, what proves it, what does not fit, and an ending."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.critic.composition.beats import Choice, Selection
from unwrapped.music.critic.composition.cast import cast_of, leaders_of
from unwrapped.music.critic.composition.development import Topics, develop, lines_for
from unwrapped.music.critic.composition.dossier import dossiers_of
from unwrapped.music.critic.composition.ending import close, name_text
from unwrapped.music.critic.composition.facts import Facts
from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Said
from unwrapped.music.critic.composition.listener.portrait import portrait_of
from unwrapped.music.critic.composition.situations import find_rendering
from unwrapped.music.critic.composition.stock import Place, Stock, Topic, read_stock
from unwrapped.music.critic.composition.text import Step, Text, beat_of
from unwrapped.music.critic.composition.thesis import Argument, find_argument
from unwrapped.music.critic.judging import draw, fingerprint, weigh
from unwrapped.music.critic.verdict import CLOSING, Beat
from unwrapped.music.profile.taste import TasteProfile

EXCEPTION = "exception"

ORDER = ("proof", "depth", "about", "more", "other", "turn", EXCEPTION, "time")
"""The places of a text between its opening and its closing line."""

FEWEST = 5
"""How many of them are filled, at least."""

FINDINGS = 6

LINKED = 0.55
"""How many exceptions are announced."""

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Material:
    """What a text is made of."""

    argument: Argument
    facts: Facts
    """Those of the argument, and of the dossiers of its hero and day."""

    topics: Topics
    """What may be said of them."""

    heroes: frozenset[str]
    """Whom the text is about, as it is written."""


def compose(profile: TasteProfile) -> Text:
    """The text of a profile that is not small: of a situation, where one applies."""
    stock, seed = read_stock(), fingerprint(profile)
    cast, judgements = cast_of(profile), weigh(profile)
    selection = Selection(judgements, stock.beats, cast, leaders_of(profile), seed)
    facts = portrait_of(profile, judgements)
    rendering = find_rendering(stock.situations, facts, judgements, seed)
    if rendering is not None:
        return rendering.text(_findings(selection, rendering.situation.rests_on))
    argument = find_argument(judgements, cast, stock.theses, seed)
    return _argue(stock, _material(stock, argument, profile), selection, seed)


def _argue(stock: Stock, material: Material, selection: Selection, seed: str) -> Text:
    """The text of a thesis, a development and findings."""
    argument, ledger = material.argument, Ledger(material.heroes)
    carrier = argument.carrier
    ledger.enter(carrier.rule.family if carrier else None, argument.opening)
    said = develop(argument.opening, material.topics, material.facts, ledger, seed)
    found = _find(selection, material, said.keys(), ledger)
    steps = _arrange(said, found, stock.shared.links, seed)
    titles = argument.thesis.titles, stock.shared.titles
    return Text(
        title=name_text(*titles, material.facts, seed),
        thesis=beat_of(Step("thesis", argument.opening, carrier)),
        beats=[
            *(beat_of(step) for step in steps),
            *_closing(stock, material, steps, seed),
        ],
        findings=[
            *found.values(),
            *_findings(selection, argument.thesis.serves, ledger, len(found)),
        ],
    )


def _arrange(
    said: Mapping[Place, Said],
    found: Mapping[str, Choice],
    links: list[str],
    seed: str,
) -> list[Step]:
    """What is said of the hero and what was found, in the order of the text."""
    steps: dict[str, Step] = {place: Step("fact", one) for place, one in said.items()}
    for place, one in found.items():
        role = EXCEPTION if place == EXCEPTION else one.role
        steps[place] = Step(role, one.said, one.judgement)
    return [_linked(steps[place], links, seed) for place in ORDER if place in steps]


def _material(stock: Stock, argument: Argument, profile: TasteProfile) -> Material:
    facts: Facts = dict(argument.facts)
    topics: dict[str, Topic] = {}
    for kind, more in dossiers_of(profile, argument.facts).items():
        if kind != "day" or argument.thesis.of_a_day:
            facts |= more
            topics |= stock.dossiers[kind]
    names = (facts[name] for name in ("hero", "its_artist") if name in facts)
    return Material(argument, facts, topics, frozenset(one.text for one in names))


def _find(
    selection: Selection,
    material: Material,
    said: Iterable[str],
    ledger: Ledger,
) -> dict[str, Choice]:
    """Findings by their places: one about the hero, one that does not fit, when it
    happens, and more where little was said."""
    thesis, places = material.argument.thesis, set(said)
    any_rule = selection.of_role("absurd", "bond", "fact", "habit", "clock")
    found: dict[str, Choice] = {}

    def take(
        place: str, *wanted: Container[str], names: frozenset[str] = NOBODY
    ) -> None:
        for rules in wanted:
            if place in found or place in places:
                return
            if (one := selection.best(rules, thesis.serves, ledger, names)) is not None:
                found[place] = one

    take("about", any_rule, names=material.heroes)
    take(EXCEPTION, set(thesis.against))
    for place in ("turn", "more", "time", "other", "depth", "proof"):
        if len(places) + len(found) < FEWEST:
            clock = selection.of_role("clock")
            take(place, clock if place == "time" else set(thesis.serves), any_rule)
    return found


def _findings(
    selection: Selection,
    serves: Container[str],
    ledger: Ledger | None = None,
    known: int = 0,
) -> list[Choice]:
    """What was found, until there are `FINDINGS` with the `known` ones."""
    rules = selection.of_role("absurd", "bond", "fact", "habit", "clock")
    ledger = ledger or Ledger()
    more = (selection.best(rules, serves, ledger) for _ in range(FINDINGS - known))
    return [one for one in more if one is not None]


def _linked(step: Step, links: list[str], seed: str) -> Step:
    """The step; most exceptions with a sentence before them that says so."""
    if step.role != EXCEPTION or draw("link", seed) > LINKED:
        return step
    link = max(links, key=lambda words: draw(words, seed))
    said = Said(f"{link} {step.said.text}", step.said.evidence)
    return Step(step.role, said, step.judgement)


def _closing(
    stock: Stock, material: Material, steps: Iterable[Step], seed: str
) -> list[Beat]:
    """The closing line, if there is one."""
    argument = material.argument
    before = [argument.opening, *(step.said for step in steps)]
    said = {fact.text for one in before for fact in one.evidence}
    own = (line for line, _ in lines_for("closing", material.topics))
    last = close(
        [*argument.thesis.closings, *own, *stock.shared.closings],
        material.facts,
        said,
        seed,
    )
    return [] if last is None else [beat_of(Step(CLOSING, last))]
