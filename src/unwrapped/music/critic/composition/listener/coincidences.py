"""Facts about coincidences among the ten artists and tracks: artists that left together or came on
one day, one that follows another, tracks played once a day, titles that share a word."""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.critic.composition.listener.top_ten import (
    FEW_DAYS,
    top_artists,
    top_tracks,
)
from unwrapped.music.profile.dossiers import Dossier
from unwrapped.music.profile.most_played.title_words import NO_TITLE
from unwrapped.music.profile.taste_profile import TasteProfile

MONTH = 30
"""An artist or track has left after this many days without a play, and has arrived if the first
play comes after this many days of history."""

FORTNIGHT = 14
"""An artist with a play in the last `FORTNIGHT` days has stayed."""

AT_ONCE = 3
"""The most days between the last play of one and the first play of another for the second to
follow the first."""

DAILY = 15
"""The fewest days on which a track must be played to count as a daily one."""

SHORT_WORD = 3
"""Words of up to this many letters do not count as shared."""


def coincidences_of(profile: TasteProfile) -> Facts:
    """The facts of all coincidences that there are."""
    artists = [one for one in top_artists(profile) if one.days >= FEW_DAYS]
    tracks = [one for one in top_tracks(profile) if one.days >= FEW_DAYS]
    return {
        **_leavers(profile, artists),
        **_stayers(profile, artists),
        **_arrivals(artists),
        **_change(profile, artists, "artist"),
        **_change(profile, tracks, "song"),
        **_daily(tracks),
        **_shared_word(top_tracks(profile)),
    }


def _quiet(profile: TasteProfile, one: Dossier) -> int:
    return (profile.volume.last_day - one.last_day).days


def _leavers(profile: TasteProfile, artists: Iterable[Dossier]) -> Facts:
    """The month in which the most of them, at least two, have their last play."""
    by_month: dict[tuple[int, int], list[Dossier]] = {}
    for one in artists:
        if _quiet(profile, one) >= MONTH:
            month = one.last_day.year, one.last_day.month
            by_month.setdefault(month, []).append(one)
    left = max(by_month.values(), key=len, default=[])
    if len(left) < 2:
        return {}
    facts = facts_of(
        leavers=("artists of the ten with their last play in that month", len(left), "number"),
        leavers_month=("month with the most last plays of the ten", left[0].last_day.replace(day=1), "month"),
        leavers_plays=("plays of these artists together", sum(one.plays for one in left), "plays"),
    )  # fmt: skip
    for place, one in enumerate(left[:4], 1):
        facts |= facts_of({
                f"leaver{place}": ("artist of the ten with the last play in that month", one.artist, "artist"),
                f"leaver{place}_plays": ("plays of that artist", one.plays, "plays"),
                f"leaver{place}_last": ("last play of that artist", one.last_day, "day"),
                f"leaver{place}_best": ("most played track of that artist", one.titles[0], "title"),
            }
        )  # fmt: skip
    return facts


def _stayers(profile: TasteProfile, artists: Sequence[Dossier]) -> Facts:
    """The artists of the ten that have a play in the last days."""
    stay = [one for one in artists if _quiet(profile, one) <= FORTNIGHT]
    facts = facts_of(
        stayers=("artists of the ten with a play in the last days", len(stay), "number")
    )
    for place, one in enumerate(stay[:2], 1):
        facts |= facts_of({
                f"stayer{place}": ("artist of the ten with a play in the last days", one.artist, "artist"),
                f"stayer{place}_plays": ("plays of that artist", one.plays, "plays"),
            }
        )  # fmt: skip
    return facts


def _arrivals(artists: Iterable[Dossier]) -> Facts:
    """The first two of the ten that have their first play on the same day."""
    late = [one for one in artists if one.history_before >= MONTH]
    for one, other in combinations(late, 2):
        if one.first_day == other.first_day:
            return facts_of(
                arrival1=("artist of the ten first played on the same day as another", one.artist, "artist"),
                arrival1_plays=("plays of that artist", one.plays, "plays"),
                arrival2=("the other artist", other.artist, "artist"),
                arrival2_plays=("plays of the other artist", other.plays, "plays"),
                arrivals_day=("day of the first play of both", one.first_day, "day"),
            )  # fmt: skip
    return {}


def _change(profile: TasteProfile, those: Iterable[Dossier], kind: str) -> Facts:
    """One of the ten that has left, and another whose first play follows within
    days."""
    for one, other in ((a, b) for pair in combinations(those, 2) for a, b in (pair, pair[::-1])):  # fmt: skip
        wait = (other.first_day - one.last_day).days
        if 0 <= wait <= AT_ONCE and _quiet(profile, one) >= MONTH <= other.history_before:  # fmt: skip
            facts = facts_of({
                    f"before_{kind}_plays": ("plays of the earlier one", one.plays, "plays"),
                    f"before_{kind}_last": ("day of the last play of the earlier one", one.last_day, "day"),
                    f"after_{kind}_plays": ("plays of the later one", other.plays, "plays"),
                    f"after_{kind}_first": ("day of the first play of the later one", other.first_day, "day"),
                    f"{kind}_wait": ("days from the last play of the earlier to the first of the later", wait, "number"),
                }
            )  # fmt: skip
            return facts | _named(f"before_{kind}", one) | _named(f"after_{kind}", other)  # fmt: skip
    return {}


def _daily(tracks: Iterable[Dossier]) -> Facts:
    """The most played of the ten tracks that has hardly more plays than days."""
    for one in tracks:
        if one.days >= DAILY and one.plays - one.days <= one.days // 20:
            return facts_of(
                daily_song=("track of the ten with hardly more plays than days", one.title, "title"),
                daily_song_artist=("artist of that track", one.artist, "artist"),
                daily_song_plays=("plays of that track", one.plays, "plays"),
                daily_song_days=("days with a play of that track", one.days, "days"),
                daily_song_more=("plays more than days with a play", one.plays - one.days, "number"),
            )  # fmt: skip
    return {}


def _shared_word(tracks: Iterable[Dossier]) -> Facts:
    """The first two of the ten tracks whose titles have a word in common."""
    for one, other in combinations(tracks, 2):
        words = _words(one.title) & _words(other.title)
        if words and one.title != other.title:
            return facts_of(
                shared_word=("word in two titles of the ten", max(words, key=len).title(), "title"),
                shared_gap=("plays between the two tracks", one.plays - other.plays, "number"),
                shared1_plays=("plays of the first of these two tracks, the most", one.plays, "plays"),
                shared2_plays=("plays of the second of these two tracks", other.plays, "plays"),
            ) | _named("shared1", one) | _named("shared2", other)  # fmt: skip
    return {}


def _words(title: str) -> set[str]:
    """The longer words of a title, without versions and guests."""
    bare = re.sub(NO_TITLE, "", title).lower()
    return {word for word in re.findall(r"[^\W\d_]+", bare) if len(word) > SHORT_WORD}


def _named(name: str, one: Dossier) -> Facts:
    """The name of an artist, or of a track and its artist."""
    if not one.title:
        return facts_of({name: ("artist of the ten", one.artist, "artist")})
    return facts_of(
        {
            name: ("track of the ten", one.title, "title"),
            f"{name}_artist": ("artist of that track", one.artist, "artist"),
        }
    )
