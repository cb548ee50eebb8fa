"""Facts about stretches of time: weeks of one track, the fullest and the silent months, the
longest run of empty hours of the day."""

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.profile.taste_profile import TasteProfile

MANY = 15
"""The fewest plays of a track within a week that make a mania."""

HOURS = 24


def stretches_of(profile: TasteProfile) -> Facts:
    """The facts about all stretches that there were."""
    return {**_manias(profile), **_months(profile), **_blank(profile.clock.hours)}


def _manias(profile: TasteProfile) -> Facts:
    """`mania1`, `mania2` …: the tracks with many plays within a week, by their dates."""
    weeks = [one for one in profile.repetition.obsessions if one.plays >= MANY]
    weeks.sort(key=lambda one: (one.first_day, one.title))
    facts: Facts = {}
    totals = {(one.artist, one.title): one for one in profile.dossiers.tracks}
    for place, one in enumerate(weeks, 1):
        own = f"mania{place}"
        facts |= facts_of({
                own: ("track with many plays within a week", one.title, "title"),
                f"{own}_artist": ("artist of that track", one.artist, "artist"),
                f"{own}_plays": ("most plays of that track within a week", one.plays, "plays"),
                f"{own}_first": ("first day of that week", one.first_day, "day"),
                f"{own}_last": ("last day of that week", one.last_day, "day"),
            }
        )  # fmt: skip
        if dossier := totals.get((one.artist, one.title)):
            rest = dossier.plays - one.plays
            quiet = (profile.volume.last_day - dossier.last_day).days
            facts |= facts_of({
                    f"{own}_rest": ("plays of that track at any other time", rest, "plays"),
                    f"{own}_end": ("last play of that track", dossier.last_day, "day"),
                    f"{own}_quiet": ("days since the last play of that track", quiet, "number"),
                }
            )  # fmt: skip
    return facts


def _months(profile: TasteProfile) -> Facts:
    """The silent months between the first and the last, and the two fullest months."""
    silent = [one for one in profile.months[1:-1] if not one.plays]
    facts = facts_of(silent_months=("months without a play", len(silent), "number"))
    for place, one in enumerate(silent[:3], 1):
        label = "month without a play"
        facts |= facts_of({f"silent_month{place}": (label, one.month, "month")})
    fullest = sorted(profile.months, key=lambda one: (-one.plays, one.month))[:2]
    which = "month with the most plays", "month with the second most plays"
    for place, (label, one) in enumerate(zip(which, fullest, strict=False), 1):
        own = f"heavy_month{place}"
        facts |= facts_of({
                own: (label, one.month, "month"),
                f"{own}_plays": ("plays in that month", one.plays, "plays"),
            }
        )  # fmt: skip
    return facts


def _blank(hours: list[int]) -> Facts:
    """The longest run of hours of the day without a play, which may cross midnight."""
    runs = []
    for begin in range(HOURS):
        length = 0
        while length < HOURS and not hours[(begin + length) % HOURS]:
            length += 1
        runs.append((length, -begin))
    length, begin = max(runs)
    if length < 2:  # one empty hour is not a run
        return {}
    return facts_of(
        blank_hours=("hours of the day in a row without a play", length, "number"),
        blank_from=("first of these hours begins", -begin, "clock"),
        blank_to=("last of these hours ends", (length - begin) % HOURS, "clock"),
    )
