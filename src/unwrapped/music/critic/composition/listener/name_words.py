"""Facts about the titles of the ten tracks and the names of the ten artists."""

import re
from collections import Counter

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.profile.most_played.top_ten import Charts, ChartTrack
from unwrapped.music.profile.taste_profile import TasteProfile

NUMERAL = re.compile(r"\d+")


def titles_of(profile: TasteProfile) -> Facts:
    """Titles with a number, words in titles and names, and names that begin alike."""
    charts = profile.charts
    facts = _numbered(charts.tracks)
    facts |= _with_words(charts)
    starts = Counter(_start(artist.artist) for artist in charts.artists)
    for start, count in starts.most_common(1):
        if count > 1 and start != "The":
            kin = [one for one in charts.artists if _start(one.artist) == start]
            facts |= facts_of(
                kin=("artist of the ten whose name begins like another's", kin[0].artist, "artist"),
                other_kin=("next artist whose name begins like that", kin[1].artist, "artist"),
                kins=("artists of the ten whose names begin alike", count, "number"),
            )  # fmt: skip
    return facts


def _with_words(charts: Charts) -> Facts:
    """For each word or kind of word, the name that contains it.

    `w_sorry` is the most played track with the word in its title, `name_royal` the most
    played artist with a word of that kind in the name.
    """
    facts: Facts = {}
    for one in charts.words:
        own = f"w_{one.word}"
        facts |= facts_of({
                own: (f"most played track with the word “{one.word}” in the title", one.title, "title"),
                f"{own}_artist": ("artist of that track", one.artist, "artist"),
                f"{own}_plays": ("plays of that track", one.plays, "plays"),
            }
        )  # fmt: skip
    for artist in charts.artist_words:
        own = f"name_{artist.kind}"
        facts |= facts_of({
                own: (f"most played artist with a word like “{artist.kind}” in the name", artist.artist, "artist"),
                f"{own}_plays": ("plays of that artist", artist.plays, "plays"),
            }
        )  # fmt: skip
    return facts


def _start(name: str) -> str:
    """The first word of a name; of white space alone, the name itself."""
    return next(iter(name.split()), name)


def _numbered(tracks: list[ChartTrack]) -> Facts:
    """The track of the ten with one number in its title whose number of plays comes
    closest to it."""
    numbered = [
        (abs(int(found[0]) - one.plays), int(found[0]), one)
        for one in tracks
        if len(found := NUMERAL.findall(one.title)) == 1 and len(found[0]) <= 4
    ]
    facts = facts_of(numbered=("titles of the ten with a number", len(numbered), "number"))  # fmt: skip
    if numbered:
        off, number, one = min(numbered, key=lambda each: each[0])
        facts |= facts_of(
            number_title=("track of the ten with a number in its title", one.title, "title"),
            number_artist=("artist of that track", one.artist, "artist"),
            number_plays=("plays of that track", one.plays, "plays"),
            number_said=("number in that title", number, "number"),
            number_off=("plays between that number and the plays of that track", off, "number"),
        )  # fmt: skip
    return facts
