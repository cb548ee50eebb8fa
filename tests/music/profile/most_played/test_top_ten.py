from datetime import date

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.most_played.top_ten import ChartArtist, ChartTrack

ROWS = [
    listen("2024-12-31T10:00", "Abba/Waterloo"),
    listen("2025-01-01T10:00", "Abba/Waterloo"),
    listen("2025-01-01T11:00", "Abba/Waterloo"),
    listen("2025-01-02T10:00", "Abba/Fernando"),
    listen("2025-01-02T11:00", "Queen/Innuendo", minutes=None),
]


def test_a_chart_has_the_two_most_played_tracks_of_each_artist() -> None:
    charts = profile_of(ROWS, "2025").charts
    assert charts.artists[0] == ChartArtist(
        artist="Abba",
        plays=3,
        share=0.75,
        hours=about(9 / 60),
        days=2,
        tracks=2,
        best_title="Waterloo",
        best_plays=2,
        second_title="Fernando",
        second_plays=1,
        first_day=date(2024, 12, 31),
    )
    assert (charts.artists[1].second_title, charts.artists[1].second_plays) == ("", 0)
    assert charts.artists[1].hours is None
    assert charts.tracks[0] == ChartTrack(
        artist="Abba",
        title="Waterloo",
        plays=2,
        share=0.5,
        days=1,
        first_day=date(2024, 12, 31),
    )


def test_charts_have_ten_places_for_any_length_of_the_top_lists() -> None:
    rows = [listen(f"2025-01-01T{i:02}:00", f"Artist {i}/Track {i}") for i in range(12)]
    charts = profile_of(rows, top=3).charts
    assert (len(charts.artists), len(charts.tracks)) == (10, 10)
