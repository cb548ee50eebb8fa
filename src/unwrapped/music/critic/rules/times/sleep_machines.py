"""The rule about sleep machines."""

from unwrapped.music.critic.base_rates import repeats as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile


def _machine(profile: TasteProfile) -> Finding | None:
    sleep = profile.sleep
    if sleep is None:
        return None
    return Finding(
        sleep.nights,
        {
            "artist": fact("artist of that track", sleep.artist, "artist"),
            "title": fact(
                "most played track of long runs at night", sleep.title, "title"
            ),
            "plays": fact("plays of that track", sleep.plays, "plays"),
            "run": fact(
                "longest run of that track, begun at night", sleep.longest_run, "times"
            ),
            "day": fact("day on which that run began", sleep.longest_day, "day"),
            "nights": fact("nights with a run of ten or more", sleep.nights, "nights"),
            "first": fact("night from", 23, "clock"),
            "last": fact("night to", 7, "clock"),
        },
    )


SLEEP_MACHINES: tuple[Rule, ...] = (
    Rule(
        name="sleep_machine",
        family="sleep",
        claim="A track runs over and over through the night.",
        side="high",
        base_rate=base_rates.SLEEP_NIGHTS,
        find=_machine,
    ),
)
