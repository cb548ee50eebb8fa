r"""Make the history that Last.fm or ListenBrainz would have of a made-up listener.

With the same arguments it is the history that `make_export.py` writes as an export of
Spotify, as a scrobbler would have reported it at the same time:

    uv run python examples/make_scrobbles.py scrobbles.csv --listener nostalgic --seed 20
    uv run python examples/make_scrobbles.py listens.zip --service listenbrainz

In Python:

    from examples.make_scrobbles import write_lastfm, write_listenbrainz
    write_lastfm(path, make_listens("nightowl", seed=3, rows=5_000))
"""

import csv
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

if not __package__:  # run as a script: find the modules beside this one
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examples.listen import Listen
from examples.listener_traits import KINDS
from examples.listening import Years, make_listens
from examples.make_export import YearsType

LEAST_MS = 30_000
ENOUGH_MS = 240_000
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
COLUMNS = (
    "uts",
    "utc_time",
    "artist",
    "artist_mbid",
    "album",
    "album_mbid",
    "track",
    "track_mbid",
)


def scrobbled(listens: Iterable[Listen]) -> Iterator[tuple[datetime, Listen]]:
    """The listens that a scrobbler reports, with their starts to the second.

    It reports tracks that were played for at least 30 seconds, and to their end or for
    four minutes. Scrobblers also report half a track, but a listen does not have its
    length.
    """
    for listen in listens:
        enough = listen.reason_end == "trackdone" or listen.ms_played >= ENOUGH_MS
        if listen.medium == "track" and listen.ms_played >= LEAST_MS and enough:
            began = listen.ended_at - timedelta(milliseconds=listen.ms_played)
            yield began.replace(microsecond=0), listen


def write_lastfm(path: Path, listens: Iterable[Listen]) -> None:
    """Write the table of eight columns in which tools export a Last.fm history."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow(COLUMNS)
        for began, listen in scrobbled(listens):
            uts, written = int(began.timestamp()), f"{began:%d %b %Y, %H:%M}"
            names = (listen.artist, "", listen.album, "", listen.title, "")
            table.writerow([uts, written, *names])


def write_listenbrainz(path: Path, listens: Iterable[Listen]) -> None:
    """Write the zip that ListenBrainz exports: a file of JSON lines for each month."""
    months: dict[str, list[str]] = {}
    for began, listen in scrobbled(listens):
        lines = months.setdefault(f"listens/{began.year}/{began.month}.jsonl", [])
        lines.append(json.dumps(_line(began, listen), ensure_ascii=False))
    user = json.dumps({"user_id": 1, "username": "listener"})
    files = {"user.json": user} | {name: "\n".join(of) for name, of in months.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)


def _line(began: datetime, listen: Listen) -> dict[str, object]:
    info: dict[str, object] = {"submission_client": "A made-up scrobbler"}
    if listen.reason_end == "trackdone":
        info["duration_ms"] = listen.ms_played
    return {
        "inserted_at": listen.ended_at.timestamp(),
        "listened_at": int(began.timestamp()),
        "track_metadata": {
            "track_name": listen.title,
            "artist_name": listen.artist,
            "release_name": listen.album,
            "recording_msid": "00000000-0000-0000-0000-000000000000",
            "mbid_mapping": None,
            "additional_info": info,
        },
    }


WRITERS: dict[str, Callable[[Path, Iterable[Listen]], None]] = {
    "lastfm": write_lastfm,
    "listenbrainz": write_listenbrainz,
}


@click.command(
    help="Write the history of a made-up listener, as a scrobbler reports it, to OUT."
)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--service", type=click.Choice(list(WRITERS)), default="lastfm")
@click.option("--listener", "kind", type=click.Choice(KINDS), default="omnivore")
@click.option("--rows", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--years", type=YearsType(), default="2021-2025", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def main(
    out: Path, service: str, kind: str, rows: int, years: Years, seed: int
) -> None:
    WRITERS[service](out, make_listens(kind, seed=seed, rows=rows, years=years))
    click.echo(f"{out}: the scrobbles of {rows:,} rows of a made-up {kind}.")


if __name__ == "__main__":
    main()
