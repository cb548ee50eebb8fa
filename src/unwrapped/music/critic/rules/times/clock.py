"""Rules about the hours of the day."""

from unwrapped.music.critic.base_rates import clock as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.artists.own_times import Haunt
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.times.leaders_by_time import (
    STRETCH,
    Daypart,
    Lead,
    quietest,
)
from unwrapped.music.profile.times.rhythm import EVENING, MORNING, NIGHT, OFFICE

FEWEST_PLAYS = 1_000
FEWEST_AT_HAUNT = 10


def leaders_at(
    part: Daypart | None, when: str = "in these hours"
) -> dict[str, Evidence]:
    """The artist and the track with the most plays at a time, if these are enough to
    name them."""
    if part is None or part.artist_plays < FEWEST_AT_HAUNT:
        return {}
    return {
        "leader": fact(f"artist with the most plays {when}", part.artist, "artist"),
        "leader_plays": fact(
            f"plays of that artist {when}", part.artist_plays, "plays"
        ),
        "title": fact(f"track with the most plays {when}", part.title, "title"),
        "by": fact("artist of that track", part.track_artist, "artist"),
        "track_plays": fact(f"plays of that track {when}", part.track_plays, "plays"),
    }


def leader_of(lead: Lead, when: str) -> dict[str, Evidence]:
    """The artist of a lead, if its plays are enough to name it."""
    if lead.plays < FEWEST_AT_HAUNT:
        return {}
    return {
        "leader": fact(f"artist with the most plays {when}", lead.artist, "artist"),
        "leader_plays": fact(f"plays of that artist {when}", lead.plays, "plays"),
    }


def _share_between(
    profile: TasteProfile,
    share: float,
    hours: tuple[int, int],
    part: Daypart | None,
    haunt: Haunt | None = None,
) -> Finding:
    first, last = hours
    facts = leaders_at(part) | {
        "share": fact("share of plays in these hours", share, "share"),
        "plays": fact(
            "plays in these hours", round(share * profile.volume.plays), "plays"
        ),
        "first": fact("time from", first, "clock"),
        "last": fact("time to", last, "clock"),
    }
    if haunt is not None and haunt.inside >= FEWEST_AT_HAUNT:
        facts["artist"] = fact(
            "artist with the highest share of plays in these hours",
            haunt.artist,
            "artist",
        )
        facts["inside"] = fact(
            "plays of that artist in these hours", haunt.inside, "plays"
        )
    return Finding(share, facts)


def _night(profile: TasteProfile) -> Finding:
    haunt, part = profile.company.night, profile.dayparts.night
    return _share_between(profile, profile.clock.night_share, NIGHT, part, haunt)


def _morning(profile: TasteProfile) -> Finding:
    haunt, part = profile.company.morning, profile.dayparts.morning
    return _share_between(profile, profile.clock.morning_share, MORNING, part, haunt)


def _office(profile: TasteProfile) -> Finding:
    part = profile.dayparts.office
    found = _share_between(profile, profile.clock.office_share, OFFICE, part)
    return Finding(found.value, found.facts | {"workdays": workdays()})


def _evening(profile: TasteProfile) -> Finding:
    part = profile.dayparts.evening
    return _share_between(profile, profile.clock.evening_share, EVENING, part)


def workdays() -> Evidence:
    """From Monday to Friday."""
    return fact("working days", "Monday to Friday", "weekday")


def _peak(profile: TasteProfile) -> Finding:
    clock = profile.clock
    hour = clock.peak_hour
    return Finding(
        clock.peak_share,
        {
            "hour": fact("hour with the most plays begins", hour, "clock"),
            "end": fact("that hour ends", hour + 1, "clock"),
            "share": fact("share of plays in that hour", clock.peak_share, "share"),
            "plays": fact("plays in that hour", clock.hours[hour], "plays"),
            "even": fact("share of an hour if all hours were alike", 1 / 24, "share"),
            **leaders_at(profile.dayparts.peak, "in that hour"),
        },
    )


def _flat(profile: TasteProfile) -> Finding | None:
    clock = profile.clock
    if not min(clock.hours):
        return None
    quiet = clock.hours.index(min(clock.hours))
    leads = profile.dayparts.hours
    return Finding(
        clock.effective_hours / 24,
        {
            "hour": fact("quietest hour begins", quiet, "clock"),
            "plays": fact("plays in the quietest hour", clock.hours[quiet], "plays"),
            "peak": fact("hour with the most plays begins", clock.peak_hour, "clock"),
            "most": fact(
                "plays in the fullest hour", clock.hours[clock.peak_hour], "plays"
            ),
            **(leader_of(leads[quiet], "in the quietest hour") if leads else {}),
        },
    )


def _empty(profile: TasteProfile) -> Finding | None:
    if profile.volume.plays < FEWEST_PLAYS:
        return None
    hours = profile.clock.hours
    first = quietest(hours)
    plays = sum((hours * 2)[first : first + STRETCH])
    share = plays / profile.volume.plays
    return Finding(
        share,
        {
            "first": fact("quietest three hours begin", first, "clock"),
            "last": fact("quietest three hours end", (first + STRETCH) % 24, "clock"),
            "plays": fact("plays in these three hours", plays, "plays"),
            "days": fact("days of the history", profile.volume.days, "days"),
            "peak": fact(
                "hour with the most plays begins", profile.clock.peak_hour, "clock"
            ),
            "most": fact("plays in the fullest hour", max(hours), "plays"),
            **leaders_at(profile.dayparts.peak, "in the fullest hour"),
        },
    )


CLOCK: tuple[Rule, ...] = (
    Rule(
        name="night_owl",
        family="hours",
        claim="Many plays are from midnight to five.",
        side="high",
        base_rate=base_rates.NIGHT,
        find=_night,
    ),
    Rule(
        name="early_bird",
        family="hours",
        claim="Many plays are from five to nine in the morning.",
        side="high",
        base_rate=base_rates.MORNING,
        find=_morning,
    ),
    Rule(
        name="office_hours",
        family="hours",
        claim="Many plays are in office hours on weekdays.",
        side="high",
        base_rate=base_rates.OFFICE,
        find=_office,
    ),
    Rule(
        name="evening_person",
        family="hours",
        claim="Many plays are from six in the evening to midnight.",
        side="high",
        base_rate=base_rates.EVENING,
        find=_evening,
    ),
    Rule(
        name="peak_hour",
        family="hours",
        claim="A single hour of the day holds an unusual share of the plays.",
        side="high",
        base_rate=base_rates.PEAK_HOUR,
        find=_peak,
    ),
    Rule(
        name="round_the_clock",
        family="hours",
        claim="The plays are spread almost evenly over the hours of the day.",
        side="high",
        base_rate=base_rates.EVEN_HOURS,
        find=_flat,
    ),
    Rule(
        name="empty_hours",
        family="hours",
        claim="Three hours of the day have almost no play.",
        side="low",
        base_rate=base_rates.EMPTY_HOURS,
        find=_empty,
    ),
)
