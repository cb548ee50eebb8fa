"""Rules about how plays are spread over artists."""

from unwrapped.music.critic.base_rates import spread as base_rates
from unwrapped.music.critic.evidence import AS_VARIED, Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_ARTISTS = 20


def _spread(profile: TasteProfile) -> dict[str, Evidence]:
    artists, chart = profile.artists, profile.charts.artists
    ten = min(10, artists.richness)
    facts = {
        "artists": fact("artists with a play", artists.richness, "artists"),
        "richness": fact("artists with a play", artists.richness, "number"),
        "effective": fact(AS_VARIED, artists.effective, "artists"),
        "half": fact("fewest artists with 50% of the plays", artists.half, "artists"),
        "few": fact("fewest artists with 50% of the plays", artists.half, "number"),
        "fifty": fact("half of the plays", 0.5, "share"),
        "ten": fact("artists in the lead", ten, "artists"),
        "rest": fact("artists beyond these", artists.richness - ten, "number"),
        "ten_share": fact(
            "share of plays of the ten most played", artists.top10_share, "share"
        ),
        "gini": fact("Gini coefficient of plays per artist", artists.gini, "number"),
    }
    if chart:
        top, last = chart[0], chart[-1]
        facts |= {
            "artist": fact("most played artist", top.artist, "artist"),
            "plays": fact("plays of the most played artist", top.plays, "plays"),
            "share": fact(
                "share of plays of the most played artist", top.share, "share"
            ),
        }
        if 2 * last.plays >= top.plays:  # close enough to be called so
            facts["last"] = fact(
                "last of the ten most played artists", last.artist, "artist"
            )
            facts["last_plays"] = fact(
                "plays of the last of the ten", last.plays, "plays"
            )
    return facts


def _top(profile: TasteProfile) -> Finding | None:
    chart = profile.charts.artists
    return Finding(chart[0].share, _spread(profile)) if chart else None


def _lead(profile: TasteProfile) -> Finding | None:
    chart = profile.charts.artists
    if len(chart) < 2:
        return None
    top, next_ = chart[:2]
    ratio = top.plays / next_.plays
    return Finding(
        ratio,
        {
            "artist": fact("most played artist", top.artist, "artist"),
            "plays": fact("plays of the most played artist", top.plays, "plays"),
            "other": fact("next artist", next_.artist, "artist"),
            "other_plays": fact("plays of the next artist", next_.plays, "plays"),
            "ratio": fact("ratio of the first to the next", ratio, "ratio"),
        },
    )


def _gini_of_many(profile: TasteProfile) -> Finding | None:
    if profile.artists.richness < FEWEST_ARTISTS:
        return None
    return Finding(profile.artists.gini, _spread(profile))


BREADTH: tuple[Rule, ...] = (
    Rule(
        name="small_circle",
        family="spread",
        claim="The plays go to few artists.",
        side="low",
        base_rate=base_rates.BREADTH,
        find=lambda p: Finding(p.artists.effective, _spread(p)),
    ),
    Rule(
        name="crowd",
        family="spread",
        claim="The plays go to very many artists.",
        side="high",
        base_rate=base_rates.BREADTH,
        find=lambda p: Finding(p.artists.effective, _spread(p)),
    ),
    Rule(
        name="monarch",
        family="spread",
        claim="One artist has an unusual share of all plays.",
        side="high",
        base_rate=base_rates.TOP_ARTIST,
        find=_top,
    ),
    Rule(
        name="nobody_leads",
        family="spread",
        claim="The most played artist has a small share of the plays.",
        side="low",
        base_rate=base_rates.TOP_ARTIST,
        find=_top,
    ),
    Rule(
        name="landslide",
        family="rivals",
        claim="The first artist has many times the plays of the next one.",
        side="high",
        base_rate=base_rates.LEAD,
        find=_lead,
    ),
    Rule(
        name="equal_shares",
        family="spread",
        claim="Plays are spread unusually evenly over the artists.",
        side="low",
        base_rate=base_rates.GINI,
        find=_gini_of_many,
    ),
    Rule(
        name="winner_takes_it",
        family="portions",
        claim="Plays are spread unusually unevenly over the artists.",
        side="high",
        base_rate=base_rates.GINI,
        find=_gini_of_many,
    ),
)
