"""The usual steps in a notebook: json.load, concat, the same group-bys in pandas."""

import json
import sys
import zipfile

import pandas as pd


def main(export: str) -> None:
    """Load every file of the extended history in a zip and group its rows."""
    frames = []
    with zipfile.ZipFile(export) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                with archive.open(name) as file:
                    frames.append(pd.DataFrame(json.load(file)))
    listens = pd.concat(frames, ignore_index=True)
    plays = listens[listens["ms_played"] >= 30_000].copy()
    plays["ts"] = pd.to_datetime(plays["ts"], utc=True)
    local = plays["ts"].dt.tz_convert("Europe/Berlin")
    artist, title = "master_metadata_album_artist_name", "master_metadata_track_name"
    for key in (
        [artist],
        [artist, title],
        [artist, "master_metadata_album_album_name"],
        local.dt.hour,
        local.dt.day_of_week,
        local.dt.strftime("%Y-%m"),
        local.dt.date,
    ):
        plays.groupby(key)["ms_played"].agg(["size", "sum"]).sort_values("size")


if __name__ == "__main__":
    main(sys.argv[1])
