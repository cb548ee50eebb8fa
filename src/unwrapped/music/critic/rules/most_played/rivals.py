"""Rules about rivals among the ten most played: ties and close leads."""

import itertools
from collections.abc import Sequence

from unwrapped.music.critic.base_rates import top_ten as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.most_played.artists_against_tracks import CHART
from unwrapped.music.critic.rules.most_played.top_ten import FEWEST_PLAYS
from unwrapped.music.profile.most_played.top_ten import ChartArtist, ChartTrack
from unwrapped.music.profile.taste_profile import TasteProfile

CLOSE = 0.05


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
            "gap": fact("plays between these two", gap, "plays"),
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
                    "artist": fact("artist of that track", track.artist, "artist"),
                    "plays": fact("plays of that track", track.plays, "plays"),
                    "loser": fact(
                        "artist of the ten with fewer plays in total",
                        artist.artist,
                        "artist",
                    ),
                    "lost": fact("plays of that artist", artist.plays, "plays"),
                    "tracks": fact("tracks of that artist", artist.tracks, "tracks"),
                },
            )
    return None


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
            "other_plays": fact("plays of that artist", longest.plays, "plays"),
            "other_hours": fact("hours of that artist", hours, "hours"),
        },
    )


RIVALS: tuple[Rule, ...] = (
    Rule(
        name="photo_finish",
        family="rivals",
        claim="The first two artists are very close.",
        side="low",
        base_rate=base_rates.GAP,
        find=lambda p: _photo_finish(p.charts.artists),
    ),
    Rule(
        name="photo_finish_tracks",
        family="rivals",
        claim="The first two tracks are very close.",
        side="low",
        base_rate=base_rates.GAP,
        find=lambda p: _photo_finish(p.charts.tracks),
    ),
    Rule(
        name="dead_heat",
        family="rivals",
        claim="Two of the top ten artists have the same number of plays.",
        side="high",
        base_rate=base_rates.SAME_NUMBER,
        find=lambda p: _dead_heat(p.charts.artists),
    ),
    Rule(
        name="dead_heat_tracks",
        family="rivals",
        claim="Two of the top ten tracks have the same number of plays.",
        side="high",
        base_rate=base_rates.SAME_NUMBER,
        find=lambda p: _dead_heat(p.charts.tracks),
    ),
    Rule(
        name="song_beats_artist",
        family="rivals",
        claim="The first track has more plays than a whole artist near the top.",
        side="low",
        base_rate=base_rates.BEATEN_RANK,
        find=_beats,
    ),
    Rule(
        name="two_leaders",
        family="rivals",
        claim="The artist with the most time is not the one with the most plays.",
        side="high",
        base_rate=base_rates.TIME_LEAD,
        find=_by_time,
    ),
)
