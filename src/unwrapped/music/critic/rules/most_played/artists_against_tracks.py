"""Rules that compare the ten artists with the tracks: an artist without a hit, a track with as
many plays as an artist."""

from collections import Counter

from unwrapped.music.critic.base_rates import top_ten as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.most_played.top_ten import ChartArtist
from unwrapped.music.profile.taste_profile import TasteProfile

CHART = 10
FEWEST_PLAYS = 20
FEWEST_TRACKS = 2
FEWEST_OWNED = 3
FEWEST_ONE_SIDED = 2
FEWEST_TRACKS_OF_ONE_SIDED = 3
FEWEST_PLAYS_OF_ONE_SIDED = 30
ONE_SIDED = 0.75
MOSTLY = 0.5


def _owner(profile: TasteProfile) -> Finding | None:
    tracks = profile.charts.tracks
    if len(tracks) < CHART:
        return None
    artist, count = Counter(track.artist for track in tracks).most_common(1)[0]
    own = [track for track in tracks if track.artist == artist]
    if count < FEWEST_OWNED:
        return None
    facts = {
        "artist": fact("artist with the most of the ten tracks", artist, "artist"),
        "count": fact("tracks of that artist among the ten", count, "number"),
        "ten": fact("most played tracks", CHART, "tracks"),
        "title": fact("most played track of that artist", own[0].title, "title"),
        "plays": fact("plays of that track", own[0].plays, "plays"),
        "last": fact("last track of that artist among the ten", own[-1].title, "title"),
    }
    if others := [track for track in tracks if track.artist != artist]:
        facts |= {
            "rest": fact(
                "tracks of other artists among the ten", len(others), "number"
            ),
            "other": fact(
                "most played track of another artist", others[0].title, "title"
            ),
            "other_artist": fact("artist of that track", others[0].artist, "artist"),
        }
    return Finding(count, facts)


def _best_share(artist: ChartArtist) -> float:
    return artist.best_plays / artist.plays


def _most_one_sided(profile: TasteProfile) -> Finding | None:
    several = [
        artist
        for artist in profile.charts.artists
        if artist.tracks >= FEWEST_TRACKS_OF_ONE_SIDED
        and artist.plays >= FEWEST_PLAYS_OF_ONE_SIDED
    ]
    if not several:
        return None
    most = max(several, key=_best_share)
    if _best_share(most) < MOSTLY:
        return None
    return Finding(
        _best_share(most),
        {
            "artist": fact("most one-sided artist of the ten", most.artist, "artist"),
            "plays": fact("plays of that artist", most.plays, "plays"),
            "title": fact("most played track of that artist", most.best_title, "title"),
            "best": fact("plays of that track", most.best_plays, "number"),
            "others": fact("other tracks of that artist", most.tracks - 1, "tracks"),
            "rest": fact(
                "plays of the other tracks of that artist",
                most.plays - most.best_plays,
                "plays",
            ),
        },
    )


def _song_lover(profile: TasteProfile) -> Finding | None:
    artists = profile.charts.artists
    sided = [
        a
        for a in artists
        if _best_share(a) >= ONE_SIDED and a.plays >= FEWEST_PLAYS_OF_ONE_SIDED
    ]
    if len(artists) < CHART or len(sided) < FEWEST_ONE_SIDED:
        return None
    return Finding(
        len(sided),
        {
            "count": fact(
                "artists of the ten with 75% of their plays from one track",
                len(sided),
                "number",
            ),
            "ten": fact("most played artists", CHART, "artists"),
            "share": fact("share of plays from one track", ONE_SIDED, "share"),
            "artist": fact("most played of these artists", sided[0].artist, "artist"),
            "title": fact(
                "most played track of that artist", sided[0].best_title, "title"
            ),
            "other": fact("another of these artists", sided[1].artist, "artist"),
            "track": fact(
                "most played track of that artist", sided[1].best_title, "title"
            ),
        },
    )


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


ARTISTS_AGAINST_TRACKS: tuple[Rule, ...] = (
    Rule(
        name="chart_owner",
        family="charts",
        claim="One artist has very many of the ten most played tracks.",
        side="high",
        base_rate=base_rates.OWNED,
        find=_owner,
    ),
    Rule(
        name="one_song_artist",
        family="devotion",
        claim="An artist of the top ten has most of its plays from one track.",
        side="high",
        base_rate=base_rates.BEST_OF_ARTIST,
        find=_most_one_sided,
    ),
    Rule(
        name="song_lover",
        family="charts",
        claim="Many artists of the top ten have most of their plays from one track.",
        side="high",
        base_rate=base_rates.ONE_SIDED,
        find=_song_lover,
    ),
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
