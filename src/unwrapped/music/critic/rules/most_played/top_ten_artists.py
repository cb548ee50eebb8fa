"""Rules about the ten artists and their tracks: without a hit, with equal figures."""

from unwrapped.music.critic.base_rates import top_ten as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

CHART = 10
FEWEST_PLAYS = 20
FEWEST_TRACKS = 2


def _same_figure(profile: TasteProfile) -> Finding | None:
    """An artist and another artist's track with the same number of plays."""
    for track in profile.charts.tracks:
        for artist in profile.charts.artists:
            other = artist.artist != track.artist
            if other and artist.plays == track.plays >= FEWEST_PLAYS:
                return Finding(
                    artist.plays,
                    {
                        "artist": fact(
                            "one artist of the ten", artist.artist, "artist"
                        ),
                        "plays": fact(
                            "plays that each of the two has", artist.plays, "plays"
                        ),
                        "tracks": fact(
                            "tracks of that artist", artist.tracks, "tracks"
                        ),
                        "title": fact("one track of the ten", track.title, "title"),
                        "by": fact("artist of that track", track.artist, "artist"),
                    },
                )
    return None


def _hitless(profile: TasteProfile) -> Finding | None:
    charts = profile.charts
    if len(charts.tracks) < CHART:
        return None
    known, last = {track.artist for track in charts.tracks}, charts.tracks[-1]
    for rank, artist in enumerate(charts.artists, start=1):
        below = artist.best_plays < last.plays and artist.tracks >= FEWEST_TRACKS
        if below and artist.artist not in known:
            return Finding(
                rank,
                {
                    "artist": fact(
                        "artist of the ten without a track among the ten",
                        artist.artist,
                        "artist",
                    ),
                    "rank": fact("place of that artist by plays", rank, "rank"),
                    "plays": fact("plays of that artist", artist.plays, "plays"),
                    "tracks": fact("tracks of that artist", artist.tracks, "tracks"),
                    "title": fact(
                        "most played track of that artist", artist.best_title, "title"
                    ),
                    "best": fact("plays of that track", artist.best_plays, "plays"),
                    "last": fact("tenth track by plays", last.title, "title"),
                    "last_plays": fact("plays of the tenth", last.plays, "plays"),
                },
            )
    return None


def _all_different(profile: TasteProfile) -> Finding | None:
    tracks = profile.charts.tracks
    artists = list(dict.fromkeys(track.artist for track in tracks))
    if len(tracks) < CHART or len(artists) < 2:
        return None
    return Finding(
        len(artists),
        {
            "count": fact("artists of the ten tracks", len(artists), "number"),
            "artists": fact("artists of the ten tracks", len(artists), "artists"),
            "ten": fact("most played tracks", CHART, "tracks"),
            "artist": fact("artist of the first track", tracks[0].artist, "artist"),
            "title": fact("most played track", tracks[0].title, "title"),
            "other": fact("another of these artists", artists[1], "artist"),
        },
    )


def _wide_and_narrow(profile: TasteProfile) -> Finding | None:
    artists = profile.charts.artists
    if len(artists) < CHART:
        return None
    wide = max(artists, key=lambda one: one.tracks)
    narrow = min(artists, key=lambda one: one.tracks)
    if wide.tracks == narrow.tracks or narrow.plays < FEWEST_PLAYS:
        return None
    return Finding(
        wide.tracks / narrow.tracks,
        {
            "artist": fact(
                "artist of the ten with the most tracks", wide.artist, "artist"
            ),
            "tracks": fact("tracks of that artist", wide.tracks, "tracks"),
            "plays": fact("plays of that artist", wide.plays, "plays"),
            "other": fact(
                "artist of the ten with the fewest tracks", narrow.artist, "artist"
            ),
            "other_tracks": fact("tracks of the other artist", narrow.tracks, "tracks"),
            "other_plays": fact("plays of the other artist", narrow.plays, "plays"),
            "title": fact(
                "most played track of the other artist", narrow.best_title, "title"
            ),
        },
    )


TOP_TEN_ARTISTS: tuple[Rule, ...] = (
    Rule(
        name="same_figure",
        family="rivals",
        claim="A track has as many plays as a whole artist of the ten.",
        side="high",
        base_rate=base_rates.SAME_FIGURE,
        find=_same_figure,
    ),
    Rule(
        name="hitless",
        family="charts",
        claim="An artist near the top has no track among the ten.",
        side="low",
        base_rate=base_rates.HITLESS_RANK,
        find=_hitless,
    ),
    Rule(
        name="all_different",
        family="charts",
        claim="The ten most played tracks are by very many artists.",
        side="high",
        base_rate=base_rates.ARTISTS_OF_TEN,
        find=_all_different,
    ),
    Rule(
        name="wide_and_narrow",
        family="charts",
        claim="Of the ten artists, one has very many tracks, another very few.",
        side="high",
        base_rate=base_rates.WIDE_TO_NARROW,
        find=_wide_and_narrow,
    ),
)
