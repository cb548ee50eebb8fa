"""Coincidences between the ten artists and tracks: who left together, who came when
somebody left, what is played once a day, titles that share a word."""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from unwrapped.music.critic.composition.facts import Facts, facts_of
from unwrapped.music.critic.composition.listener.top_ten import (
    FEW_DAYS,
    top_artists,
    top_tracks,
)
from unwrapped.music.profile.dossiers import Dossier
from unwrapped.music.profile.most_played.title_words import NO_TITLE
from unwrapped.music.profile.taste import TasteProfile

MONTH = 30
"""Days without a play after which somebody has left, and of history before a first play
that is an arrival."""

FORTNIGHT = 14
"""Who has a play in the last days has stayed."""

AT_ONCE = 3
"""Days between a last and a first play that are the change from the one to the other."""

DAILY = 15
"""Days on which a track is played that is played once a day."""

SHORT_WORD = 3
"""Letters of words that titles share without meaning."""


def coincidences_of(profile: TasteProfile) -> Facts:
    """Coincidences; those that there are not are left out."""
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
    """The month in which the most of them, two at least, have their last play."""
    by_month: dict[tuple[int, int], list[Dossier]] = {}
    for one in artists:
        if _quiet(profile, one) >= MONTH:
            month = one.last_day.year, one.last_day.month
            by_month.setdefault(month, []).append(one)
    left = max(by_month.values(), key=len, default=[])
    if len(left) < 2:
        return {}
    facts = facts_of(
        leavers=("artists of the ten with the last play in that month", len(left), "number"),
        leavers_month=("month with the most last plays of the ten", left[0].last_day.replace(day=1), "month"),
        leavers_plays=("plays of them together", sum(one.plays for one in left), "plays"),
    )  # fmt: skip
    for place, one in enumerate(left[:4], 1):
        facts |= facts_of({
                f"leaver{place}": ("artist of the ten with the last play in that month", one.artist, "artist"),
                f"leaver{place}_plays": ("plays of that artist", one.plays, "plays"),
                f"leaver{place}_last": ("day of the last play", one.last_day, "day"),
                f"leaver{place}_best": ("most played track of that artist", one.titles[0], "title"),
            }
        )  # fmt: skip
    return facts


def _stayers(profile: TasteProfile, artists: Sequence[Dossier]) -> Facts:
    """Those of the ten who have a play in the last days."""
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
    """The first two of the ten that came on the same day."""
    late = [one for one in artists if one.history_before >= MONTH]
    for one, other in combinations(late, 2):
        if one.first_day == other.first_day:
            return facts_of(
                arrival1=("artist with the first play on the day of the other's", one.artist, "artist"),
                arrival1_plays=("plays of that artist", one.plays, "plays"),
                arrival2=("the other artist", other.artist, "artist"),
                arrival2_plays=("plays of the other", other.plays, "plays"),
                arrivals_day=("day of the first play of both", one.first_day, "day"),
            )  # fmt: skip
    return {}


def _change(profile: TasteProfile, those: Iterable[Dossier], kind: str) -> Facts:
    """One that has left, and one that came within days of the last play."""
    for one, other in ((a, b) for pair in combinations(those, 2) for a, b in (pair, pair[::-1])):  # fmt: skip
        wait = (other.first_day - one.last_day).days
        if 0 <= wait <= AT_ONCE and _quiet(profile, one) >= MONTH <= other.history_before:  # fmt: skip
            facts = facts_of({
                    f"before_{kind}_plays": ("plays of the one that was played before", one.plays, "plays"),
                    f"before_{kind}_last": ("day of its last play", one.last_day, "day"),
                    f"after_{kind}_plays": ("plays of the one that followed", other.plays, "plays"),
                    f"after_{kind}_first": ("day of its first play", other.first_day, "day"),
                    f"{kind}_wait": ("days from the last play of the one to the first of the other", wait, "number"),
                }
            )  # fmt: skip
            return facts | _named(f"before_{kind}", one) | _named(f"after_{kind}", other)  # fmt: skip
    return {}


def _daily(tracks: Iterable[Dossier]) -> Facts:
    """The most played of the ten that is played once on nearly each of its days."""
    for one in tracks:
        if one.days >= DAILY and one.plays - one.days <= one.days // 20:
            return facts_of(
                daily_song=("track of the ten with hardly more plays than days with one", one.title, "title"),
                daily_song_artist=("its artist", one.artist, "artist"),
                daily_song_plays=("its plays", one.plays, "plays"),
                daily_song_days=("days with a play of it", one.days, "days"),
                daily_song_more=("plays more than days with one", one.plays - one.days, "number"),
            )  # fmt: skip
    return {}


def _shared_word(tracks: Iterable[Dossier]) -> Facts:
    """The first two of the ten whose titles have a word in common."""
    for one, other in combinations(tracks, 2):
        words = _words(one.title) & _words(other.title)
        if words and one.title != other.title:
            return facts_of(
                shared_word=("word in two titles of the ten", max(words, key=len).title(), "title"),
                shared_gap=("plays between the two tracks", one.plays - other.plays, "number"),
                shared1_plays=("plays of the one with the word, the most", one.plays, "plays"),
                shared2_plays=("plays of the other", other.plays, "plays"),
            ) | _named("shared1", one) | _named("shared2", other)  # fmt: skip
    return {}


def _words(title: str) -> set[str]:
    """The longer words of a title, without versions and guests."""
    bare = re.sub(NO_TITLE, "", title).lower()
    return {word for word in re.findall(r"[^\W\d_]+", bare) if len(word) > SHORT_WORD}


def _named(name: str, one: Dossier) -> Facts:
    """The artist, or the track and its artist."""
    if not one.title:
        return facts_of({name: ("artist of the ten", one.artist, "artist")})
    return facts_of(
        {
            name: ("track of the ten", one.title, "title"),
            f"{name}_artist": ("its artist", one.artist, "artist"),
        }
    )
