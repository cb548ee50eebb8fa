"""What is between the figures of the charts: equals, strays, who owns the songs."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from unwrapped.music.critic.composition.facts import Facts, facts_of
from unwrapped.music.profile.most_played.charts import ChartArtist, Charts, ChartTrack
from unwrapped.music.profile.taste import TasteProfile


def relations_of(profile: TasteProfile) -> Facts:
    """Relations within the charts; those that do not hold are left out."""
    charts = profile.charts
    return {
        **_equal_artists(charts.artists),
        **_equal_tracks(charts.tracks),
        **_strays(charts),
        **_owner(charts.tracks),
        **_eleventh(charts),
    }


def _equal_artists(artists: Iterable[ChartArtist]) -> Facts:
    """The first two of the ten with the same number of plays."""
    for one, other in pairwise(artists):
        if one.plays == other.plays:
            label = "artist of the ten with as many plays as the next"
            return facts_of(
                twin=(label, one.artist, "artist"),
                other_twin=("the next, with as many", other.artist, "artist"),
                twin_plays=("plays of both", one.plays, "plays"),
                twin_days=("days with a play of the one", one.days, "days"),
                other_twin_days=("days with a play of the other", other.days, "days"),
                twin_tracks=("tracks of the one", one.tracks, "tracks"),
                other_twin_tracks=("tracks of the other", other.tracks, "tracks"),
            )
    return {}


def _equal_tracks(tracks: Iterable[ChartTrack]) -> Facts:
    for one, other in pairwise(tracks):
        if one.plays == other.plays:
            label = "track of the ten with as many plays as the next"
            return facts_of(
                twin_song=(label, one.title, "title"),
                twin_song_artist=("its artist", one.artist, "artist"),
                other_twin_song=("the next, with as many", other.title, "title"),
                other_twin_song_artist=("its artist", other.artist, "artist"),
                twin_song_plays=("plays of both tracks", one.plays, "plays"),
            )
    return {}


def _strays(charts: Charts) -> Facts:
    """How many of the ten tracks are by none of the ten artists."""
    leaders = {artist.artist for artist in charts.artists}
    count = sum(track.artist not in leaders for track in charts.tracks)
    return facts_of(
        strays=("tracks of the ten by none of the ten artists", count, "number"),
        ten_tracks=("tracks in the chart", len(charts.tracks), "tracks"),
        ten_artists=("artists in the chart", len(charts.artists), "artists"),
    )


def _owner(tracks: Iterable[ChartTrack]) -> Facts:
    """Who has the most of the ten tracks, and how many artists have one."""
    counts = Counter(track.artist for track in tracks)
    facts = facts_of(singers=("artists with a track among the ten", len(counts), "number"))  # fmt: skip
    for artist, count in counts.most_common(1):
        facts |= facts_of(
            owner=("artist with the most tracks among the ten", artist, "artist"),
            owned=("tracks of that artist among the ten", count, "number"),
        )
    return facts


def _eleventh(charts: Charts) -> Facts:
    """Who just missed the ten, and by how much."""
    if not charts.next_artist:
        return {}
    gap = charts.artists[-1].plays - charts.next_artist_plays
    return facts_of(
        eleventh=("artist in the place after the ten", charts.next_artist, "artist"),
        eleventh_plays=("plays of that artist", charts.next_artist_plays, "plays"),
        eleventh_gap=("plays missing to the last of the ten", gap, "number"),
    )
