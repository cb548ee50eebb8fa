"""Whom a text can be about: the ten artists and tracks by their places, and those of the
ten that stand out by something else than plays."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from unwrapped.music.critic.composition.dossier import on_artist, on_day, on_track
from unwrapped.music.critic.composition.facts import Facts, facts_of
from unwrapped.music.profile.dossiers import Dossier
from unwrapped.music.profile.taste import TasteProfile

type Key = Callable[[Dossier], float]

FEWEST = 5
"""Fewer names in the charts have nobody who stands out."""

ARTISTS: Mapping[str, tuple[str, Key]] = {
    "newest": ("the artist of the ten with the latest first play", lambda one: one.first_day.toordinal()),
    "oldest": ("the artist of the ten with the earliest first play", lambda one: -one.first_day.toordinal()),
    "gone": ("the artist of the ten whose last play is the earliest", lambda one: -one.last_day.toordinal()),
    "wanderer": ("the artist of the ten with the longest absence", lambda one: one.away_days),
    "singer": ("the artist of the ten with the greatest share of one track", lambda one: one.titles_plays[0] / one.plays),
    "album": ("the artist of the ten with the most tracks", lambda one: one.artist_tracks),
    "hasty": ("the artist of the ten with the most plays on a day with one", lambda one: one.plays / one.days),
    "steady": ("the artist of the ten with the most days", lambda one: one.days),
    "dated": ("the artist of the ten with the greatest share of Saturday and Sunday", lambda one: one.weekend_plays / one.plays),
    "punctual": ("the artist of the ten with the greatest share of one hour", lambda one: one.peak_hour_plays / one.plays),
}  # fmt: skip

TRACKS: Mapping[str, tuple[str, Key]] = {
    "new_song": ("the track of the ten with the latest first play", lambda one: one.first_day.toordinal()),
    "old_song": ("the track of the ten with the earliest first play", lambda one: -one.first_day.toordinal()),
    "gone_song": ("the track of the ten whose last play is the earliest", lambda one: -one.last_day.toordinal()),
    "away_song": ("the track of the ten with the longest absence", lambda one: one.away_days),
    "hasty_song": ("the track of the ten with the most plays on a day with one", lambda one: one.plays / one.days),
    "slow_song": ("the track of the ten with the fewest plays on a day with one", lambda one: -one.plays / one.days),
    "sole_song": ("the track of the ten that is most of its artist", lambda one: one.plays / one.artist_plays),
}  # fmt: skip

LASTING = {"newest", "gone", "new_song", "gone_song"}
"""Roles of who came to stay or has left, which takes more than a few days."""

FEW_DAYS = 5


def charts_of(profile: TasteProfile) -> Facts:
    """`a1` … `a10` and `t1` … `t10` with their dossiers, those who stand out among them,
    and the day with the most plays as `record`."""
    artists, tracks = top_artists(profile), top_tracks(profile)
    facts = _shares(profile)
    for place, one in enumerate(artists, 1):
        facts |= _artist(profile, f"a{place}", one, f"the artist in place {place}")
    for place, one in enumerate(tracks, 1):
        facts |= _track(profile, f"t{place}", one, f"the track in place {place}")
    if artists and tracks:
        facts |= facts_of(
            a1=("most played artist", artists[0].artist, "artist"),
            t1=("most played track", tracks[0].title, "title"),
        )
    if min(len(artists), len(tracks)) >= FEWEST:
        for name, (of, key) in ARTISTS.items():
            if _plays(name, one := max(artists, key=key)):
                facts |= _artist(profile, name, one, of)
        for name, (of, key) in TRACKS.items():
            if _plays(name, one := max(tracks, key=key)):
                facts |= _track(profile, name, one, of)
    facts |= _strangers(profile, artists, tracks)
    days = (day for day in profile.dossiers.days if day.day == profile.days.busiest_day)
    for day in days:
        facts |= _under("record", on_day(day), "on")
    return facts


def _plays(role: str, one: Dossier) -> bool:
    """Whether somebody with this dossier can have the role."""
    return role not in LASTING or one.days >= FEW_DAYS


def _strangers(
    profile: TasteProfile, artists: Iterable[Dossier], tracks: Iterable[Dossier]
) -> Facts:
    """The most played track of the ten by none of the ten artists, as `stray`, and the
    most played artist of the ten with none of the ten tracks, as `unsung`."""
    leaders, singers = ({one.artist for one in ten} for ten in (artists, tracks))
    of = "the most played of the ten tracks that are by none of the ten artists"
    strays = (one for one in tracks if one.artist not in leaders)
    mute = "the most played of the ten artists that have none of the ten tracks"
    unsung = (one for one in artists if one.artist not in singers)
    facts: Facts = {}
    for one in islice(strays, 1):
        facts |= _track(profile, "stray", one, of)
    for one in islice(unsung, 1):
        facts |= _artist(profile, "unsung", one, mute)
    return facts


def _shares(profile: TasteProfile) -> Facts:
    """What charts know of the ten artists beside their dossiers."""
    facts: Facts = {}
    for place, one in enumerate(profile.charts.artists, 1):
        own, of = f"a{place}", f"the artist in place {place}"
        facts |= facts_of({f"{own}_share": (f"share of {of}", one.share, "share")})
        if one.hours is not None:
            facts |= facts_of({f"{own}_hours": (f"hours of {of}", one.hours, "hours")})
    return facts


def top_artists(profile: TasteProfile) -> list[Dossier]:
    """The dossiers of the ten artists, in their order."""
    known = {one.artist: one for one in profile.dossiers.artists}
    names = (entry.artist for entry in profile.charts.artists)
    return [known[name] for name in names if name in known]


def top_tracks(profile: TasteProfile) -> list[Dossier]:
    """The dossiers of the ten tracks, in their order."""
    known = {(one.artist, one.title): one for one in profile.dossiers.tracks}
    names = ((entry.artist, entry.title) for entry in profile.charts.tracks)
    return [known[name] for name in names if name in known]


def _artist(profile: TasteProfile, name: str, one: Dossier, of: str) -> Facts:
    return facts_of({name: (of, one.artist, "artist")}) | _under(
        name, on_artist(profile, one, of), "its"
    )


def _track(profile: TasteProfile, name: str, one: Dossier, of: str) -> Facts:
    return facts_of({name: (of, one.title, "title")}) | _under(
        name, on_track(profile, one, of), "its"
    )


def _under(name: str, facts: Facts, prefix: str) -> Facts:
    """The facts of a dossier under another name: `its_plays` as `a1_plays`."""
    return {
        f"{name}_{slot.removeprefix(f'{prefix}_')}": held
        for slot, held in facts.items()
    }
