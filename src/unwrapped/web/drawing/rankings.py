"""The figures of the most played artists and tracks of a portrait."""

from collections.abc import Callable

from unwrapped.core.printable import printable
from unwrapped.music.profile.most_played.top_lists import TopArtist, TopTrack
from unwrapped.web.drawing.charts import RankBar, draw_ranking, said_in_full
from unwrapped.web.drawing.figures import Figure, Table
from unwrapped.web.wording import count, day, known_duration, share

LEADERS = 3


def artists_figure(
    artists: list[TopArtist], link: Callable[[str], str] | None = None
) -> Figure:
    """The figure of the most played artists; `link` makes the address of an artist."""
    bars = [
        RankBar(
            name=top.artist,
            note="",
            plays=top.plays,
            target=link(top.artist) if link else "",
        )
        for top in artists
    ]
    return Figure(
        name="artists",
        title="Most played artists",
        caption=f"Plays. {printable(artists[0].artist)} has {share(artists[0].share)} of all plays.",
        drawing=draw_ranking(bars),
        label=_leaders("artists", bars),
        table=Table(
            head=["Artist", "First played", "Plays", "Share", "Tracks", "Time"],
            rows=[
                [
                    printable(top.artist),
                    day(top.first_day),
                    count(top.plays),
                    share(top.share),
                    count(top.tracks),
                    known_duration(top.hours, top.known_share),
                ]
                for top in artists
            ],
            words=2,
            links=[bar.target for bar in bars] if link else [],
        ),
    )


def tracks_figure(
    tracks: list[TopTrack], link: Callable[[str, str], str] | None = None
) -> Figure:
    """The figure of the most played tracks; `link` makes the address of an artist's track."""
    bars = [
        RankBar(
            name=top.title,
            note=top.artist,
            plays=top.plays,
            target=link(top.artist, top.title) if link else "",
        )
        for top in tracks
    ]
    return Figure(
        name="tracks",
        title="Most played tracks",
        caption=f"Plays. The first play of the top track was on {day(tracks[0].first_day)}.",
        drawing=draw_ranking(bars),
        label=_leaders("tracks", bars),
        table=Table(
            head=["Track", "Artist", "First played", "Plays", "Time"],
            rows=[
                [
                    printable(top.title),
                    printable(top.artist),
                    day(top.first_day),
                    count(top.plays),
                    known_duration(top.hours, top.known_share),
                ]
                for top in tracks
            ],
            words=3,
            links=[bar.target for bar in bars] if link else [],
        ),
    )


def _leaders(kind: str, bars: list[RankBar]) -> str:
    named = [
        f"{place}. {said_in_full(bar)}"
        for place, bar in enumerate(bars[:LEADERS], start=1)
    ]
    return f"The {len(bars)} most played {kind}: {'; '.join(named)}."
