"""Rules about the ten most played artists and tracks: leads, and days with plays."""

from unwrapped.music.critic.base_rates import top_ten as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_PLAYS = 30
FEWEST_ACTIVE_DAYS = 60


def _track_lead(profile: TasteProfile) -> Finding | None:
    tracks = profile.charts.tracks
    if len(tracks) < 2 or tracks[0].plays < FEWEST_PLAYS:
        return None
    one, other = tracks[:2]
    ratio = one.plays / other.plays
    return Finding(
        ratio,
        {
            "title": fact("most played track", one.title, "title"),
            "artist": fact("artist of that track", one.artist, "artist"),
            "plays": fact("plays of that track", one.plays, "plays"),
            "next": fact("next track", other.title, "title"),
            "other_plays": fact("plays of the next track", other.plays, "number"),
            "ratio": fact("ratio of the first to the next", ratio, "ratio"),
        },
    )


def _days_of_track(profile: TasteProfile) -> Finding | None:
    tracks = profile.charts.tracks
    if not tracks or tracks[0].plays < FEWEST_PLAYS:
        return None
    top = tracks[0]
    return Finding(
        top.days / top.plays,
        {
            "title": fact("most played track", top.title, "title"),
            "artist": fact("artist of that track", top.artist, "artist"),
            "plays": fact("plays of that track", top.plays, "plays"),
            "days": fact("days with a play of that track", top.days, "days"),
        },
    )


def _days_of_track_of_many(profile: TasteProfile) -> Finding | None:
    """None if the track has few days because there are few days with music."""
    found = _days_of_track(profile)
    if found is None or 2 * profile.charts.tracks[0].days > profile.volume.active_days:
        return None
    return found


def _regular(profile: TasteProfile) -> Finding | None:
    active = profile.volume.active_days
    if not profile.charts.artists or active < FEWEST_ACTIVE_DAYS:
        return None
    most = max(profile.charts.artists, key=lambda artist: artist.days)
    return Finding(
        most.days / active,
        {
            "artist": fact("artist of the ten on the most days", most.artist, "artist"),
            "days": fact("days with a play of that artist", most.days, "number"),
            "of": fact("days with a play", active, "days"),
            "title": fact("most played track of that artist", most.best_title, "title"),
        },
    )


TOP_TEN: tuple[Rule, ...] = (
    Rule(
        name="landslide_track",
        family="devotion",
        claim="The first track has many times the plays of the next one.",
        side="high",
        base_rate=base_rates.TRACK_LEAD,
        find=_track_lead,
    ),
    Rule(
        name="binge_track",
        family="devotion",
        claim="The first track got its plays on few days.",
        side="low",
        base_rate=base_rates.DAYS_OF_TRACK,
        find=_days_of_track_of_many,
    ),
    Rule(
        name="drip_track",
        family="devotion",
        claim="The first track got its plays on very many days.",
        side="high",
        base_rate=base_rates.DAYS_OF_TRACK,
        find=_days_of_track,
    ),
    Rule(
        name="daily_artist",
        family="charts",
        claim="One artist is played on very many days.",
        side="high",
        base_rate=base_rates.DAYS_OF_ARTIST,
        find=_regular,
    ),
)
