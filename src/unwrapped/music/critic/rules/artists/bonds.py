"""Rules about single artists: returns, farewells, constants."""

from unwrapped.music.critic.base_rates import acquaintance as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.data_gaps import days_missing
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_MONTHS = 12
WHOLE_YEAR_DAYS = 350
FEWEST_DAYS_AFTER = 60
FEWEST_AWAY_DAYS = 30


def best_of(profile: TasteProfile, artist: str) -> dict[str, Evidence]:
    """The most played track of an artist of the ten most played; empty for any
    other."""
    for one in profile.charts.artists:
        if one.artist == artist:
            return {
                "title": fact(
                    "most played track of that artist", one.best_title, "title"
                ),
                "best": fact("plays of that track", one.best_plays, "plays"),
            }
    return {}


def _comeback(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.comeback
    if bond is None or bond.away_days < FEWEST_AWAY_DAYS:
        return None
    if days_missing(profile.gaps, bond.left_day, bond.returned_day):
        return None
    return Finding(
        bond.away_days,
        {
            "artist": fact(
                "artist with the longest absence (five plays before and after)",
                bond.artist,
                "artist",
            ),
            "away": fact("days between these plays", bond.away_days, "days"),
            "left": fact("last play before the absence", bond.left_day, "day"),
            "returned": fact("first play after the absence", bond.returned_day, "day"),
            "before": fact("plays before the absence", bond.plays_before, "plays"),
            "plays": fact("plays since the return", bond.plays_since, "plays"),
            **best_of(profile, bond.artist),
        },
    )


def _track_comeback(profile: TasteProfile) -> Finding | None:
    back = profile.repetition.track_comeback
    if back is None or back.away_days < FEWEST_AWAY_DAYS:
        return None
    if days_missing(profile.gaps, back.left_day, back.returned_day):
        return None
    return Finding(
        back.away_days,
        {
            "artist": fact("artist of that track", back.artist, "artist"),
            "title": fact("track with the longest absence", back.title, "title"),
            "away": fact("days between these plays", back.away_days, "days"),
            "left": fact("last play before the absence", back.left_day, "day"),
            "returned": fact("first play after the absence", back.returned_day, "day"),
            "plays": fact("plays since the return", back.plays_since, "plays"),
        },
    )


def _farewell(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.farewell
    # A listener who stops listening altogether has not left this artist.
    if bond is None or bond.days_after < FEWEST_DAYS_AFTER:
        return None
    if days_missing(profile.gaps, bond.last_day, profile.volume.last_day):
        return None
    return Finding(
        bond.share,
        {
            "artist": fact(
                "most played artist without a recent play", bond.artist, "artist"
            ),
            "plays": fact("plays of that artist", bond.plays, "plays"),
            "last": fact("last play of that artist", bond.last_day, "day"),
            "rank": fact("place by plays over the whole history", bond.rank, "rank"),
            "after": fact(
                "plays of other artists after that day", bond.plays_after, "plays"
            ),
            **best_of(profile, bond.artist),
        },
    )


def _arrival(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.arrival
    if bond is None or profile.gaps or bond.first_day == profile.volume.last_day:
        return None
    return Finding(
        bond.plays,
        {
            "artist": fact(
                "artist of the last 60 days with the most plays", bond.artist, "artist"
            ),
            "plays": fact("plays of that artist", bond.plays, "plays"),
            "first": fact("first play of that artist", bond.first_day, "day"),
            "until": fact("last day of the history", profile.volume.last_day, "day"),
            **best_of(profile, bond.artist),
        },
    )


def _constant(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.constant
    if bond is None or bond.of_months < FEWEST_MONTHS or not bond.every_month:
        return None
    return Finding(
        bond.every_month,
        {
            "artist": fact("artist played in each month", bond.artist, "artist"),
            "artists": fact(
                "artists played in each month", bond.every_month, "artists"
            ),
            "of": fact("months with a play", bond.of_months, "months"),
        },
    )


def _one_track(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.one_track
    if bond is None:
        return None
    return Finding(
        bond.plays / profile.volume.plays,
        {
            "artist": fact("artist with one track only", bond.artist, "artist"),
            "title": fact("that track", bond.title, "title"),
            "plays": fact("plays of that track", bond.plays, "plays"),
            "one": fact("different tracks of that artist", 1, "tracks"),
        },
    )


def _upstart(profile: TasteProfile) -> Finding | None:
    volume = profile.volume
    if volume.days < WHOLE_YEAR_DAYS or not profile.charts.artists:
        return None
    top = profile.charts.artists[0]
    eldest = min(profile.charts.artists, key=lambda artist: artist.first_day)
    days = (volume.last_day - top.first_day).days + 1
    facts = {
        "artist": fact("most played artist", top.artist, "artist"),
        "first": fact("first play of that artist", top.first_day, "day"),
        "plays": fact("plays of that artist", top.plays, "plays"),
        "begin": fact("first day of the history", volume.first_day, "day"),
        "late": fact(
            "days of the history before that play",
            max(0, (top.first_day - volume.first_day).days),
            "days",
        ),
    }
    if eldest.first_day < top.first_day:
        facts["elder"] = fact(
            "artist of the ten with the earliest first play", eldest.artist, "artist"
        )
    return Finding(min(1.0, days / volume.days), facts)


BONDS: tuple[Rule, ...] = (
    Rule(
        name="comeback",
        family="bonds",
        claim="An artist came back after a very long absence.",
        side="high",
        base_rate=base_rates.COMEBACK,
        find=_comeback,
    ),
    Rule(
        name="track_comeback",
        family="bonds",
        claim="A track came back after a very long absence.",
        side="high",
        base_rate=base_rates.TRACK_COMEBACK,
        find=_track_comeback,
    ),
    Rule(
        name="farewell",
        family="bonds",
        claim="An artist with many plays has not been played for half a year.",
        side="high",
        base_rate=base_rates.FAREWELL,
        find=_farewell,
    ),
    Rule(
        name="arrival",
        family="bonds",
        claim="An artist first played in the last two months already has many plays.",
        side="high",
        base_rate=base_rates.ARRIVAL,
        find=_arrival,
    ),
    Rule(
        name="constant",
        family="months",
        claim="Many artists are played in every month of the period.",
        side="high",
        base_rate=base_rates.CONSTANT,
        find=_constant,
    ),
    Rule(
        name="one_track_love",
        family="devotion",
        claim="One artist was played a lot, and only ever with one track.",
        side="high",
        base_rate=base_rates.ONE_TRACK,
        find=_one_track,
    ),
    Rule(
        name="upstart",
        family="throne",
        claim="The most played artist was first played late in the period.",
        side="low",
        base_rate=base_rates.TENURE,
        find=_upstart,
    ),
)
