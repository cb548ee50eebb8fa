"""A history of somebody who hears long names, right-to-left ones and emoji."""

from pathlib import Path

from tests.exports import as_json, extended_row, write_zip

NAMES = (
    "שלום עולם",
    "Wolfeschlegelsteinhausenbergerdorff " * 4,
    "👩‍🚀🎵 霧峰",
    "Ada & <b>Co</b>",
)
MONTHS, DAYS = range(1, 13), range(1, 28)
LISTENS = len(MONTHS) * len(DAYS)


def write_history(folder: Path) -> Path:
    """Their zip, with `LISTENS` plays of 2023."""
    rows = [
        extended_row(
            ts=f"2023-{month:02}-{day:02}T{(day * 7) % 24:02}:00:00Z",
            ms_played=200_000,
            master_metadata_track_name=f"{NAMES[day % 4]} {day % 9}",
            master_metadata_album_artist_name=NAMES[(day + month) % 4],
            spotify_track_uri=f"spotify:track:{day % 4}{day % 9}",
        )
        for month in MONTHS
        for day in DAYS
    ]
    name = "Streaming_History_Audio_2023_1.json"
    return write_zip(folder / "my_spotify_data.zip", {name: as_json(rows)})
