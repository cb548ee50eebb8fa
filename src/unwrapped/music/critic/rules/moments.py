"""Rules about single plays: the first, the last, the round number."""

from unwrapped.music.critic import grounds
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.moments import Moment
from unwrapped.music.profile.taste import TasteProfile

FEWEST_DAYS = 60
ROUND = 1_000


def _moment(profile: TasteProfile, moment: Moment, which: str) -> Finding | None:
    sleep = profile.sleep
    if sleep is not None and sleep.title == moment.title:
        return None
    return Finding(
        moment.plays,
        {
            "artist": fact("its artist", moment.artist, "artist"),
            "title": fact(f"track of the {which} play", moment.title, "title"),
            "day": fact(f"day of the {which} play", moment.day, "day"),
            "plays": fact("plays of this track in total", moment.plays, "plays"),
            "number": fact(f"number of the {which} play", moment.number, "number"),
        },
    )


def _first(profile: TasteProfile) -> Finding | None:
    first = profile.moments.first
    if first is None or profile.volume.days < FEWEST_DAYS:
        return None
    return _moment(profile, first, "first")


def _last(profile: TasteProfile) -> Finding | None:
    last = profile.moments.last
    if last is None or profile.volume.days < FEWEST_DAYS:
        return None
    return _moment(profile, last, "last")


def _milestone(profile: TasteProfile) -> Finding | None:
    milestone = profile.moments.milestone
    if milestone is None or milestone.number < ROUND:
        return None
    return _moment(profile, milestone, "round")


MOMENTS: tuple[Rule, ...] = (
    Rule(
        name="first_forgotten",
        family="moments",
        claim="The first track of the log has few plays.",
        side="low",
        ground=grounds.FIRST_TRACK,
        find=_first,
        phrasings=(
            "The log opens on {day} with {title} by {artist}. Its total: {plays}.",
            "First entry, {day}: {title}. It has {plays} in total. Beginnings are modest.",
            "{title} by {artist} opened these books on {day}, and has {plays} to show for it.",
        ),
        epithet="Unsentimental",
    ),
    Rule(
        name="first_kept",
        family="moments",
        claim="The first track of the log has very many plays.",
        side="high",
        ground=grounds.FIRST_TRACK,
        find=_first,
        phrasings=(
            "The log opens on {day} with {title}, which has {plays} in total. First impressions held.",
            "{title} by {artist} is the first entry, {day}, and has {plays}. The opening set the tone.",
            "First entry, {day}: {title} by {artist}. It came to {plays}.",
        ),
        epithet="Opening-Night",
    ),
    Rule(
        name="last_newcomer",
        family="moments",
        claim="The last track of the log has few plays.",
        side="low",
        ground=grounds.LAST_TRACK,
        find=_last,
        phrasings=(
            "The log ends on {day} with {title} by {artist}. Its total: {plays}. A cliffhanger.",
            "Last entry, {day}: {title}, {plays} in total. The clerk awaits developments.",
            "{title} by {artist} has the last word, on {day}, with {plays} behind it.",
        ),
        epithet="Open-Ended",
    ),
    Rule(
        name="last_faithful",
        family="moments",
        claim="The last track of the log has very many plays.",
        side="high",
        ground=grounds.LAST_TRACK,
        find=_last,
        phrasings=(
            "The log ends on {day} with {title} by {artist}: {plays} in total. Who else.",
            "Last entry, {day}: {title}, for which there are {plays}. No surprise ending.",
            "{title} by {artist}, with {plays} in total, has the last word on {day}.",
        ),
        epithet="True-to-Form",
    ),
    Rule(
        name="milestone_stranger",
        family="moments",
        claim="The track of the roundest play number has few plays.",
        side="low",
        ground=grounds.MILESTONE_TRACK,
        find=_milestone,
        phrasings=(
            "Play number {number} fell on {day}: {title} by {artist}, {plays} in total. No cake.",
            "Number {number} was {title}, on {day}. Its total is {plays}. A wasted anniversary.",
            "The jubilee, play {number}, went to {title} by {artist}. It has {plays}.",
        ),
        epithet="Uncelebrated",
    ),
    Rule(
        name="milestone_friend",
        family="moments",
        claim="The track of the roundest play number has very many plays.",
        side="high",
        ground=grounds.MILESTONE_TRACK,
        find=_milestone,
        phrasings=(
            "Play number {number} fell on {day}: {title}, with {plays} in total. The odds approved.",
            "Number {number} was {title} by {artist}, on {day}. With {plays}, it queued properly.",
            "The jubilee, play {number}, went to {title}, which has {plays}. As rehearsed.",
        ),
        epithet="Ceremonious",
    ),
)
