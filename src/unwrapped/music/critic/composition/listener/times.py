"""Facts about times: days of the week, hours, times of day and months."""

from calendar import day_name
from collections.abc import Sequence

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.profile.taste_profile import TasteProfile

SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def times_of(profile: TasteProfile) -> Facts:
    """Plays by weekday (`mon_plays`), hour (`h0_plays`), time of day and month."""
    clock = profile.clock
    return {
        **_weekdays(clock.weekdays),
        **_hours(clock.hours),
        **_shares(profile),
        **_months(profile),
    }


def _weekdays(counts: Sequence[int]) -> Facts:
    facts: Facts = {}
    for name, day, plays in zip(SHORT, day_name, counts, strict=True):
        facts |= facts_of(
            {
                name: ("day of the week", day, "weekday"),
                f"{name}_plays": (f"plays on {day}s", plays, "plays"),
                f"{name}_share": (
                    f"share of plays on {day}s",
                    plays / sum(counts),
                    "share",
                ),
            }
        )
    for name, word, plays in (("full", "most", max(counts)), ("lean", "fewest", min(counts))):  # fmt: skip
        day = day_name[counts.index(plays)]
        facts |= facts_of(
            {
                f"{name}_weekday": (f"weekday with the {word} plays", day, "weekday"),
                f"{name}_weekday_plays": (
                    f"{word} plays on one weekday",
                    plays,
                    "plays",
                ),
            }
        )
    return facts


def _hours(counts: Sequence[int]) -> Facts:
    facts = facts_of(empty_hours_count=("hours of the day without a play", counts.count(0), "number"))  # fmt: skip
    for hour, plays in enumerate(counts):
        facts |= facts_of({
                f"h{hour}": ("that hour begins", hour, "clock"),
                f"h{hour}_plays": (f"plays from {hour}:00 to {hour}:59", plays, "plays"),
            }
        )  # fmt: skip
    return facts


def _shares(profile: TasteProfile) -> Facts:
    clock, plays = profile.clock, profile.volume.plays
    facts: Facts = {}
    for name, share, when in (
        ("night", clock.night_share, "from midnight to 5:00"),
        ("morning", clock.morning_share, "from 5:00 to 9:00"),
        ("office", clock.office_share, "from 9:00 to 17:00, Monday to Friday"),
        ("evening", clock.evening_share, "from 18:00 to midnight"),
        ("weekend", clock.weekend_share, "on Saturday and Sunday"),
        ("peak", clock.peak_share, "in the hour with the most plays"),
    ):
        facts |= facts_of(
            {
                f"{name}_all": (f"plays {when}", round(share * plays), "plays"),
                f"{name}_share": (f"share of plays {when}", share, "share"),
            }
        )
    return facts


def _months(profile: TasteProfile) -> Facts:
    """The fullest month and the emptiest one between the first and the last."""
    played = [one for one in profile.months if one.plays]
    facts = facts_of(months=("months with a play", len(played), "months"))
    fullest = max(profile.months, key=lambda one: one.plays)
    facts |= facts_of(
        full_month=("month with the most plays", fullest.month, "month"),
        full_month_plays=("most plays in one month", fullest.plays, "plays"),
    )
    if whole := profile.months[1:-1]:
        leanest = min(whole, key=lambda one: one.plays)
        facts |= facts_of(
            lean_month=("month with the fewest plays", leanest.month, "month"),
            lean_month_plays=("fewest plays in one month", leanest.plays, "plays"),
        )
    return facts
