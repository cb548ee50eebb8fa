"""Portraits for the tests of the page, each through the whole pipeline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from examples.make_export import make_listens, write_export
from tests.exports import Row, as_json, history_at, track, write_json, write_zip
from unwrapped.music.analysis.portrait import Portrait, paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.period import Period

HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    '" onload="alert(1)',
    "</svg></style><h1>Mine</h1>",
    "&amp;&lt;b&gt;",
    "]]><!--",
)
FOREIGN = ("霧峰トネオミア", "שלום עולם", "👩\u200d🚀🎵" * 40, "W" * 200)


type Make = Callable[[Path], Portrait]


def once(make: Make) -> Make:
    """Make a portrait once per process: no test changes it."""
    made: list[Portrait] = []

    def kept(folder: Path) -> Portrait:
        if not made:
            made.append(make(folder))
        return made[0]

    return kept


def portrait_of(*paths: Path) -> Portrait:
    return paint_portrait(
        history_at(*paths), Period(), ZoneInfo("Europe/Berlin"), HouseCritic()
    )


def listen(name: str, at: datetime, ms_played: int | None = 200_000) -> Row:
    """A row of the artist `name` with the only track `name`."""
    uri = f"spotify:track:{name}"
    return track(name, name, uri, ts=f"{at:%Y-%m-%dT%H:%M:%SZ}", ms_played=ms_played)


@once
def one_play(folder: Path) -> Portrait:
    """30 seconds of music, and nothing else."""
    rows = [listen("Artist", datetime(2023, 3, 14, 20, tzinfo=UTC), 30_000)]
    return portrait_of(write_json(folder / "one.json", rows))


@once
def hostile_names(folder: Path) -> Portrait:
    """A portrait with names of artists, tracks and files that could break a page."""
    first = datetime(2022, 1, 1, tzinfo=UTC)
    names = HOSTILE + FOREIGN
    rows = [
        listen(name, first + timedelta(hours=13 * play))
        for play in range(300)
        for name in names[: 1 + play % len(names)]
    ]
    entries = {
        "<i>.json": as_json(rows),
        "Streaming_History_<b>_1.json": b"{}",
        "{{7*7}}.pdf": b"%PDF",
    }
    return portrait_of(write_zip(folder / "<u>.zip", entries))


@once
def sixteen_years(folder: Path) -> Portrait:
    """A portrait of a long history in both formats, with all kinds of rows in the books."""
    listens = make_listens("omnivore", seed=4, rows=1_500, years=(2010, 2025))
    write_export(folder / "export.zip", listens, "both")
    return portrait_of(folder / "export.zip")
