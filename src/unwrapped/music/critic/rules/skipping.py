"""Rules about skipping tracks and playing them to the end."""

from unwrapped.music.critic.base_rates import skipping as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_LISTENS = 200
MOST_FINISHED = 0.5
MOST_SHORT = 0.15


def _skips(profile: TasteProfile) -> Finding | None:
    endings = profile.endings
    if endings is None or endings.known_listens < FEWEST_LISTENS:
        return None
    skips = round(endings.skip_share * endings.known_listens)
    finished = round(endings.finished_share * endings.known_listens)
    return Finding(
        endings.skip_share,
        {
            "skipped": fact(
                "share of listens broken off within 30 seconds",
                endings.skip_share,
                "share",
            ),
            "finished": fact(
                "share of listens that reached the end", endings.finished_share, "share"
            ),
            "listens": fact(
                "listens with a known end", endings.known_listens, "listens"
            ),
            "count": fact("listens broken off within 30 seconds", skips, "number"),
            "heard": fact("listens that reached the end", finished, "number"),
            "limit": fact("broken off within", 0.5, "minutes", text="30 seconds"),
        },
    )


def _short_listens(profile: TasteProfile) -> Finding | None:
    lengths = profile.lengths
    if lengths is None or lengths.known_listens < FEWEST_LISTENS:
        return None
    count = round(lengths.under_30s_share * lengths.known_listens)
    return Finding(
        lengths.under_30s_share,
        {
            "short": fact(
                "share of listens under 30 seconds", lengths.under_30s_share, "share"
            ),
            "listens": fact(
                "listens of known length", lengths.known_listens, "listens"
            ),
            "count": fact("listens under 30 seconds", count, "number"),
            "limit": fact("shorter than", 0.5, "minutes", text="30 seconds"),
        },
    )


def _finished(profile: TasteProfile) -> Finding | None:
    found = _skips(profile)
    if found is None or profile.endings is None:
        return None
    return Finding(profile.endings.finished_share, found.facts)


def _patience(profile: TasteProfile) -> Finding | None:
    endings, lengths = profile.endings, profile.lengths
    if endings is None or endings.finished_share < MOST_FINISHED:
        return None
    if lengths is None or lengths.under_30s_share > MOST_SHORT:
        return None
    return _skips(profile)


SKIPPING: tuple[Rule, ...] = (
    Rule(
        name="skipper",
        family="attention",
        claim="Many listens are broken off within 30 seconds.",
        side="high",
        base_rate=base_rates.EARLY_ENDS,
        find=_skips,
    ),
    Rule(
        name="patient",
        family="attention",
        claim="Hardly any listen is broken off early.",
        side="low",
        base_rate=base_rates.EARLY_ENDS,
        find=_patience,
    ),
    Rule(
        name="unfinished",
        family="attention",
        claim="Few listens reach the end of the track.",
        side="low",
        base_rate=base_rates.FINISHED,
        find=_finished,
    ),
    Rule(
        name="finisher",
        family="attention",
        claim="Very many listens reach the end of the track.",
        side="high",
        base_rate=base_rates.FINISHED,
        find=_finished,
    ),
    Rule(
        name="half_minute",
        family="attention",
        claim="Very many listens last less than 30 seconds.",
        side="high",
        base_rate=base_rates.SHORT_LISTENS,
        find=_short_listens,
    ),
)
