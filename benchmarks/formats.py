"""Reading the files of each service, compared with the floor: their parser alone.

uv run python -m benchmarks.formats --rows 500000
"""

import csv
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from unwrapped.music.sources.upload_reading import read_upload

BEGIN = 1_500_000_000
PAGE = 200
TRACKS = 20_011

type Reader = Callable[[Path], object]


def _names(number: int) -> tuple[str, str, str]:
    """One of about twenty thousand tracks, as many as a listener hears over years."""
    song = number * 7_919 % TRACKS
    return f"Artist {song % 997}", f"Album {song % 1_994}", f"Song {song}"


def _write_table(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow(
            ["uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid"]
        )  # fmt: skip
        for number in range(rows):
            artist, album, title = _names(number)
            at = BEGIN + 200 * number
            written = datetime.fromtimestamp(at, UTC).strftime("%d %b %Y, %H:%M")
            table.writerow([at, written, artist, "", album, "", title, ""])


def _write_minutes(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["utc_time", "artist", "album", "track"])
        for number in range(rows):
            at = datetime.fromtimestamp(BEGIN + 200 * number, UTC)
            table.writerow([at.strftime("%d %b %Y, %H:%M"), *_names(number)])


def _track(number: int) -> dict[str, object]:
    artist, album, title = _names(number)
    return {
        "artist": {"mbid": "", "#text": artist},
        "album": {"mbid": "", "#text": album},
        "image": [{"size": size, "#text": ""} for size in ("small", "medium", "large")],
        "name": title,
        "mbid": "",
        "url": f"https://www.last.fm/music/{artist}/_/{title}",
        "date": {"uts": str(BEGIN + 200 * number), "#text": "14 Jul 2017, 02:40"},
    }


def _write_pages(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for first in range(0, rows, PAGE):
            file.write("," if first else "[")
            tracks = [_track(number) for number in range(first, first + PAGE)]
            json.dump({"@attr": {"page": "1"}, "track": tracks}, file)
        file.write("]")


def _write_lines(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            artist, album, title = _names(number)
            line = {
                "inserted_at": 1_700_000_000.5,
                "listened_at": BEGIN + 200 * number,
                "track_metadata": {
                    "track_name": title,
                    "artist_name": artist,
                    "release_name": album,
                    "recording_msid": "00000000-0000-0000-0000-000000000000",
                    "mbid_mapping": None,
                    "additional_info": {
                        "duration_ms": 200_000,
                        "submission_client": "x",
                    },
                },
            }
            file.write(json.dumps(line) + "\n")


def _bare_csv(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def _bare_json(path: Path) -> int:
    return len(msgspec.json.decode(path.read_bytes()))


def _bare_lines(path: Path) -> int:
    return len(msgspec.json.Decoder().decode_lines(path.read_bytes()))


FORMS: dict[str, tuple[Callable[[Path, int], None], Reader]] = {
    "Last.fm, table of seconds": (_write_table, _bare_csv),
    "Last.fm, table of minutes": (_write_minutes, _bare_csv),
    "Last.fm, pages of JSON": (_write_pages, _bare_json),
    "ListenBrainz, lines": (_write_lines, _bare_lines),
}


def _read(path: Path) -> int:
    return len(read_upload([path]).rows)


def _measured(
    read: Reader, path: Path, answers: "multiprocessing.Queue[tuple[float, float]]"
) -> None:
    begun = time.process_time()
    read(path)
    took = time.process_time() - begun
    answers.put((took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _alone(read: Reader, path: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of the work in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[tuple[float, float]] = context.Queue()
    child = context.Process(target=_measured, args=(read, path, answers))
    child.start()
    answer = answers.get()
    child.join()
    return answer


@click.command()
@click.option("--rows", default=500_000, show_default=True)
@click.option("--times", default=3, show_default=True)
def main(rows: int, times: int) -> None:
    """Print rows per second of CPU, those of the floor, and the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, floor) in FORMS.items():
            path = Path(folder) / "history"
            write(path, rows)
            bare = [_alone(floor, path) for _ in range(times)]
            ours = [_alone(_read, path) for _ in range(times)]
            took, least = min(ours)[0], min(bare)[0]
            sys.stdout.write(
                f"{name:26} {rows / took:9,.0f} rows/s  {took / least:5.2f}x the floor"
                f"  {min(peak for _, peak in ours):6,.0f} MiB\n"
            )


if __name__ == "__main__":
    main()
