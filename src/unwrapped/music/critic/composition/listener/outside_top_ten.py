"""Facts about artists outside the ten: whose tracks are among the ten, who just missed it."""

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.profile.most_played.top_ten import Charts
from unwrapped.music.profile.taste_profile import TasteProfile


def outside_top_ten_of(profile: TasteProfile) -> Facts:
    """How many of the ten tracks are theirs, and the artist that just missed the ten."""
    charts = profile.charts
    return {
        **_strays(charts),
        **_eleventh(charts),
    }


def _strays(charts: Charts) -> Facts:
    """The number of the ten tracks that are by none of the ten artists."""
    leaders = {artist.artist for artist in charts.artists}
    count = sum(track.artist not in leaders for track in charts.tracks)
    return facts_of(
        strays=("tracks of the ten by none of the ten artists", count, "number"),
        ten_tracks=("tracks in the chart", len(charts.tracks), "tracks"),
        ten_artists=("artists in the chart", len(charts.artists), "artists"),
    )


def _eleventh(charts: Charts) -> Facts:
    """The artist that just missed the ten, and by how much."""
    if not charts.next_artist:
        return {}
    gap = charts.artists[-1].plays - charts.next_artist_plays
    return facts_of(
        eleventh=("next artist after the ten", charts.next_artist, "artist"),
        eleventh_plays=("plays of that artist", charts.next_artist_plays, "plays"),
        eleventh_gap=(
            "plays missing to reach the ten",
            gap,
            "number",
        ),
    )
