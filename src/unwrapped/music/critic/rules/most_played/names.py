"""Rules about names: how they begin, and how long they are."""

from collections import Counter

from unwrapped.music.critic.base_rates import names as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

CHART = 10
FEWEST = 2
FEWEST_INITIALS = 3
ARTICLE = "The "


def _the(profile: TasteProfile) -> Finding | None:
    artists = profile.charts.artists
    named = [artist for artist in artists if artist.artist.startswith(ARTICLE)]
    if len(artists) < CHART or len(named) < FEWEST:
        return None
    return Finding(
        len(named),
        {
            "count": fact(
                "artists of the ten whose names begin with The", len(named), "number"
            ),
            "ten": fact("most played artists", CHART, "artists"),
            "the": fact("word with which these names begin", ARTICLE.strip(), "title"),
            "first": fact("most played of these artists", named[0].artist, "artist"),
            "last": fact("least played of these artists", named[-1].artist, "artist"),
        },
    )


def _initials(profile: TasteProfile) -> Finding | None:
    artists = [a.artist for a in profile.charts.artists if a.artist[:1].isalpha()]
    if len(artists) < CHART:
        return None
    bare = [name.removeprefix(ARTICLE) for name in artists]
    letter, count = Counter(name[0].upper() for name in bare).most_common(1)[0]
    if count < FEWEST_INITIALS:
        return None
    own = [
        a for a, name in zip(artists, bare, strict=True) if name[0].upper() == letter
    ]
    return Finding(
        count,
        {
            "count": fact(
                "artists of the ten with the same first letter", count, "number"
            ),
            "ten": fact("most played artists", CHART, "artists"),
            "letter": fact(
                "first letter of these names, after any The", letter, "artist"
            ),
            "first": fact("most played of these artists", own[0], "artist"),
            "next": fact("next of these artists", own[1], "artist"),
            "last": fact("least played of these artists", own[-1], "artist"),
        },
    )


def _title(profile: TasteProfile, *, longest: bool) -> Finding | None:
    tracks = profile.charts.tracks
    if len(tracks) < CHART:
        return None
    choose = max if longest else min
    track = choose(tracks, key=lambda track: len(track.title))
    return Finding(
        len(track.title),
        {
            "title": fact(
                f"{'longest' if longest else 'shortest'} title of the ten tracks",
                track.title,
                "title",
            ),
            "artist": fact("artist of that track", track.artist, "artist"),
            "letters": fact("characters in that title", len(track.title), "number"),
            "plays": fact("plays of that track", track.plays, "plays"),
        },
    )


NAMES: tuple[Rule, ...] = (
    Rule(
        name="the_names",
        family="names",
        claim="Many of the ten most played artists begin with The.",
        side="high",
        base_rate=base_rates.THE_NAMES,
        find=_the,
    ),
    Rule(
        name="initials",
        family="names",
        claim="Many of the ten most played artists share a first letter.",
        side="high",
        base_rate=base_rates.INITIALS,
        find=_initials,
    ),
    Rule(
        name="long_title",
        family="names",
        claim="A track of the ten has a very long title.",
        side="high",
        base_rate=base_rates.LONG_TITLE,
        find=lambda p: _title(p, longest=True),
    ),
    Rule(
        name="short_title",
        family="names",
        claim="A track of the ten has a very short title.",
        side="low",
        base_rate=base_rates.SHORT_TITLE,
        find=lambda p: _title(p, longest=False),
    ),
)
