"""Exports that are cheap to make: every row is another listen."""

import json
from datetime import UTC, datetime, timedelta

from tests.exports import extended_row, make_zip

BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
ROWS_A_FILE = 20_000
ARTISTS, TRACKS = 700, 9_000


def export_of(rows: int, *, artist: str = "Artist") -> bytes:
    """A zip of `rows` listens, no two at one time; another `artist`, other listens."""
    # Written by hand: encoding 200,000 dictionaries would take longer than the test.
    template = _template()
    entries = {}
    for first in range(0, rows, ROWS_A_FILE):
        lines = [
            template
            % (
                f"{BEGIN + timedelta(minutes=4 * number):%Y-%m-%dT%H:%M:%SZ}",
                f"{artist} {number % TRACKS % ARTISTS}",
                f"Song {number % TRACKS}",
                f"{artist.lower()}{number % TRACKS}",
            )
            for number in range(first, min(first + ROWS_A_FILE, rows))
        ]
        name = f"Streaming_History_Audio_{first // ROWS_A_FILE:03}.json"
        entries[name] = f"[{','.join(lines)}]".encode()
    return make_zip(entries)


def _template() -> str:
    row = extended_row(
        ts="%s",
        master_metadata_album_artist_name="%s",
        master_metadata_track_name="%s",
        spotify_track_uri="spotify:track:%s",
    )
    order = (
        "ts",
        "master_metadata_album_artist_name",
        "master_metadata_track_name",
        "spotify_track_uri",
    )
    first = {name: row.pop(name) for name in order}
    return json.dumps(first | row)
