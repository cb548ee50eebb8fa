"""The beats: what is said after the thesis, in which order, and in which words."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Said
from unwrapped.music.critic.composition.stock import Beats, Role, Thesis
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import Judgement, draw

EXCEPTION = "exception"

PLACES: tuple[Role | Literal["exception"], ...] = (
    "absurd", "fact", "bond", "exception", "habit", "clock",
)  # fmt: skip
"""What is looked for, in this order: a finding of each role, and one that is an exception
to the thesis."""

ANY: tuple[Role, ...] = ("bond", "fact", "absurd", "habit", "clock")
"""What stands in where a place has nothing of its own, in this order."""

MILD = 0.6
"""Where too few rules fire, milder findings follow down to this surprise."""

STRIKING, VARIETY = 1.5, 2.4
"""Beyond this surprise nothing is worth more: there the listener's own figures decide."""

SOME_NAME = 0.3
"""Added to the draw of a line with a name."""

COMMON = frozenset({"moments"})
COMMONPLACE = -0.6
"""Added to the worth of what everybody has: a first play, a last one, a round number."""

SERVES, FRESH_NAME, LEADER, NAMELESS, MILDER = 0.7, 0.15, 0.25, -2.0, -3.0
"""Added to the worth of what proves the thesis, brings a name, one of the charts, has
none, does not fire."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A finding with its words."""

    judgement: Judgement
    said: Said
    role: str
    """That of its rule, or `exception`."""

    worth: float


class Selection:
    """Chooses beats one after another; each is entered in what was said."""

    def __init__(
        self,
        judgements: Iterable[Judgement],
        stock: Mapping[str, Beats],
        cast: Mapping[str, Evidence],
        leaders: frozenset[str],
        seed: str,
    ) -> None:
        self._judgements = [
            one for one in judgements if one.surprise >= MILD and one.rule.name in stock
        ]
        self._stock, self._cast, self._seed = stock, cast, seed
        self._leaders = leaders

    def choose(self, thesis: Thesis, ledger: Ledger) -> dict[str, Choice]:
        """A finding for each of `PLACES`, none of them like another."""
        found: dict[str, Choice] = {}
        for place in PLACES:
            rules = thesis.against if place == EXCEPTION else self._of(place)
            if best := self._best(rules, thesis, ledger):
                exceptional = place == EXCEPTION
                found[place] = replace(best, role=EXCEPTION) if exceptional else best
        for role in ANY:
            for place in PLACES:
                if place not in found and (
                    best := self._best(self._of(role), thesis, ledger)
                ):
                    found[place] = best
        return found

    def _of(self, role: str) -> set[str]:
        return {name for name, beats in self._stock.items() if beats.role == role}

    def _best(
        self, rules: Container[str], thesis: Thesis, ledger: Ledger
    ) -> Choice | None:
        """The finding of some rules that is worth most; it is entered."""
        choices = [
            choice
            for one in self._judgements
            if one.rule.name in rules and (choice := self._word(one, thesis, ledger))
        ]
        best = max(choices, key=lambda choice: choice.worth, default=None)
        if best is not None:
            ledger.enter(best.judgement.rule.family, best.said)
        return best

    def _word(
        self, judgement: Judgement, thesis: Thesis, ledger: Ledger
    ) -> Choice | None:
        """The finding in one of its lines that say nothing twice."""
        facts = {**self._cast, **judgement.finding.facts}
        rule = judgement.rule
        wordings = [
            (draw(line.text, self._seed) + SOME_NAME * bool(said.names), said)
            for line in self._stock[rule.name].lines
            if line.fits(facts, judgement.surprise)
            and ledger.adds(rule.family, said := line.say(facts))
        ]
        if not wordings:
            return None
        _, said = max(wordings, key=lambda one: one[0])
        worth = min(judgement.surprise, STRIKING)
        worth += VARIETY * draw(rule.name, self._seed)
        worth += SERVES * (rule.name in thesis.serves)
        worth += MILDER * (not judgement.fires)
        worth += COMMONPLACE * (rule.family in COMMON)
        worth += self._naming(said, ledger)
        return Choice(judgement, said, self._stock[rule.name].role, worth)

    def _naming(self, said: Said, ledger: Ledger) -> float:
        """What the names of a text are worth: those that were not said yet, the leaders'
        most."""
        if not said.names:
            return NAMELESS
        fresh = said.names - ledger.names.keys()
        return FRESH_NAME * len(fresh) + LEADER * len(fresh & self._leaders)
