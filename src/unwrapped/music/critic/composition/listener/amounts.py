"""Facts about amounts: totals, their averages per day, and the next round number."""

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.profile.diversity import Diversity
from unwrapped.music.profile.taste_profile import TasteProfile

MINUTES, HOURS = 60, 24


def amounts_of(profile: TasteProfile) -> Facts:
    """Totals, and averages per day, track and artist."""
    volume, sessions = profile.volume, profile.sessions
    silent = volume.days - volume.active_days
    facts = facts_of(
        plays=("plays", volume.plays, "plays"),
        artists=("artists with a play", volume.artists, "artists"),
        tracks=("tracks with a play", volume.tracks, "tracks"),
        days=("days with a play", volume.active_days, "days"),
        span=("days from the first to the last day", volume.days, "days"),
        silent=("days without a play", silent, "days"),
        active_share=("share of days with a play", profile.days.active_share, "share"),
        first_day=("first day of the period", volume.first_day, "day"),
        last_day=("last day of the period", volume.last_day, "day"),
        plays_a_day=("plays on an average day with a play", volume.plays / volume.active_days, "number"),
        plays_a_track=("average plays of a track", volume.plays / volume.tracks, "number"),
        tracks_an_artist=("average number of tracks of an artist", volume.tracks / volume.artists, "number"),
        sittings=("sessions", sessions.count, "sessions"),
        sittings_a_day=("sessions on an average day with a play", sessions.count / volume.active_days, "number"),
    )  # fmt: skip
    facts |= _to_round(volume.plays)
    facts |= _once("once", "artists", profile.artists)
    facts |= _once("single", "tracks", profile.tracks)
    if volume.hours is not None and shows_hours([volume]):
        minutes = volume.hours * MINUTES
        facts |= facts_of(
            hours=("hours of listening", volume.hours, "hours"),
            minutes_a_day=("minutes of listening on an average day with a play", minutes / volume.active_days, "minutes"),
            whole_days=("hours of listening, in days of 24 hours", volume.hours / HOURS, "days"),
        )  # fmt: skip
    return facts


def _to_round(plays: int) -> Facts:
    """The next round number (a thousand, or a hundred below 1,000), the last one, and
    the distances to them."""
    step = 1_000 if plays >= 1_000 else 100
    number = -(-plays // step) * step
    return facts_of(
        short=("plays missing to the next round number", number - plays, "plays"),
        round=("that round number", number, "number"),
        over=("plays over the last round number", plays - number + step, "plays"),
        last_round=("last round number", number - step, "number"),
    )


def _once(name: str, unit: str, spread: Diversity) -> Facts:
    count = round(spread.once_share * spread.richness)
    return facts_of({
            name: (f"{unit} with one play", count, "number"),
            f"{name}_share": (f"share of {unit} with one play", spread.once_share, "share"),
            f"half_{unit}": (f"fewest {unit} with half of the plays", spread.half, "number"),
            f"top10_{unit}_share": (f"share of plays of the ten most played {unit}", spread.top10_share, "share"),
        }
    )  # fmt: skip
