"""The floor of `unwrapped analyze`: only inflate, decode and bare group-bys."""

import sys
import zipfile

import msgspec
import polars as pl


class Row(msgspec.Struct, gc=False):
    """The members that the profile reads."""

    ts: str | None = None
    ms_played: int | None = None
    master_metadata_track_name: str | None = None
    master_metadata_album_artist_name: str | None = None
    master_metadata_album_album_name: str | None = None
    spotify_track_uri: str | None = None
    reason_end: str | None = None
    shuffle: bool | str | None = None


def main(export: str) -> None:
    """Decode every file of the extended history in a zip and group its rows."""
    decoder = msgspec.json.Decoder(list[Row])
    columns = ("ts", "ms_played", "master_metadata_track_name",
               "master_metadata_album_artist_name", "master_metadata_album_album_name",
               "spotify_track_uri", "reason_end")  # fmt: skip
    frames = []
    with zipfile.ZipFile(export) as archive:
        for name in archive.namelist():
            if not name.endswith(".json"):
                continue
            rows = decoder.decode(archive.read(name))
            frames.append(
                pl.DataFrame({c: [getattr(row, c) for row in rows] for c in columns})
            )
    listens = pl.concat(frames)
    plays = listens.with_columns(
        pl.col("ts").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    ).filter(pl.col("ms_played") >= 30_000)
    artist, title = "master_metadata_album_artist_name", "master_metadata_track_name"
    local = pl.col("ts").dt.convert_time_zone("Europe/Berlin")
    for key in (
        [artist],
        [artist, title],
        [artist, "master_metadata_album_album_name"],
        [local.dt.hour()],
        [local.dt.weekday()],
        [local.dt.truncate("1mo")],
        [local.dt.date()],
    ):
        plays.group_by(key).agg(pl.len(), pl.col("ms_played").sum()).sort("len")


if __name__ == "__main__":
    main(sys.argv[1])
