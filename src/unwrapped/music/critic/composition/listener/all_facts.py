"""All facts about a listener that a line of a story may use."""

from collections.abc import Iterable

from unwrapped.music.critic.composition.cast import cast_of
from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.critic.composition.listener.amounts import amounts_of
from unwrapped.music.critic.composition.listener.coincidences import coincidences_of
from unwrapped.music.critic.composition.listener.name_words import titles_of
from unwrapped.music.critic.composition.listener.outside_top_ten import (
    outside_top_ten_of,
)
from unwrapped.music.critic.composition.listener.stretches import stretches_of
from unwrapped.music.critic.composition.listener.times import times_of
from unwrapped.music.critic.composition.listener.top_ten import charts_of
from unwrapped.music.critic.evidence import Unit, fact
from unwrapped.music.critic.weighing import Judgement
from unwrapped.music.profile.taste_profile import TasteProfile

COUNTED: frozenset[Unit] = frozenset({"plays", "days", "tracks", "artists", "sessions"})


def all_facts_of(profile: TasteProfile, judgements: Iterable[Judgement]) -> Facts:
    """The cast, totals, charts, artists outside the ten, times, titles, coincidences and
    stretches of time, and the facts of each rule as `rule_slot`, with its surprise as
    `rule_surprise`.

    Counts are also there without their unit: `a1_plays_n` is `46` where `a1_plays` is
    `46 plays`.
    """
    facts = {
        **cast_of(profile),
        **amounts_of(profile),
        **charts_of(profile),
        **outside_top_ten_of(profile),
        **times_of(profile),
        **titles_of(profile),
        **coincidences_of(profile),
        **stretches_of(profile),
    }
    for one in judgements:
        name = one.rule.name
        facts |= {f"{name}_{slot}": held for slot, held in one.finding.facts.items()}
        label = f"spreads from ordinary: {one.rule.claim}"
        facts[f"{name}_surprise"] = fact(label, one.surprise, "number")
    return facts | {
        f"{name}_n": fact(held.label, held.value, "number")
        for name, held in facts.items()
        if held.unit in COUNTED
    }
