"""A history of somebody who hears long names, right-to-left ones and emoji."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.exports import as_json, extended_row, write_zip

NAMES = (
    "שלום עולם",
    "Wolfeschlegelsteinhausenbergerdorff " * 4,
    "👩‍🚀🎵 霧峰",
    "Ada & <b>Co</b>",
)
MONTHS, DAYS = range(1, 4), range(1, 28)
LATELY = 10
"""Days before today that have a play each, so that the last ones have something to show."""

LISTENS = len(MONTHS) * len(DAYS) + LATELY


def write_history(folder: Path) -> Path:
    """Their zip, with `LISTENS` plays, of 2023 and of late."""
    today = datetime.now(UTC).replace(minute=0, second=0)
    ends = [
        *(
            datetime(2023, month, day, day * 7 % 24, tzinfo=UTC)
            for month in MONTHS
            for day in DAYS
        ),
        *(today - timedelta(days=number) for number in range(1, LATELY + 1)),
    ]
    rows = [
        extended_row(
            ts=f"{end:%Y-%m-%dT%H:%M:%SZ}",
            ms_played=200_000,
            master_metadata_track_name=f"{NAMES[end.day % 4]} {end.day % 9}",
            master_metadata_album_artist_name=NAMES[(end.day + end.month) % 4],
            spotify_track_uri=f"spotify:track:{end.day % 4}{end.day % 9}",
        )
        for end in ends
    ]
    name = "Streaming_History_Audio_2023_1.json"
    return write_zip(folder / "my_spotify_data.zip", {name: as_json(rows)})
