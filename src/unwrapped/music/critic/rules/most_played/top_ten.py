"""Rules about the ten most played artists and tracks: shares, leads, and days with plays."""

from collections import Counter

from unwrapped.music.critic.base_rates import top_ten as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.most_played.top_ten import ChartArtist
from unwrapped.music.profile.taste_profile import TasteProfile

CHART = 10
FEWEST_TRACKS = 3
FEWEST_PLAYS = 30
FEWEST_OWNED = 3
FEWEST_ONE_SIDED = 2
ONE_SIDED = 0.75
MOSTLY = 0.5
FEWEST_ACTIVE_DAYS = 60


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
        if artist.tracks >= FEWEST_TRACKS and artist.plays >= FEWEST_PLAYS
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
        a for a in artists if _best_share(a) >= ONE_SIDED and a.plays >= FEWEST_PLAYS
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


def _track_lead(profile: TasteProfile) -> Finding | None:
    tracks = profile.charts.tracks
    if len(tracks) < 2 or tracks[0].plays < FEWEST_PLAYS:
        return None
    one, other = tracks[:2]
    ratio = one.plays / other.plays
    return Finding(
        ratio,
        {
            "title": fact("most played track", one.title, "title"),
            "artist": fact("artist of that track", one.artist, "artist"),
            "plays": fact("plays of that track", one.plays, "plays"),
            "next": fact("next track", other.title, "title"),
            "other_plays": fact("plays of the next track", other.plays, "number"),
            "ratio": fact("ratio of the first to the next", ratio, "ratio"),
        },
    )


def _days_of_track(profile: TasteProfile) -> Finding | None:
    tracks = profile.charts.tracks
    if not tracks or tracks[0].plays < FEWEST_PLAYS:
        return None
    top = tracks[0]
    return Finding(
        top.days / top.plays,
        {
            "title": fact("most played track", top.title, "title"),
            "artist": fact("artist of that track", top.artist, "artist"),
            "plays": fact("plays of that track", top.plays, "plays"),
            "days": fact("days with a play of that track", top.days, "days"),
        },
    )


def _days_of_track_of_many(profile: TasteProfile) -> Finding | None:
    """None if the track has few days because there are few days with music."""
    found = _days_of_track(profile)
    if found is None or 2 * profile.charts.tracks[0].days > profile.volume.active_days:
        return None
    return found


def _regular(profile: TasteProfile) -> Finding | None:
    active = profile.volume.active_days
    if not profile.charts.artists or active < FEWEST_ACTIVE_DAYS:
        return None
    most = max(profile.charts.artists, key=lambda artist: artist.days)
    return Finding(
        most.days / active,
        {
            "artist": fact("artist of the ten on the most days", most.artist, "artist"),
            "days": fact("days with a play of that artist", most.days, "number"),
            "of": fact("days with a play", active, "days"),
            "title": fact("most played track of that artist", most.best_title, "title"),
        },
    )


TOP_TEN: tuple[Rule, ...] = (
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
        name="landslide_track",
        family="devotion",
        claim="The first track has many times the plays of the next one.",
        side="high",
        base_rate=base_rates.TRACK_LEAD,
        find=_track_lead,
    ),
    Rule(
        name="binge_track",
        family="devotion",
        claim="The first track got its plays on few days.",
        side="low",
        base_rate=base_rates.DAYS_OF_TRACK,
        find=_days_of_track_of_many,
    ),
    Rule(
        name="drip_track",
        family="devotion",
        claim="The first track got its plays on very many days.",
        side="high",
        base_rate=base_rates.DAYS_OF_TRACK,
        find=_days_of_track,
    ),
    Rule(
        name="daily_artist",
        family="charts",
        claim="One artist is played on very many days.",
        side="high",
        base_rate=base_rates.DAYS_OF_ARTIST,
        find=_regular,
    ),
)
