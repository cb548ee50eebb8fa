"""Rules about playing the same track again."""

from datetime import timedelta

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_PLAYS = 1000
MANY_IN_A_WEEK = 25
FEWEST_DAYS = 60
FEW_DAYS = timedelta(days=3)


def _week(label: str) -> Evidence:
    """Any seven days, which begin at any hour."""
    return Evidence(label=label, value=168, unit="hours", text="one week")


def _obsession(profile: TasteProfile) -> Finding | None:
    if not profile.repetition.obsessions:
        return None
    strongest = profile.repetition.obsessions[0]
    return Finding(
        strongest.plays,
        {
            "artist": fact("artist", strongest.artist, "artist"),
            "title": fact(
                "track with the most plays in one week", strongest.title, "title"
            ),
            "plays": fact("its plays in that time", strongest.plays, "plays"),
            "first": fact("from", strongest.first_day, "day"),
            "last": fact("to", strongest.last_day, "day"),
            "share": fact("share of all plays in that time", strongest.share, "share"),
            "window": _week("length of the time looked at"),
            "total": fact("plays", profile.volume.plays, "plays"),
        },
    )


def _obsession_in_many_plays(profile: TasteProfile) -> Finding | None:
    return _obsession(profile) if profile.volume.plays >= FEWEST_PLAYS else None


def _serial(profile: TasteProfile) -> Finding | None:
    many = [o for o in profile.repetition.obsessions if o.plays >= MANY_IN_A_WEEK]
    if not many:
        return None
    return Finding(
        len(many),
        {
            "tracks": fact(
                "tracks with 25 plays or more in one week", len(many), "tracks"
            ),
            "least": fact("plays of each of them", MANY_IN_A_WEEK, "plays"),
            "window": _week("within"),
            "title": fact("the strongest of them", many[0].title, "title"),
            "other": fact("the mildest of them", many[-1].title, "title"),
        },
    )


def _loop_facts(profile: TasteProfile) -> dict[str, Evidence]:
    repetition = profile.repetition
    return {
        "loop": fact("plays in a row", repetition.longest_loop, "times"),
        "artist": fact("artist", repetition.loop_artist, "artist"),
        "title": fact("track of the longest loop", repetition.loop_title, "title"),
        "day": fact("day on which it began", repetition.loop_day, "day"),
        "again": fact(
            "share of plays that repeat the track before",
            repetition.again_share,
            "share",
        ),
    }


def _opener(profile: TasteProfile) -> Finding | None:
    repetition, days = profile.repetition, profile.volume.active_days
    if days < FEWEST_DAYS:
        return None
    return Finding(
        repetition.opener_days / days,
        {
            "artist": fact("artist", repetition.opener_artist, "artist"),
            "title": fact(
                "track that was most often the first of a day",
                repetition.opener_title,
                "title",
            ),
            "days": fact("days that it opened", repetition.opener_days, "number"),
            "of": fact("days with a play", days, "days"),
        },
    )


def _week_of_one(profile: TasteProfile) -> Finding | None:
    found = _obsession(profile)
    if found is None or found.value < MANY_IN_A_WEEK:
        return None
    strongest = profile.repetition.obsessions[0]
    if strongest.last_day - strongest.first_day < FEW_DAYS:
        return None
    return Finding(strongest.share, found.facts)


REPEATS: tuple[Rule, ...] = (
    Rule(
        name="obsession",
        family="repeats",
        claim="A track had very many plays within a week.",
        side="high",
        base=BaseRate.amount(
            17, 1.25, "The strongest week of a track has about 17 plays."
        ),
        find=_obsession,
        phrasings=(
            "{title} by {artist} got {plays} in {window} from {first} on. The song has filed for overtime.",
            "From {first} on, in {window}, {title} ran to {plays}, {share} of what you heard meanwhile. It could have been asked for rent.",
            "{plays} of {title}, begun on {first} and over in {window}. {artist} recorded it; you wore it out.",
        ),
        epithet="Obsessive",
    ),
    Rule(
        name="serial_obsession",
        family="repeats",
        claim="Several tracks had 25 plays or more within a week.",
        side="high",
        base=BaseRate.amount(1, 0.7, "Listeners with such a track have about one."),
        find=_serial,
        phrasings=(
            "{least} or more in {window}: at least {tracks} managed that, {title} and {other} among them. You do not have crushes, you have eras.",
            "It happened to {title}, it happened to {other}: at least {tracks} got {least} or more in {window}.",
            "At least {tracks} reached {least} in {window}. {title} was merely the loudest of the affairs.",
        ),
        epithet="Serial",
    ),
    Rule(
        name="no_crush",
        family="repeats",
        claim="No track had many plays within a week.",
        side="low",
        base=BaseRate.amount(
            17, 0.75, "The strongest week of a track has about 17 plays."
        ),
        find=_obsession_in_many_plays,
        phrasings=(
            "In {total}, no track got more than {plays} in {window}. Commitment issues have rarely been so well documented.",
            "Your wildest week with a song was {plays} of {title}. Some people do that before lunch.",
            "{title} holds your record for a crush: {plays} in {window}. The heart is a revolving door with {total} on the counter.",
        ),
        epithet="Unattached",
    ),
    Rule(
        name="loop",
        family="repeats",
        claim="A track was played very many times in a row.",
        side="high",
        base=BaseRate.amount(9, 0.6, "The longest loop of a track is about 9 plays."),
        find=lambda p: Finding(p.repetition.longest_loop, _loop_facts(p)),
        phrasings=(
            "On {day} you played {title} {loop} in a row. {artist} would call that a residency.",
            "{title} by {artist}, {loop} back to back from {day} on. The repeat button wants a word with its union.",
            "There is a day in your history, {day}, from which on {title} came {loop} running. The neighbours can hum {artist} now.",
        ),
        epithet="Looping",
    ),
    Rule(
        name="again_and_again",
        family="repeats",
        claim="Many plays repeat the track that was just played.",
        side="high",
        base=BaseRate.share(0.05, 0.95, "About 5% of plays repeat the one before."),
        find=lambda p: Finding(p.repetition.again_share, _loop_facts(p)),
        phrasings=(
            "{again} of your plays repeat the track that just ended. Songs of yours end on a question: again?",
            "After a track, {again} of the time, comes the same track. Your queue is a hall of mirrors.",
            "{again} of your plays are encores you granted on the spot. {title}, {loop} in a row, knows the feeling.",
        ),
        epithet="Encore",
    ),
    Rule(
        name="opener",
        family="devotion",
        claim="One track opens very many days.",
        side="high",
        base=BaseRate.share(
            0.035, 1.9, "The track that opens most days opens about 3.5% of them."
        ),
        find=_opener,
        phrasings=(
            "{title} by {artist} was the first thing you played on {days} of {of}. Other people have coffee.",
            "{days} of {of} began with {title}. Sunrise is optional; {artist} is not.",
            "Your days have an overture: {title} by {artist}, the opener on {days} of {of}.",
        ),
        epithet="Ritual",
    ),
    Rule(
        name="week_of_one",
        family="repeats",
        claim="In the strongest week of a track, it had most of all plays.",
        side="high",
        base=BaseRate.share(
            0.25,
            2.5,
            "In a week with 25 plays of a track, it has about 25% of the plays.",
        ),
        find=_week_of_one,
        phrasings=(
            "From {first} to {last}, while it lasted, {title} was {share} of what you played. The rest of music waited outside.",
            "{share}: that is how much of your listening between {first} and {last} was {title} by {artist}.",
            "Between {first} and {last} your radio was hosted by {title}, with {share} of the airtime.",
        ),
        epithet="Fixated",
    ),
)
