"""Chooses the findings that accompany a text, and their wordings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.critic.composition.already_said import AlreadySaid
from unwrapped.music.critic.composition.line import Said
from unwrapped.music.critic.composition.stock import Beats
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.seeded_draws import draw
from unwrapped.music.critic.weighing import Judgement

MILD = 0.6
"""If too few rules fire, milder findings follow, down to this surprise."""

STRIKING, VARIETY = 1.5, 2.4
"""Surprise beyond `STRIKING` adds no worth: from there on draws of up to `VARIETY`, made from
the listener's own figures, decide."""

SOME_NAME = 0.3
"""Added to the draw of a line that contains a name."""

COMMON = frozenset({"moments", "order", "names", "sittings"})
COMMONPLACE = -0.9
"""Added to the worth of findings that everybody has: a first play, a last one, a shortest
title, an album that leads, the number of sessions."""

FRESH_NAME, LEADER, NAMELESS, MILDER = 0.15, 0.25, -2.0, -3.0
"""Added to the worth of a finding for each new name, for each new name of the charts, if it has
no name, and if its rule does not fire."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A finding with its wording and its worth."""

    judgement: Judgement
    said: Said
    worth: float


class Selection:
    """Chooses findings one after another and records each as already said."""

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

    def best(self, earlier: AlreadySaid) -> Choice | None:
        """Choose the finding with the highest worth and enter it as already said; None if
        none is left."""
        choices = [
            choice
            for one in self._judgements
            if (choice := self._word(one, earlier)) is not None
        ]
        best = max(choices, key=lambda choice: choice.worth, default=None)
        if best is not None:
            earlier.enter(best.judgement.rule.family, best.said)
        return best

    def _word(self, judgement: Judgement, earlier: AlreadySaid) -> Choice | None:
        """The finding in the best of its lines that repeat nothing; None if there is
        none."""
        facts = {**self._cast, **judgement.finding.facts}
        rule = judgement.rule
        wordings = [
            (draw(line.text, self._seed) + SOME_NAME * bool(said.names), said)
            for line in self._stock[rule.name].lines
            if line.fits(facts, judgement.surprise)
            and earlier.adds(rule.family, said := line.say(facts))
        ]
        if not wordings:
            return None
        _, said = max(wordings, key=lambda one: one[0])
        worth = min(judgement.surprise, STRIKING)
        worth += VARIETY * draw(rule.name, self._seed)
        worth += MILDER * (not judgement.fires)
        worth += COMMONPLACE * (rule.family in COMMON)
        worth += self._naming(said, earlier)
        return Choice(judgement, said, worth)

    def _naming(self, said: Said, earlier: AlreadySaid) -> float:
        """The worth of the names of a text: only new names count, those of the charts
        most."""
        if not said.names:
            return NAMELESS
        fresh = said.names - earlier.names.keys()
        return FRESH_NAME * len(fresh) + LEADER * len(fresh & self._leaders)
