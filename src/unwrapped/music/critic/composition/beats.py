"""The beats: what is said after the thesis, in which order, and in which words."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Said
from unwrapped.music.critic.composition.stock import Beats, Role, Thesis
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import Judgement, draw

PLACES: tuple[Role | None, ...] = ("absurd", "fact", "bond", None, "habit", "clock")
"""The roles in order; None is the exception to the thesis, past the middle."""

ANY: tuple[Role, ...] = ("bond", "fact", "absurd", "habit", "clock")
"""What stands in where a place has nothing of its own, in this order."""

MILD = 0.6
"""Where too few rules fire, milder findings follow down to this surprise."""

STRIKING, VARIETY = 1.5, 2.4
"""Beyond this surprise nothing is worth more: there the listener's own figures decide."""

SOME_NAME = 0.3
"""Added to the draw of a line with a name."""

SERVES, FRESH_NAME, LEADER, NAMELESS, MILDER = 0.7, 0.15, 0.25, -2.0, -3.0
"""Added to the worth of what proves the thesis, brings a name, one of the charts, has
none, does not fire."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A finding with its words."""

    judgement: Judgement
    said: Said
    worth: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A choice in its place."""

    choice: Choice
    role: Role
    is_exception: bool


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

    def choose(self, thesis: Thesis, ledger: Ledger) -> list[Placed]:
        """Up to six beats in the order of `PLACES`, none of them like another."""
        found: dict[int, Placed] = {}
        for place, role in enumerate(PLACES):
            rules = thesis.against if role is None else self._of(role)
            self._place(found, place, rules, thesis, ledger, is_exception=role is None)
        for role in ANY:
            for place in range(len(PLACES)):
                if place not in found:
                    self._place(found, place, self._of(role), thesis, ledger)
        return [found[place] for place in sorted(found)]

    def _of(self, role: Role) -> set[str]:
        return {name for name, beats in self._stock.items() if beats.role == role}

    def _place(
        self,
        found: dict[int, Placed],
        place: int,
        rules: Container[str],
        thesis: Thesis,
        ledger: Ledger,
        *,
        is_exception: bool = False,
    ) -> None:
        choices = [
            choice
            for one in self._judgements
            if one.rule.name in rules and (choice := self._word(one, thesis, ledger))
        ]
        best = max(choices, key=lambda choice: choice.worth, default=None)
        if best is not None:
            rule = best.judgement.rule
            ledger.enter(rule.family, best.said)
            role = self._stock[rule.name].role
            found[place] = Placed(best, role, is_exception)

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
        worth += self._naming(said, ledger)
        return Choice(judgement, said, worth)

    def _naming(self, said: Said, ledger: Ledger) -> float:
        """What the names of a text are worth: those that were not said yet, the leaders'
        most."""
        if not said.names:
            return NAMELESS
        fresh = said.names - ledger.names.keys()
        return FRESH_NAME * len(fresh) + LEADER * len(fresh & self._leaders)
