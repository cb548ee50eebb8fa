"""Rules about the leading artists of hours of the day."""

from unwrapped.music.critic.base_rates import leaders_by_time as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.times.leaders_by_time import STRETCH, Daypart, quietest
from unwrapped.music.profile.times.rhythm import EVENING, MORNING, NIGHT, OFFICE

FEWEST_IN_PART = 50
FEWEST_OF_LEADER = 8
QUIET_LEADER = 4


def hours(first: int, last: int) -> dict[str, Evidence]:
    """The first and the last hour of a time."""
    return {
        "first": fact("time from", first, "clock"),
        "last": fact("time to", last, "clock"),
    }


def holder(part: Daypart, when: str = "in these hours") -> dict[str, Evidence]:
    """The artist and the track with the most plays at a time."""
    return {
        "artist": fact(f"artist with the most plays {when}", part.artist, "artist"),
        "inside": fact(f"plays of that artist {when}", part.artist_plays, "plays"),
        "plays": fact(f"plays {when}", part.plays, "plays"),
        "of": fact(f"all plays {when}", part.plays, "number"),
        "share": fact(
            f"share of that artist {when}", part.artist_plays / part.plays, "share"
        ),
        "title": fact(f"track with the most plays {when}", part.title, "title"),
        "by": fact("artist of that track", part.track_artist, "artist"),
        "track_plays": fact(f"plays of that track {when}", part.track_plays, "plays"),
    }


def held(part: Daypart | None) -> Daypart | None:
    """The part if it and its leader have enough plays; None if not."""
    if part is None or part.plays < FEWEST_IN_PART:
        return None
    return part if part.artist_plays >= FEWEST_OF_LEADER else None


def lead(
    profile: TasteProfile, part: Daypart | None, when: str = "in these hours"
) -> Finding | None:
    """The finding about an artist who leads a time in place of the most played one."""
    part, artists = held(part), profile.charts.artists
    if part is None or not artists or part.artist == artists[0].artist:
        return None
    facts = holder(part, when) | {
        "favourite": fact("most played artist", artists[0].artist, "artist"),
        "favourite_plays": fact(
            "plays of the most played artist", artists[0].plays, "plays"
        ),
        "favourite_inside": fact(
            f"plays of the most played artist {when}", part.first_plays, "plays"
        ),
    }
    return Finding(part.artist_plays / max(part.first_plays, 1), facts)


def _lead_in(
    profile: TasteProfile, part: Daypart | None, first: int, last: int
) -> Finding | None:
    found = lead(profile, part)
    return found and Finding(found.value, found.facts | hours(first, last))


def two_leads(
    one: Daypart | None, other: Daypart | None, when: tuple[str, str]
) -> Finding | None:
    """The finding about two parts with different leaders, by the smaller share of the
    two."""
    one, other = held(one), held(other)
    if one is None or other is None or one.artist == other.artist:
        return None
    return Finding(
        min(one.artist_plays / one.plays, other.artist_plays / other.plays),
        {
            "artist": fact(
                f"artist with the most plays {when[0]}", one.artist, "artist"
            ),
            "inside": fact(
                f"plays of that artist {when[0]}", one.artist_plays, "plays"
            ),
            "other": fact(
                f"artist with the most plays {when[1]}", other.artist, "artist"
            ),
            "other_inside": fact(
                f"plays of that artist {when[1]}", other.artist_plays, "plays"
            ),
        },
    )


def _night_and_morning(profile: TasteProfile) -> Finding | None:
    parts = profile.dayparts
    found = two_leads(parts.night, parts.morning, ("at night", "in the early morning"))
    if found is None:
        return None
    facts = {
        **hours(*NIGHT),
        "dawn": fact("early morning begins", MORNING[0], "clock"),
        "end": fact("early morning ends", MORNING[1], "clock"),
    }
    return Finding(found.value, found.facts | facts)


def _quiet_owner(profile: TasteProfile) -> Finding | None:
    part = profile.dayparts.quiet
    if part is None or part.artist_plays < QUIET_LEADER:
        return None
    first = quietest(profile.clock.hours)
    facts = {
        "first": fact("quietest three hours begin", first, "clock"),
        "last": fact("quietest three hours end", (first + STRETCH) % 24, "clock"),
    }
    return Finding(part.artist_plays / part.plays, holder(part) | facts)


def _peak_owner(profile: TasteProfile) -> Finding | None:
    part = held(profile.dayparts.peak)
    if part is None:
        return None
    return Finding(part.artist_plays / part.plays, holder(part) | peak(profile))


def peak(profile: TasteProfile) -> dict[str, Evidence]:
    hour = profile.clock.peak_hour
    return {
        "hour": fact("hour with the most plays begins", hour, "clock"),
        "end": fact("that hour ends", hour + 1, "clock"),
    }


def _office_lead(profile: TasteProfile) -> Finding | None:
    found = _lead_in(profile, profile.dayparts.office, *OFFICE)
    workdays = {"workdays": fact("working days", "Monday to Friday", "weekday")}
    return found and Finding(found.value, found.facts | workdays)


def _track_of(part: Daypart | None, first: int, last: int) -> Finding | None:
    part = held(part)
    if part is None or part.track_plays < FEWEST_OF_LEADER:
        return None
    return Finding(part.track_plays / part.plays, holder(part) | hours(first, last))


DAYPARTS: tuple[Rule, ...] = (
    Rule(
        name="night_lead",
        family="hours",
        claim="Another artist than the most played one leads the night.",
        side="high",
        base_rate=base_rates.NIGHT_LEAD,
        find=lambda p: _lead_in(p, p.dayparts.night, *NIGHT),
    ),
    Rule(
        name="morning_lead",
        family="hours",
        claim="Another artist than the most played one leads the early morning.",
        side="high",
        base_rate=base_rates.MORNING_LEAD,
        find=lambda p: _lead_in(p, p.dayparts.morning, *MORNING),
    ),
    Rule(
        name="evening_lead",
        family="hours",
        claim="Another artist than the most played one leads the evening.",
        side="high",
        base_rate=base_rates.EVENING_LEAD,
        find=lambda p: _lead_in(p, p.dayparts.evening, *EVENING),
    ),
    Rule(
        name="office_lead",
        family="hours",
        claim="Another artist than the most played one leads the office hours.",
        side="high",
        base_rate=base_rates.OFFICE_LEAD,
        find=_office_lead,
    ),
    Rule(
        name="night_and_morning",
        family="hours",
        claim="Night and early morning have different leading artists.",
        side="high",
        base_rate=base_rates.NIGHT_AND_MORNING,
        find=_night_and_morning,
    ),
    Rule(
        name="quiet_owner",
        family="hours",
        claim="One artist has a large share of the quietest hours.",
        side="high",
        base_rate=base_rates.QUIET_OWNER,
        find=_quiet_owner,
    ),
    Rule(
        name="peak_owner",
        family="hours",
        claim="One artist has a large share of the fullest hour.",
        side="high",
        base_rate=base_rates.PEAK_OWNER,
        find=_peak_owner,
    ),
    Rule(
        name="night_track",
        family="hours",
        claim="One track has a large share of the plays at night.",
        side="high",
        base_rate=base_rates.NIGHT_TRACK,
        find=lambda p: _track_of(p.dayparts.night, *NIGHT),
    ),
    Rule(
        name="morning_track",
        family="hours",
        claim="One track has a large share of the plays in the early morning.",
        side="high",
        base_rate=base_rates.MORNING_TRACK,
        find=lambda p: _track_of(p.dayparts.morning, *MORNING),
    ),
)
