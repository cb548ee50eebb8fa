"""Rules about artists and tracks bound to one hour, and artists missing at some hours."""

from collections import Counter

from unwrapped.music.critic.base_rates import leaders_by_time as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.times.dayparts import hours, peak
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.times.leaders_by_time import TrackTime
from unwrapped.music.profile.times.rhythm import MORNING, NIGHT

FEWEST_IN_HOUR = 5
FEWEST_EXPECTED = 2
ENOUGH_PLAYS, ENOUGH_DAYS = 30, 10


def _absent(profile: TasteProfile, first: int, last: int) -> Finding | None:
    """The first artist of the ten without a play in these hours; the value is the
    number of days on which there would be some by chance."""
    counts = profile.dayparts.artist_hours
    usual = sum(profile.clock.hours[first:last])
    for artist, own in zip(profile.charts.artists, counts, strict=False):
        expected = artist.days * usual / profile.volume.plays
        if not sum(own[first:last]) and expected >= FEWEST_EXPECTED:
            return Finding(
                expected,
                {
                    "artist": fact("artist of the ten", artist.artist, "artist"),
                    "plays": fact("plays of that artist", artist.plays, "plays"),
                    "inside": fact("plays of that artist in these hours", 0, "plays"),
                    "usual": fact("plays in these hours", usual, "plays"),
                    "title": fact(
                        "most played track of that artist", artist.best_title, "title"
                    ),
                    **hours(first, last),
                },
            )
    return None


def _peak_absent(profile: TasteProfile) -> Finding | None:
    hour = profile.clock.peak_hour
    found = _absent(profile, hour, hour + 1)
    return found and Finding(found.value, found.facts | peak(profile))


def _hours_led(profile: TasteProfile) -> Finding | None:
    leads = profile.dayparts.hours
    led = Counter(one.artist for one in leads if one.plays >= FEWEST_IN_HOUR)
    if not led:
        return None
    artist, count = min(led.items(), key=lambda one: (-one[1], one[0]))
    others = [
        (one.plays, -hour, one.artist)
        for hour, one in enumerate(leads)
        if one.artist != artist and one.plays >= FEWEST_IN_HOUR
    ]
    facts = {
        "artist": fact(
            "artist with the most plays in the most hours", artist, "artist"
        ),
        "count": fact("hours of the day in which that artist leads", count, "number"),
        "hours": fact("hours of the day", len(leads), "hours"),
    }
    if others:
        plays, hour, other = max(others)
        facts |= {
            "other": fact(
                "other artist with the most plays in an hour", other, "artist"
            ),
            "other_plays": fact(
                "plays of the other artist in that hour", plays, "plays"
            ),
            "hour": fact("that hour begins", -hour, "clock"),
            "end": fact("that hour ends", 1 - hour, "clock"),
        }
    return Finding(count, facts)


def _hour_leaders(profile: TasteProfile) -> Finding | None:
    leads = [
        (one.plays, hour, one.artist)
        for hour, one in enumerate(profile.dayparts.hours)
        if one.plays >= FEWEST_IN_HOUR
    ]
    leaders = {artist for *_, artist in leads}
    if len(leaders) < 2:
        return None
    early, late = leads[0], next(one for one in leads[::-1] if one[2] != leads[0][2])
    return Finding(
        len(leaders),
        {
            "count": fact("artists that lead an hour", len(leaders), "number"),
            "leaders": fact("artists that lead an hour", len(leaders), "artists"),
            "artist": fact("leader of one hour", early[2], "artist"),
            "hour": fact("that hour begins", early[1], "clock"),
            "inside": fact("plays of that artist in that hour", early[0], "plays"),
            "other": fact("leader of another hour", late[2], "artist"),
            "late": fact("the other hour begins", late[1], "clock"),
            "other_inside": fact(
                "plays of that artist in the other hour", late[0], "plays"
            ),
        },
    )


