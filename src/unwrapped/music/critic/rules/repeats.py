"""Rules about playing the same track again."""

from datetime import timedelta

from unwrapped.music.critic.base_rates import repeats as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.repetition import MANY_IN_WINDOW, Habit
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_PLAYS = 1000
FEWEST_DAYS = 60
FEWEST_SESSIONS = 100
FEWEST_TIMES = 5
FEWEST_LOOPS = 3
FEW_DAYS = timedelta(days=3)


def _week(label: str) -> Evidence:
    """The length of an obsession's window: seven days that begin at any hour."""
    return fact(label, 168, "hours", text="one week")


def _in_total(
    profile: TasteProfile, artist: str, title: str, beyond: int
) -> dict[str, Evidence]:
    """All plays of a track of the ten most played, if they are more than `beyond`."""
    for one in profile.charts.tracks:
        if (one.artist, one.title) == (artist, title) and one.plays > beyond:
            return {"in_total": fact("all plays of that track", one.plays, "number")}
    return {}


def _obsession(profile: TasteProfile) -> Finding | None:
    if not profile.repetition.obsessions:
        return None
    strongest = profile.repetition.obsessions[0]
    return Finding(
        strongest.plays,
        {
            "artist": fact("artist of that track", strongest.artist, "artist"),
            "title": fact(
                "track with the most plays in one week", strongest.title, "title"
            ),
            "plays": fact("plays of that track in one week", strongest.plays, "plays"),
            "first": fact(
                "day of the first of these plays", strongest.first_day, "day"
            ),
            "last": fact("day of the last of these plays", strongest.last_day, "day"),
            "span": fact(
                "days from the first to the last of these plays",
                (strongest.last_day - strongest.first_day).days + 1,
                "days",
            ),
            "share": fact(
                "share of all plays from the first to the last of these plays",
                strongest.share,
                "share",
            ),
            "window": _week("length of the time considered"),
            "total": fact("plays", profile.volume.plays, "plays"),
            **_in_total(profile, strongest.artist, strongest.title, strongest.plays),
        },
    )


def _obsession_in_many_plays(profile: TasteProfile) -> Finding | None:
    return _obsession(profile) if profile.volume.plays >= FEWEST_PLAYS else None


def _serial(profile: TasteProfile) -> Finding | None:
    repetition = profile.repetition
    if repetition.mildest is None:
        return None
    return Finding(
        repetition.crushes,
        {
            "tracks": fact(
                "tracks with 25 plays or more in one week", repetition.crushes, "tracks"
            ),
            "least": fact(
                "plays that each of them has at least", MANY_IN_WINDOW, "plays"
            ),
            "window": _week("time within which they were played"),
            "title": fact(
                "strongest of these tracks", repetition.obsessions[0].title, "title"
            ),
            "most": fact(
                "plays of the strongest of these tracks",
                repetition.obsessions[0].plays,
                "plays",
            ),
            "other": fact("mildest of these tracks", repetition.mildest.title, "title"),
            "fewest": fact(
                "plays of the mildest of these tracks",
                repetition.mildest.plays,
                "plays",
            ),
        },
    )


def _serial_in_earnest(profile: TasteProfile) -> Finding | None:
    found = _serial(profile)
    return found if found is not None and found.value > 1 else None


def _loop_facts(profile: TasteProfile) -> dict[str, Evidence]:
    repetition = profile.repetition
    facts = {
        "loop": fact("plays in a row", repetition.longest_loop, "times"),
        "artist": fact("artist of that track", repetition.loop_artist, "artist"),
        "title": fact("track of the longest loop", repetition.loop_title, "title"),
        "again": fact(
            "share of plays that repeat the track before",
            repetition.again_share,
            "share",
        ),
        **_in_total(
            profile,
            repetition.loop_artist,
            repetition.loop_title,
            repetition.longest_loop,
        ),
    }
    if repetition.loop_day is not None:
        facts["day"] = fact("day on which the loop began", repetition.loop_day, "day")
    return facts


def _loop(profile: TasteProfile) -> Finding | None:
    loop = profile.repetition.longest_loop
    return Finding(loop, _loop_facts(profile)) if loop >= FEWEST_LOOPS else None


