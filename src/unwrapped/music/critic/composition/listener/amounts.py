"""How much: totals, what is left of them for a day, and the next round number."""

from unwrapped.music.critic.composition.facts import Facts, facts_of
from unwrapped.music.profile.basis.hours_played import shows_hours
from unwrapped.music.profile.diversity import Diversity
from unwrapped.music.profile.taste import TasteProfile

MINUTES, HOURS = 60, 24


def amounts_of(profile: TasteProfile) -> Facts:
    """Totals and amounts a day."""
    volume, sessions = profile.volume, profile.sessions
    silent = volume.days - volume.active_days
    facts = facts_of(
        plays=("plays", volume.plays, "plays"),
        artists=("artists with a play", volume.artists, "artists"),
        tracks=("tracks with a play", volume.tracks, "tracks"),
        days=("days with a play", volume.active_days, "days"),
        span=("days from the first to the last", volume.days, "days"),
        silent=("days without a play", silent, "days"),
        active_share=("share of days with a play", profile.days.active_share, "share"),
        first_day=("first day", volume.first_day, "day"),
        last_day=("last day", volume.last_day, "day"),
        plays_a_day=("plays on a day with one, on average", volume.plays / volume.active_days, "number"),
        plays_a_track=("plays of a track, on average", volume.plays / volume.tracks, "number"),
        tracks_an_artist=("tracks of an artist, on average", volume.tracks / volume.artists, "number"),
        sittings=("sessions", sessions.count, "sessions"),
        sittings_a_day=("sessions on a day with one, on average", sessions.count / volume.active_days, "number"),
    )  # fmt: skip
    facts |= _to_round(volume.plays)
    facts |= _once("once", "artists", profile.artists)
    facts |= _once("single", "tracks", profile.tracks)
    if volume.hours is not None and shows_hours([volume]):
        minutes = volume.hours * MINUTES
        facts |= facts_of(
            hours=("hours of listening", volume.hours, "hours"),
            minutes_a_day=("minutes of listening on a day with a play, on average", minutes / volume.active_days, "minutes"),
            whole_days=("hours of listening as days of twenty-four hours", volume.hours / HOURS, "days"),
        )  # fmt: skip
    return facts


def _to_round(plays: int) -> Facts:
    """The next thousand, below a thousand the next hundred, and what is missing to it."""
    step = 1_000 if plays >= 1_000 else 100
    number = -(-plays // step) * step
    return facts_of(
        short=("plays missing to the next round number", number - plays, "plays"),
        round=("that round number", number, "number"),
        over=("plays over the round number before it", plays - number + step, "plays"),
        last_round=("round number before it", number - step, "number"),
    )


def _once(name: str, unit: str, spread: Diversity) -> Facts:
    count = round(spread.once_share * spread.richness)
    return facts_of({
            name: (f"{unit} with one play", count, "number"),
            f"{name}_share": (f"share of {unit} with one play", spread.once_share, "share"),
            f"half_{unit}": (f"the fewest {unit} that have half of the plays", spread.half, "number"),
            f"top10_{unit}_share": (f"share of the plays of ten {unit} with the most", spread.top10_share, "share"),
        }
    )  # fmt: skip
