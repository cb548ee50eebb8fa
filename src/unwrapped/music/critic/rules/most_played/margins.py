"""Rules about the edge of the charts, equal figures, and the tracks of the artists in the
charts."""

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.grounds import charts as grounds
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

CHART = 10
FEWEST_PLAYS = 20
CLOSE = 0.06
FEWEST_TRACKS = 2


def _edge(plays: int, missed: int, names: dict[str, Evidence]) -> Finding | None:
    """The finding about a close eleventh place: the gap as a share of the plays of the
    tenth."""
    gap = plays - missed
    if plays < FEWEST_PLAYS or not missed or gap > CLOSE * plays:
        return None
    facts = {
        "plays": fact("plays of the tenth", plays, "number"),
        "missed": fact("plays of the eleventh", missed, "number"),
        "ten": fact("places at the top", CHART, "number"),
    }
    if gap:
        facts["gap"] = fact("plays between the tenth and the eleventh", gap, "plays")
    else:
        facts["level"] = fact("plays that each of them has", plays, "plays")
    return Finding(gap / plays, names | facts)


def _edge_of_artists(profile: TasteProfile) -> Finding | None:
    charts = profile.charts
    if len(charts.artists) < CHART:
        return None
    names = {
        "inside": fact("tenth artist by plays", charts.artists[-1].artist, "artist"),
        "outside": fact("eleventh artist by plays", charts.next_artist, "artist"),
    }
    return _edge(charts.artists[-1].plays, charts.next_artist_plays, names)


def _edge_of_tracks(profile: TasteProfile) -> Finding | None:
    charts = profile.charts
    if len(charts.tracks) < CHART:
        return None
    last = charts.tracks[-1]
    names = {
        "inside": fact("tenth track by plays", last.title, "title"),
        "by": fact("artist of the tenth track", last.artist, "artist"),
        "outside": fact("eleventh track by plays", charts.next_title, "title"),
        "other_by": fact(
            "artist of the eleventh track", charts.next_track_artist, "artist"
        ),
    }
    return _edge(last.plays, charts.next_track_plays, names)


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


MARGINS: tuple[Rule, ...] = (
    Rule(
        name="edge_artist",
        family="rivals",
        claim="An artist missed the ten by very little.",
        side="low",
        ground=grounds.EDGE,
        find=_edge_of_artists,
    ),
    Rule(
        name="edge_track",
        family="rivals",
        claim="A track missed the ten by very little.",
        side="low",
        ground=grounds.EDGE,
        find=_edge_of_tracks,
    ),
    Rule(
        name="same_figure",
        family="rivals",
        claim="A track has as many plays as a whole artist of the ten.",
        side="high",
        ground=grounds.SAME_FIGURE,
        find=_same_figure,
    ),
    Rule(
        name="hitless",
        family="charts",
        claim="An artist near the top has no track among the ten.",
        side="low",
        ground=grounds.HITLESS_RANK,
        find=_hitless,
    ),
    Rule(
        name="all_different",
        family="charts",
        claim="The ten most played tracks are by very many artists.",
        side="high",
        ground=grounds.ARTISTS_OF_TEN,
        find=_all_different,
    ),
    Rule(
        name="wide_and_narrow",
        family="charts",
        claim="Of the ten artists, one has very many tracks, another very few.",
        side="high",
        ground=grounds.WIDE_TO_NARROW,
        find=_wide_and_narrow,
    ),
)
