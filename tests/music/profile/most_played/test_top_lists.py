from datetime import date

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.most_played.top_lists import (
    Favourites,
    TopAlbum,
    TopArtist,
    TopTrack,
)


def test_favourites_of_a_year() -> None:
    rows = [
        listen("2024-05-01T10:00", "Zappa/Montana", minutes=60, album="Strictly"),
        listen("2025-01-01T10:00", "Zappa/Montana", minutes=30, album="Strictly"),
        listen("2025-01-01T10:10", "Zappa/Inca Roads", minutes=30, album="One Size"),
        listen("2025-01-02T10:00", "Zappa/Montana", minutes=0.3, album="Strictly"),
        listen("2025-01-03T10:00", "Abba/Waterloo", minutes=15),
    ]
    assert profile_of(rows, "2025").favourites == Favourites(
        artists=[
            TopArtist(
                artist="Zappa",
                plays=2,
                share=about(2 / 3),
                hours=about(60.3 / 60),
                tracks=2,
                first_day=date(2024, 5, 1),
            ),
            TopArtist(
                artist="Abba",
                plays=1,
                share=about(1 / 3),
                hours=about(0.25),
                tracks=1,
                first_day=date(2025, 1, 3),
            ),
        ],
        tracks=[
            TopTrack(
                artist="Abba",
                title="Waterloo",
                plays=1,
                hours=about(0.25),
                first_day=date(2025, 1, 3),
            ),
            TopTrack(
                artist="Zappa",
                title="Inca Roads",
                plays=1,
                hours=about(0.5),
                first_day=date(2025, 1, 1),
            ),
            TopTrack(
                artist="Zappa",
                title="Montana",
                plays=1,
                hours=about(30.3 / 60),
                first_day=date(2024, 5, 1),
            ),
        ],
        albums=[
            TopAlbum(artist="Zappa", album="One Size", plays=1, hours=about(0.5)),
            TopAlbum(
                artist="Zappa",
                album="Strictly",
                plays=1,
                hours=about(30.3 / 60),
            ),
        ],
    )


def test_albums_with_the_same_name_by_two_artists_are_two() -> None:
    rows = [
        listen("2025-01-01T10:00", "Abba/Waterloo", album="Live"),
        listen("2025-01-01T11:00", "Queen/Innuendo", album="Live"),
    ]
    albums = profile_of(rows).favourites.albums
    assert [(album.artist, album.plays) for album in albums] == [
        ("Abba", 1),
        ("Queen", 1),
    ]


def test_top_albums_are_empty_when_no_album_is_named() -> None:
    assert profile_of([listen("2025-01-01T10:00")]).favourites.albums == []
