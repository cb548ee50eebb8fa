"""Rules about the edge of the charts: artists and tracks that missed the ten by little."""

from unwrapped.music.critic.base_rates import top_ten as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

CHART = 10
FEWEST_PLAYS = 20
CLOSE = 0.06


def _edge(plays: int, missed: int, names: dict[str, Evidence]) -> Finding | None:
    """The finding about a close eleventh place: the gap as a share of the plays of the
    tenth."""
    gap = plays - missed
    if plays < FEWEST_PLAYS or not missed or gap > CLOSE * plays:
        return None
    facts = {
        "plays": fact("plays of the tenth", plays, "number"),
        "missed": fact("plays of the eleventh", missed, "number"),
        "ten": fact("places at the top", CHART, "number"),
    }
    if gap:
        facts["gap"] = fact("plays between the tenth and the eleventh", gap, "plays")
    else:
        facts["level"] = fact("plays that each of them has", plays, "plays")
    return Finding(gap / plays, names | facts)


def _edge_of_artists(profile: TasteProfile) -> Finding | None:
    charts = profile.charts
    if len(charts.artists) < CHART:
        return None
    names = {
        "inside": fact("tenth artist by plays", charts.artists[-1].artist, "artist"),
        "outside": fact("eleventh artist by plays", charts.next_artist, "artist"),
    }
    return _edge(charts.artists[-1].plays, charts.next_artist_plays, names)


def _edge_of_tracks(profile: TasteProfile) -> Finding | None:
    charts = profile.charts
    if len(charts.tracks) < CHART:
        return None
    last = charts.tracks[-1]
    names = {
        "inside": fact("tenth track by plays", last.title, "title"),
        "by": fact("artist of the tenth track", last.artist, "artist"),
        "outside": fact("eleventh track by plays", charts.next_title, "title"),
        "other_by": fact(
            "artist of the eleventh track", charts.next_track_artist, "artist"
        ),
    }
    return _edge(last.plays, charts.next_track_plays, names)


CHART_EDGE: tuple[Rule, ...] = (
    Rule(
        name="edge_artist",
        family="rivals",
        claim="An artist missed the ten by very little.",
        side="low",
        base_rate=base_rates.EDGE,
        find=_edge_of_artists,
    ),
    Rule(
        name="edge_track",
        family="rivals",
        claim="A track missed the ten by very little.",
        side="low",
        base_rate=base_rates.EDGE,
        find=_edge_of_tracks,
    ),
)