def own_time(
    profile: TasteProfile, counts: list[list[int]], kind: str
) -> tuple[int, Finding] | None:
    """The artist of the ten with the highest share of plays at one time, and the index
    of that time in `counts`; `kind` is the word for such a time."""
    found = [
        (max(own) / artist.plays, artist, own)
        for artist, own in zip(profile.charts.artists, counts, strict=False)
        if artist.plays >= ENOUGH_PLAYS and artist.days >= ENOUGH_DAYS
    ]
    if not found:
        return None
    share, artist, own = max(found, key=lambda one: one[0])
    facts = {
        "artist": fact(
            f"artist of the ten with the highest share in one {kind}",
            artist.artist,
            "artist",
        ),
        "inside": fact(f"plays of that artist in that {kind}", max(own), "number"),
        "plays": fact("plays of that artist", artist.plays, "plays"),
        "share": fact("share of that artist's plays", share, "share"),
        "title": fact("most played track of that artist", artist.best_title, "title"),
    }
    return own.index(max(own)), Finding(share, facts)


def _hour(hour: int) -> dict[str, Evidence]:
    return {
        "hour": fact("that hour begins", hour, "clock"),
        "end": fact("that hour ends", hour + 1, "clock"),
    }


def _artist_hour(profile: TasteProfile) -> Finding | None:
    found = own_time(profile, profile.dayparts.artist_hours, "hour")
    if found is None:
        return None
    hour, finding = found
    return Finding(finding.value, finding.facts | _hour(hour))


def own_time_of_track(track: TrackTime | None, kind: str) -> Finding | None:
    """The finding about the track of the ten with the highest share of plays at one
    time."""
    if track is None:
        return None
    rest = track.plays - track.inside
    return Finding(
        track.inside / track.plays,
        {
            "title": fact(
                f"track of the ten with the highest share in one {kind}",
                track.title,
                "title",
            ),
            "artist": fact("artist of that track", track.artist, "artist"),
            "inside": fact(
                f"plays of that track in that {kind}", track.inside, "number"
            ),
            "plays": fact("plays of that track", track.plays, "plays"),
            "rest": fact(f"plays of that track in every other {kind}", rest, "number"),
        },
    )


def _track_hour(profile: TasteProfile) -> Finding | None:
    track = profile.dayparts.track_hour
    found = own_time_of_track(track, "hour")
    if found is None or track is None:
        return None
    return Finding(found.value, found.facts | _hour(track.time))


HOUR_ARTISTS: tuple[Rule, ...] = (
    Rule(
        name="night_absent",
        family="hours",
        claim="An artist of the ten is not played at night.",
        side="high",
        base_rate=base_rates.ABSENT,
        find=lambda p: _absent(p, *NIGHT),
    ),
    Rule(
        name="morning_absent",
        family="hours",
        claim="An artist of the ten is not played in the early morning.",
        side="high",
        base_rate=base_rates.ABSENT,
        find=lambda p: _absent(p, *MORNING),
    ),
    Rule(
        name="peak_absent",
        family="hours",
        claim="An artist of the ten is not played in the fullest hour.",
        side="high",
        base_rate=base_rates.ABSENT,
        find=_peak_absent,
    ),
    Rule(
        name="hours_led",
        family="hours",
        claim="One artist leads very many hours of the day.",
        side="high",
        base_rate=base_rates.HOURS_LED,
        find=_hours_led,
    ),
    Rule(
        name="hour_leaders",
        family="hours",
        claim="Very many artists lead an hour of the day.",
        side="high",
        base_rate=base_rates.HOUR_LEADERS,
        find=_hour_leaders,
    ),
    Rule(
        name="artist_hour",
        family="hours",
        claim="An artist of the ten has a large share of its plays in one hour of the day.",
        side="high",
        base_rate=base_rates.ARTIST_HOUR,
        find=_artist_hour,
    ),
    Rule(
        name="track_hour",
        family="hours",
        claim="A track of the ten has a large share of its plays in one hour of the day.",
        side="high",
        base_rate=base_rates.TRACK_HOUR,
        find=_track_hour,
    ),
)
