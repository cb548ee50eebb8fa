"""Facts about the ten most played artists and tracks: by place, and by role, such as the newest or
the steadiest."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from unwrapped.music.critic.composition.dossier_facts import on_artist, on_day, on_track
from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.profile.dossiers import Dossier
from unwrapped.music.profile.taste_profile import TasteProfile

type Key = Callable[[Dossier], float]

type Role = tuple[str, str, Key]
"""The label of the name, what other labels call it, and a key: the highest has the role."""

FEWEST = 5
"""If the charts have fewer names, nobody stands out."""

ARTISTS: Mapping[str, Role] = {
    "newest": ("artist of the ten with the latest first play", "the latest arrival", lambda one: one.first_day.toordinal()),
    "oldest": ("artist of the ten with the earliest first play", "the longest-known artist", lambda one: -one.first_day.toordinal()),
    "gone": ("artist of the ten whose last play is the earliest", "the first artist to leave", lambda one: -one.last_day.toordinal()),
    "wanderer": ("artist of the ten with the longest absence", "the longest-absent artist", lambda one: one.away_days),
    "singer": ("artist of the ten with the greatest share of one track", "the one-track artist", lambda one: one.titles_plays[0] / one.plays),
    "album": ("artist of the ten with the most tracks", "the artist with the most tracks", lambda one: one.artist_tracks),
    "hasty": ("artist of the ten with the most plays per day played", "the artist with the most plays a day", lambda one: one.plays / one.days),
    "steady": ("artist of the ten with the most days", "the artist with the most days", lambda one: one.days),
    "dated": ("artist of the ten with the greatest share of Saturday and Sunday", "the weekend artist", lambda one: one.weekend_plays / one.plays),
    "punctual": ("artist of the ten with the greatest share of one hour", "the one-hour artist", lambda one: one.peak_hour_plays / one.plays),
}  # fmt: skip

TRACKS: Mapping[str, Role] = {
    "new_song": ("track of the ten with the latest first play", "the latest track", lambda one: one.first_day.toordinal()),
    "old_song": ("track of the ten with the earliest first play", "the longest-known track", lambda one: -one.first_day.toordinal()),
    "gone_song": ("track of the ten whose last play is the earliest", "the first track to leave", lambda one: -one.last_day.toordinal()),
    "away_song": ("track of the ten with the longest absence", "the longest-absent track", lambda one: one.away_days),
    "hasty_song": ("track of the ten with the most plays per day played", "the track with the most plays a day", lambda one: one.plays / one.days),
    "slow_song": ("track of the ten with the fewest plays per day played", "the track with the fewest plays a day", lambda one: -one.plays / one.days),
    "sole_song": ("track of the ten with the greatest share of its artist's plays", "the most dominant track", lambda one: one.plays / one.artist_plays),
}  # fmt: skip

LASTING = {"newest", "gone", "new_song", "gone_song"}
"""Roles that require plays on at least `FEW_DAYS` days: those of arriving and leaving."""

FEW_DAYS = 5


def charts_of(profile: TasteProfile) -> Facts:
    """The dossiers of `a1` … `a10` and `t1` … `t10`, of the roles among them, and of
    the day with the most plays as `record`."""
    artists, tracks = top_artists(profile), top_tracks(profile)
    facts = _shares(profile)
    for place, one in enumerate(artists, 1):
        label = f"artist in place {place}"
        facts |= _artist(profile, f"a{place}", one, label, f"the {label}")
    for place, one in enumerate(tracks, 1):
        label = f"track in place {place}"
        facts |= _track(profile, f"t{place}", one, label, f"the {label}")
    if artists and tracks:
        facts |= facts_of(
            a1=("most played artist", artists[0].artist, "artist"),
            t1=("most played track", tracks[0].title, "title"),
        )
    if min(len(artists), len(tracks)) >= FEWEST:
        for name, (label, of, key) in ARTISTS.items():
            if _plays(name, one := max(artists, key=key)):
                facts |= _artist(profile, name, one, label, of)
        for name, (label, of, key) in TRACKS.items():
            if _plays(name, one := max(tracks, key=key)):
                facts |= _track(profile, name, one, label, of)
    facts |= _strangers(profile, artists, tracks)
    days = (day for day in profile.dossiers.days if day.day == profile.days.busiest_day)
    for day in days:
        facts |= _under("record", on_day(day, "day with the most plays"), "on")
    return facts


def _plays(role: str, one: Dossier) -> bool:
    """Whether an artist or track with this dossier can have the role."""
    return role not in LASTING or one.days >= FEW_DAYS


def _strangers(
    profile: TasteProfile, artists: Iterable[Dossier], tracks: Iterable[Dossier]
) -> Facts:
    """The most played track of the ten by none of the ten artists, as `stray`, and the
    most played artist of the ten with none of the ten tracks, as `unsung`."""
    leaders, singers = ({one.artist for one in ten} for ten in (artists, tracks))
    label = "most played of the ten tracks that is by none of the ten artists"
    strays = (one for one in tracks if one.artist not in leaders)
    mute = "most played of the ten artists that has none of the ten tracks"
    unsung = (one for one in artists if one.artist not in singers)
    facts: Facts = {}
    for one in islice(strays, 1):
        facts |= _track(profile, "stray", one, label, "the stray track")
    for one in islice(unsung, 1):
        facts |= _artist(profile, "unsung", one, mute, "the artist without a hit")
    return facts


def _shares(profile: TasteProfile) -> Facts:
    """The facts about the ten artists that charts have and dossiers lack."""
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


def _artist(
    profile: TasteProfile, name: str, one: Dossier, label: str, of: str
) -> Facts:
    return facts_of({name: (label, one.artist, "artist")}) | _under(
        name, on_artist(profile, one, of), "its"
    )


def _track(
    profile: TasteProfile, name: str, one: Dossier, label: str, of: str
) -> Facts:
    return facts_of({name: (label, one.title, "title")}) | _under(
        name, on_track(profile, one, of), "its"
    )


def _under(name: str, facts: Facts, prefix: str) -> Facts:
    """The facts of a dossier under the name of a role: `its_plays` as `a1_plays`."""
    return {
        f"{name}_{slot.removeprefix(f'{prefix}_')}": held
        for slot, held in facts.items()
    }
