"""Rules about the ten most played artists and tracks: who owns, ties and beats whom."""

import itertools
from collections import Counter
from collections.abc import Sequence

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.grounds import charts as grounds
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.most_played.charts import ChartArtist, ChartTrack
from unwrapped.music.profile.taste import TasteProfile

CHART = 10
FEWEST_TRACKS = 3
FEWEST_PLAYS = 30
FEWEST_OWNED = 3
FEWEST_ONE_SIDED = 2
ONE_SIDED = 0.75
MOSTLY = 0.5
CLOSE = 0.05
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
        "count": fact("tracks of theirs among the ten", count, "number"),
        "ten": fact("most played tracks", CHART, "tracks"),
        "title": fact("the most played of theirs", own[0].title, "title"),
        "plays": fact("its plays", own[0].plays, "plays"),
        "last": fact("the last of theirs", own[-1].title, "title"),
    }
    if others := [track for track in tracks if track.artist != artist]:
        facts |= {
            "rest": fact("tracks of others among the ten", len(others), "number"),
            "other": fact("the most played by another", others[0].title, "title"),
            "other_artist": fact("its artist", others[0].artist, "artist"),
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
            "plays": fact("plays of theirs", most.plays, "plays"),
            "title": fact("their most played track", most.best_title, "title"),
            "best": fact("its plays", most.best_plays, "number"),
            "others": fact("their other tracks", most.tracks - 1, "tracks"),
            "rest": fact(
                "plays of their other tracks", most.plays - most.best_plays, "plays"
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
            "artist": fact("the most played of them", sided[0].artist, "artist"),
            "title": fact("their most played track", sided[0].best_title, "title"),
            "other": fact("another of them", sided[1].artist, "artist"),
            "track": fact("their most played track", sided[1].best_title, "title"),
        },
    )


def _names(place: str, entry: ChartArtist | ChartTrack) -> dict[str, Evidence]:
    if isinstance(entry, ChartArtist):
        return {place: fact(f"{place} artist", entry.artist, "artist")}
    return {place: fact(f"{place} track", entry.title, "title")}


def _photo_finish(entries: Sequence[ChartArtist | ChartTrack]) -> Finding | None:
    if len(entries) < 2 or entries[1].plays < FEWEST_PLAYS:
        return None
    one, other = entries[:2]
    gap = one.plays - other.plays
    if not 0 < gap <= CLOSE * one.plays:
        return None
    return Finding(
        gap / one.plays,
        {
            **_names("first", one),
            **_names("next", other),
            "plays": fact("plays of the first", one.plays, "number"),
            "other_plays": fact("plays of the next", other.plays, "number"),
            "gap": fact("plays between them", gap, "plays"),
        },
    )


def _dead_heat(entries: Sequence[ChartArtist | ChartTrack]) -> Finding | None:
    for one, other in itertools.pairwise(entries):
        if one.plays == other.plays and one.plays >= FEWEST_PLAYS:
            return Finding(
                one.plays,
                {
                    **_names("first", one),
                    **_names("next", other),
                    "plays": fact("plays that each of them has", one.plays, "plays"),
                },
            )
    return None


def _beats(profile: TasteProfile) -> Finding | None:
    if not profile.charts.tracks:
        return None
    track = profile.charts.tracks[0]
    for rank, artist in enumerate(profile.charts.artists, start=1):
        if artist.plays < track.plays and artist.artist != track.artist:
            return Finding(
                rank,
                {
                    "title": fact("most played track", track.title, "title"),
                    "artist": fact("its artist", track.artist, "artist"),
                    "plays": fact("its plays", track.plays, "plays"),
                    "loser": fact(
                        "artist of the ten with fewer plays in total",
                        artist.artist,
                        "artist",
                    ),
                    "lost": fact("plays of the loser", artist.plays, "plays"),
                    "tracks": fact("tracks of the loser", artist.tracks, "tracks"),
                },
            )
    return None


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
            "artist": fact("its artist", one.artist, "artist"),
            "plays": fact("its plays", one.plays, "plays"),
            "next": fact("next track", other.title, "title"),
            "other_plays": fact("plays of the next", other.plays, "number"),
            "ratio": fact("the first against the next", ratio, "ratio"),
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
            "artist": fact("its artist", top.artist, "artist"),
            "plays": fact("its plays", top.plays, "plays"),
            "days": fact("days with a play of it", top.days, "days"),
        },
    )


