"""Rules about single plays: the first, the last, one with a round number."""

from unwrapped.music.critic.base_rates import milestones as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.milestones import Moment
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_DAYS = 60
ROUND = 1_000


def _moment(profile: TasteProfile, moment: Moment, which: str) -> Finding | None:
    sleep = profile.sleep
    if sleep is not None and sleep.title == moment.title:
        return None
    return Finding(
        moment.plays,
        {
            "artist": fact("artist of that track", moment.artist, "artist"),
            "title": fact(f"track of the {which} play", moment.title, "title"),
            "day": fact(f"day of the {which} play", moment.day, "day"),
            "plays": fact("all plays of that track", moment.plays, "plays"),
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


MILESTONES: tuple[Rule, ...] = (
    Rule(
        name="first_forgotten",
        family="moments",
        claim="The first track of the log has few plays.",
        side="low",
        base_rate=base_rates.FIRST_TRACK,
        find=_first,
    ),
    Rule(
        name="first_kept",
        family="moments",
        claim="The first track of the log has very many plays.",
        side="high",
        base_rate=base_rates.FIRST_TRACK,
        find=_first,
    ),
    Rule(
        name="last_newcomer",
        family="moments",
        claim="The last track of the log has few plays.",
        side="low",
        base_rate=base_rates.LAST_TRACK,
        find=_last,
    ),
    Rule(
        name="last_faithful",
        family="moments",
        claim="The last track of the log has very many plays.",
        side="high",
        base_rate=base_rates.LAST_TRACK,
        find=_last,
    ),
    Rule(
        name="milestone_stranger",
        family="moments",
        claim="The track of the roundest play number has few plays.",
        side="low",
        base_rate=base_rates.MILESTONE_TRACK,
        find=_milestone,
    ),
    Rule(
        name="milestone_friend",
        family="moments",
        claim="The track of the roundest play number has very many plays.",
        side="high",
        base_rate=base_rates.MILESTONE_TRACK,
        find=_milestone,
    ),
)