def _opener(profile: TasteProfile) -> Finding | None:
    repetition, days = profile.repetition, profile.volume.active_days
    if profile.sleep is not None:  # a sleep machine may have opened the day
        return None
    if days < FEWEST_DAYS or repetition.opener_days < FEWEST_TIMES:
        return None
    return Finding(
        repetition.opener_days / days,
        {
            "artist": fact("artist of that track", repetition.opener_artist, "artist"),
            "title": fact(
                "track that was most often the first of a day",
                repetition.opener_title,
                "title",
            ),
            "days": fact(
                "days that this track opened", repetition.opener_days, "number"
            ),
            "of": fact("days with a play", days, "days"),
        },
    )


def _routine(profile: TasteProfile, habit: Habit | None, does: str) -> Finding | None:
    sessions = profile.sessions.count
    if profile.sleep is not None:  # a sleep machine may begin or end sessions
        return None
    if habit is None or sessions < FEWEST_SESSIONS or habit.times < FEWEST_TIMES:
        return None
    return Finding(
        habit.times / sessions,
        {
            "artist": fact("artist of that track", habit.artist, "artist"),
            "title": fact(f"track that {does} the most sessions", habit.title, "title"),
            "times": fact(f"sessions that this track {does}", habit.times, "number"),
            "of": fact("sessions", sessions, "sessions"),
        },
    )


def _week_of_one(profile: TasteProfile) -> Finding | None:
    found = _obsession(profile)
    if found is None or found.value < MANY_IN_WINDOW:
        return None
    strongest = profile.repetition.obsessions[0]
    if strongest.last_day - strongest.first_day < FEW_DAYS:
        return None
    return Finding(strongest.share, found.facts)


def _solo(profile: TasteProfile) -> Finding | None:
    solo = profile.repetition.solo
    if solo is None or solo.tracks == 1:
        return None
    return Finding(
        solo.plays,
        {
            "artist": fact("artist with the longest run", solo.artist, "artist"),
            "plays": fact("plays in a row", solo.plays, "plays"),
            "tracks": fact("different tracks among these plays", solo.tracks, "tracks"),
            "day": fact("day on which the run began", solo.day, "day"),
        },
    )


REPEATS: tuple[Rule, ...] = (
    Rule(
        name="obsession",
        family="repeats",
        claim="A track had very many plays within a week.",
        side="high",
        base_rate=base_rates.WEEK_OF_TRACK,
        find=_obsession,
    ),
    Rule(
        name="serial_obsession",
        family="repeats",
        claim="Several tracks had 25 plays or more within a week.",
        side="high",
        base_rate=base_rates.CRUSHES,
        find=_serial_in_earnest,
    ),
    Rule(
        name="no_crush",
        family="repeats",
        claim="No track had many plays within a week.",
        side="low",
        base_rate=base_rates.WEEK_OF_TRACK,
        find=_obsession_in_many_plays,
    ),
    Rule(
        name="loop",
        family="loops",
        claim="A track was played very many times in a row.",
        side="high",
        base_rate=base_rates.LOOP,
        find=_loop,
    ),
    Rule(
        name="again_and_again",
        family="loops",
        claim="Many plays repeat the track that was just played.",
        side="high",
        base_rate=base_rates.AGAIN,
        find=lambda p: Finding(p.repetition.again_share, _loop_facts(p)),
    ),
    Rule(
        name="opener",
        family="routine",
        claim="One track opens very many days.",
        side="high",
        base_rate=base_rates.DAY_OPENER,
        find=_opener,
    ),
    Rule(
        name="session_opener",
        family="routine",
        claim="One track begins very many sessions.",
        side="high",
        base_rate=base_rates.SESSION_OPENER,
        find=lambda p: _routine(p, p.repetition.session_opener, "begins"),
    ),
    Rule(
        name="session_closer",
        family="routine",
        claim="One track ends very many sessions.",
        side="high",
        base_rate=base_rates.SESSION_CLOSER,
        find=lambda p: _routine(p, p.repetition.session_closer, "ends"),
    ),
    Rule(
        name="week_of_one",
        family="repeats",
        claim="In its strongest week, a track had a very large share of the plays.",
        side="high",
        base_rate=base_rates.SHARE_OF_WEEK,
        find=_week_of_one,
    ),
    Rule(
        name="solo_run",
        family="loops",
        claim="One artist was played very many times in a row.",
        side="high",
        base_rate=base_rates.SOLO,
        find=_solo,
    ),
)