def _days_of_track_of_many(profile: TasteProfile) -> Finding | None:
    """Nothing where the days are few because there are few with music."""
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
            "days": fact("days with a play of theirs", most.days, "number"),
            "of": fact("days with a play", active, "days"),
            "title": fact("their most played track", most.best_title, "title"),
        },
    )


def _by_time(profile: TasteProfile) -> Finding | None:
    timed = [(a.hours, a) for a in profile.charts.artists if a.hours]
    if len(timed) < CHART:
        return None
    first_hours, first = timed[0]
    hours, longest = max(timed, key=lambda one: one[0])
    if longest is first:
        return None
    return Finding(
        hours / first_hours,
        {
            "artist": fact("most played artist", first.artist, "artist"),
            "plays": fact("plays of the most played artist", first.plays, "plays"),
            "hours": fact("hours of the most played artist", first_hours, "hours"),
            "other": fact(
                "artist of the ten with the most time", longest.artist, "artist"
            ),
            "other_plays": fact("plays of theirs", longest.plays, "plays"),
            "other_hours": fact("hours of theirs", hours, "hours"),
        },
    )


CHARTS: tuple[Rule, ...] = (
    Rule(
        name="chart_owner",
        family="charts",
        claim="One artist has very many of the ten most played tracks.",
        side="high",
        ground=grounds.OWNED,
        find=_owner,
    ),
    Rule(
        name="one_song_artist",
        family="devotion",
        claim="An artist of the top ten is there for one track.",
        side="high",
        ground=grounds.BEST_OF_ARTIST,
        find=_most_one_sided,
    ),
    Rule(
        name="song_lover",
        family="charts",
        claim="Many artists of the top ten are there for one track.",
        side="high",
        ground=grounds.ONE_SIDED,
        find=_song_lover,
    ),
    Rule(
        name="photo_finish",
        family="rivals",
        claim="The first two artists are very close.",
        side="low",
        ground=grounds.GAP,
        find=lambda p: _photo_finish(p.charts.artists),
    ),
    Rule(
        name="photo_finish_tracks",
        family="rivals",
        claim="The first two tracks are very close.",
        side="low",
        ground=grounds.GAP,
        find=lambda p: _photo_finish(p.charts.tracks),
    ),
    Rule(
        name="dead_heat",
        family="rivals",
        claim="Two of the top ten artists have the same number of plays.",
        side="high",
        ground=grounds.SAME_NUMBER,
        find=lambda p: _dead_heat(p.charts.artists),
    ),
    Rule(
        name="dead_heat_tracks",
        family="rivals",
        claim="Two of the top ten tracks have the same number of plays.",
        side="high",
        ground=grounds.SAME_NUMBER,
        find=lambda p: _dead_heat(p.charts.tracks),
    ),
    Rule(
        name="song_beats_artist",
        family="rivals",
        claim="The first track has more plays than a whole artist near the top.",
        side="low",
        ground=grounds.BEATEN_RANK,
        find=_beats,
    ),
    Rule(
        name="landslide_track",
        family="devotion",
        claim="The first track has many times the plays of the next one.",
        side="high",
        ground=grounds.TRACK_LEAD,
        find=_track_lead,
    ),
    Rule(
        name="binge_track",
        family="devotion",
        claim="The first track got its plays on few days.",
        side="low",
        ground=grounds.DAYS_OF_TRACK,
        find=_days_of_track_of_many,
    ),
    Rule(
        name="drip_track",
        family="devotion",
        claim="The first track got its plays on very many days.",
        side="high",
        ground=grounds.DAYS_OF_TRACK,
        find=_days_of_track,
    ),
    Rule(
        name="daily_artist",
        family="charts",
        claim="One artist is played on very many days.",
        side="high",
        ground=grounds.DAYS_OF_ARTIST,
        find=_regular,
    ),
    Rule(
        name="two_leaders",
        family="rivals",
        claim="The leader by time is another one than the leader by plays.",
        side="high",
        ground=grounds.TIME_LEAD,
        find=_by_time,
    ),
)
