"""Reading all that a user gave: which files are history, and every row of those."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.sources import spotify_api
from unwrapped.music.sources.containers import GivenFile, Leaf, LeafReader, leaves
from unwrapped.music.sources.limits import Budget, Limits
from unwrapped.music.sources.recognition import (
    SOURCES,
    describe,
    is_empty_list,
    is_named_like_history,
    look_at,
    source_of,
)
from unwrapped.music.sources.source import ROW_SCHEMA, Source
from unwrapped.music.sources.spellings import Spellings

type OnProgress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes to read."""

SOURCE_TITLES = {source.name: source.title for source in SOURCES} | {
    spotify_api.NAME: spotify_api.TITLE
}
"""What people call the formats of files, and what is told by no file; by name."""

SourceName = pl.Enum(list(SOURCE_TITLES))

UPLOAD_SCHEMA = pl.Schema(ROW_SCHEMA | {"source": SourceName, "file": pl.UInt32()})
"""`file` is an index into `Upload.files`."""


class NoHistory(Invalid):
    """Nothing in the upload is listening history."""

    code = "no_history"


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not history: looked at, read no further."""

    path: str
    looks_like: str
    warning: bool
    """It is named like history, so that its owner may miss it."""


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A file that was read."""

    path: str
    source: str | None
    """None for an empty list, which belongs to no format."""

    rows_read: int


@dataclass(frozen=True, slots=True)
class Upload:
    """Everything read, nothing judged yet."""

    rows: pl.DataFrame
    """All rows of all files, `UPLOAD_SCHEMA`, in reading order."""

    spellings: Spellings
    files: list[HistoryFile]
    skipped: list[SkippedFile]


def read_upload(
    paths: Sequence[Path | GivenFile],
    limits: Limits | None = None,
    on_progress: OnProgress | None = None,
) -> Upload:
    """Every row of listening history below `paths` (files, folders, zips).

    Raises `Invalid` (with its subclasses) when a file is damaged, over a limit or
    unreadable, `NoHistory` when there is none; then nothing of the upload counts.
    """
    budget = Budget(limits or Limits())
    with ExitStack() as stack:
        found, empty, skipped = _survey(paths, budget, stack)
        if not found:
            raise NoHistory(_nothing_found(paths, empty, skipped))
        spellings = Spellings()
        progress = _Progress(sum(leaf.size for leaf, _ in found), on_progress)
        frames: list[pl.DataFrame] = []
        files: list[HistoryFile] = []
        for leaf, source in found:
            rows = _read_file(leaf, source, len(files), spellings, progress)
            frames.append(rows)
            files.append(HistoryFile(leaf.path, source.name, len(rows)))
    files += [HistoryFile(leaf.path, None, 0) for leaf in empty]
    return Upload(pl.concat(frames, rechunk=True), spellings, files, skipped)


def read_told(items: list[object]) -> Upload:
    """What Spotify's API tells of plays (`spotify_api`), as if it were an upload."""
    spellings = Spellings()
    rows = spotify_api.read_plays(items, spellings)
    told = HistoryFile(spotify_api.PATH, spotify_api.NAME, len(rows))
    return Upload(_labelled(rows, spotify_api.NAME, 0), spellings, [told], [])


def _survey(
    paths: Sequence[Path | GivenFile], budget: Budget, stack: ExitStack
) -> tuple[list[tuple[Leaf, Source]], list[Leaf], list[SkippedFile]]:
    found: list[tuple[Leaf, Source]] = []
    empty: list[Leaf] = []
    skipped: list[SkippedFile] = []
    for leaf in leaves(paths, budget, stack):
        head = look_at(leaf.head)
        if (source := source_of(head)) is not None:
            found.append((leaf, source))
        elif is_empty_list(head):
            empty.append(leaf)
        else:
            skipped.append(
                SkippedFile(
                    leaf.path, describe(leaf.head), is_named_like_history(leaf.path)
                )
            )
    return found, empty, skipped


def _read_file(
    leaf: Leaf, source: Source, index: int, spellings: Spellings, progress: "_Progress"
) -> pl.DataFrame:
    with closing(LeafReader(leaf, progress.advance)) as reader:
        rows = pl.concat(
            [pl.DataFrame(schema=ROW_SCHEMA), *source.read(reader, spellings)]
        )
    return _labelled(rows, source.name, index)


def _labelled(rows: pl.DataFrame, source: str, file: int) -> pl.DataFrame:
    return rows.with_columns(
        pl.lit(source, SourceName).alias("source"),
        pl.lit(file, pl.UInt32).alias("file"),
    )


class _Progress:
    def __init__(self, total: int, report: OnProgress | None) -> None:
        self._done = 0
        self._total = total
        self._report = report

    def advance(self, size: int) -> None:
        self._done += size
        if self._report is not None:
            self._report(self._done, self._total)


def _nothing_found(
    paths: Sequence[Path | GivenFile], empty: list[Leaf], skipped: list[SkippedFile]
) -> str:
    given = ", ".join(path.name or str(path) for path in paths)
    advice = (
        'Give the zip that Spotify sent you ("my_spotify_data.zip"), or its folder.'
    )
    if empty:
        return (
            f"{given}: the listening history is an empty list, without a play. {advice}"
        )
    if not skipped:
        return f"{given}: there is no file in it. {advice}"
    seen = [f"{file.path} ({file.looks_like})" for file in skipped[:3]]
    more = f" and {len(skipped) - 3:,} more" if len(skipped) > 3 else ""
    return f"No listening history found. Seen: {', '.join(seen)}{more}. {advice}"
