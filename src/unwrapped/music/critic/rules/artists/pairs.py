"""Rules about pairs of artists: played on the same days, or never."""

from unwrapped.music.critic.base_rates import pairs as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.artists.pairs import Pair
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_EXPECTED = 2
FEWEST_SHARED = 10


def _pair(pair: Pair) -> dict[str, Evidence]:
    return {
        "one": fact("one artist of the ten", pair.one, "artist"),
        "other": fact("another artist of the ten", pair.other, "artist"),
        "one_days": fact("days with a play of the one artist", pair.one_days, "days"),
        "other_days": fact(
            "days with a play of the other artist", pair.other_days, "days"
        ),
        "shared": fact("days with a play of both artists", pair.shared_days, "days"),
    }


def _strangers(profile: TasteProfile) -> Finding | None:
    pair = profile.company.strangers
    if pair is None or pair.expected_days < FEWEST_EXPECTED:
        return None
    return Finding(pair.expected_days, _pair(pair))


def _inseparable(profile: TasteProfile) -> Finding | None:
    pair = profile.company.inseparable
    if pair is None or pair.shared_days < FEWEST_SHARED:
        return None
    either = pair.one_days + pair.other_days - pair.shared_days
    facts = _pair(pair) | {
        "either": fact("days with a play of either artist", either, "days"),
        "both": fact("days with a play of both artists", pair.shared_days, "number"),
    }
    return Finding(pair.shared_days / either, facts)


PAIRS: tuple[Rule, ...] = (
    Rule(
        name="strangers",
        family="company",
        claim="Two of the top ten artists were never played on the same day.",
        side="high",
        base_rate=base_rates.APART,
        find=_strangers,
    ),
    Rule(
        name="inseparable",
        family="company",
        claim="Two of the top ten artists are very often played on the same days.",
        side="high",
        base_rate=base_rates.TOGETHER,
        find=_inseparable,
    ),
)
