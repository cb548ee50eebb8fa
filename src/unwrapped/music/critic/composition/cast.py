"""The cast: facts that any line may use, whatever it is about."""

from collections.abc import Iterable, Mapping

from unwrapped.music.critic.evidence import NAMES, Evidence, fact, written
from unwrapped.music.critic.judging import draw
from unwrapped.music.profile.hours import ENOUGH_KNOWN
from unwrapped.music.profile.taste import TasteProfile

CHART = 10
LONGEST_GUEST = 32
"""Characters of a name that is said again at the end."""


def cast_of(profile: TasteProfile) -> dict[str, Evidence]:
    """The leaders of the charts, somebody played once, and the totals."""
    return {
        **_artists(profile),
        **_tracks(profile),
        **_victim(profile),
        **_totals(profile),
    }


def leaders_of(profile: TasteProfile) -> frozenset[str]:
    """The names in the charts, as a text writes them."""
    charts = profile.charts
    artists = (written(one.artist, "artist") for one in charts.artists)
    titles = (written(one.title, "title") for one in charts.tracks)
    return frozenset((*artists, *titles))


def with_hero(facts: Mapping[str, Evidence], heroes: list[str]) -> dict[str, Evidence]:
    """The facts, and as `hero` the first of `heroes` that is a name among them."""
    named = (facts[name] for name in heroes if name in facts)
    hero = next((one for one in named if one.unit in NAMES), None)
    return dict(facts) if hero is None else {**facts, "hero": hero}


def with_guest(
    facts: Mapping[str, Evidence], said: Iterable[Evidence], seed: str
) -> dict[str, Evidence]:
    """The facts, and as `guest` a name that was said and is not the hero's."""
    hero = facts.get("hero")
    guests = [
        fact
        for fact in said
        if fact.unit in NAMES
        and (hero is None or fact.text not in hero.text)
        and len(fact.text) <= LONGEST_GUEST
    ]
    guest = max(guests, key=lambda fact: draw(fact.text, seed), default=None)
    return dict(facts) if guest is None else {**facts, "guest": guest}


def _artists(profile: TasteProfile) -> dict[str, Evidence]:
    artists = profile.charts.artists
    facts: dict[str, Evidence] = {}
    if artists:
        king = artists[0]
        facts |= {
            "king": fact("most played artist", king.artist, "artist"),
            "king_plays": fact("plays of the most played artist", king.plays, "plays"),
            "king_best": fact(
                "most played track of the most played artist", king.best_title, "title"
            ),
            "king_best_plays": fact("plays of that track", king.best_plays, "plays"),
        }
    if len(artists) > 1:
        facts |= {
            "rival": fact("second artist by plays", artists[1].artist, "artist"),
            "rival_plays": fact(
                "plays of the second artist", artists[1].plays, "plays"
            ),
        }
    if len(artists) == CHART:
        facts |= {
            "tenth": fact("tenth artist by plays", artists[-1].artist, "artist"),
            "tenth_plays": fact(
                "plays of the tenth artist", artists[-1].plays, "plays"
            ),
        }
    return facts


def _tracks(profile: TasteProfile) -> dict[str, Evidence]:
    tracks = profile.charts.tracks
    facts: dict[str, Evidence] = {}
    if tracks:
        facts |= {
            "anthem": fact("most played track", tracks[0].title, "title"),
            "anthem_artist": fact("its artist", tracks[0].artist, "artist"),
            "anthem_plays": fact(
                "plays of the most played track", tracks[0].plays, "plays"
            ),
        }
    if len(tracks) > 1:
        facts |= {
            "second": fact("second track by plays", tracks[1].title, "title"),
            "second_artist": fact("its artist", tracks[1].artist, "artist"),
            "second_plays": fact("plays of the second track", tracks[1].plays, "plays"),
        }
    return facts


def _victim(profile: TasteProfile) -> dict[str, Evidence]:
    once = profile.encounters.one_play
    if once is None:
        return {}
    return {
        "victim": fact("first artist of whom there is one play", once.artist, "artist"),
        "victim_title": fact("the track of that play", once.title, "title"),
        "victim_day": fact("day of that play", once.day, "day"),
    }


def _totals(profile: TasteProfile) -> dict[str, Evidence]:
    volume = profile.volume
    facts = {
        "total": fact("plays", volume.plays, "plays"),
        "artists_all": fact("artists with a play", volume.artists, "artists"),
        "tracks_all": fact("tracks with a play", volume.tracks, "tracks"),
        "days_all": fact("days with a play", volume.active_days, "days"),
    }
    if volume.hours is not None and volume.known_share >= ENOUGH_KNOWN:
        facts["hours_all"] = fact("hours of listening", volume.hours, "hours")
    return facts
