"""Reading all that a user gave: which files are history, and every row of those."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.sources import spotify_api
from unwrapped.music.sources.containers import (
    LINKED_FOLDER,
    DamagedZip,
    Found,
    GivenFile,
    Leaf,
    LeafReader,
    LockedZip,
    Walk,
    find_files,
)
from unwrapped.music.sources.limits import Budget, DirectoryTooLarge, Limits
from unwrapped.music.sources.recognition import (
    SOURCES,
    describe,
    is_empty_list,
    is_named_like_history,
    look_at,
    source_of,
)
from unwrapped.music.sources.source import OTHER_FORM, ROW_SCHEMA, Source
from unwrapped.music.sources.spellings import Spellings
from unwrapped.music.sources.zips import names_history

type OnProgress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes to read."""

SOURCE_TITLES = {source.name: source.title for source in SOURCES} | {
    spotify_api.NAME: spotify_api.TITLE
}
"""What people call the formats of files, and what is told by no file; by name."""

SourceName = pl.Enum(list(SOURCE_TITLES))

UPLOAD_SCHEMA = pl.Schema(
    {name: kind for name, kind in ROW_SCHEMA.items() if name != "aside"}
    | {"source": SourceName, "file": pl.UInt32()}
)
"""`file` is an index into `Upload.files`."""

BATCH_ROWS = 50_000
MOST_NAMED = 3
"""How many files a refusal names."""


class NoHistory(Invalid):
    """Nothing in the upload is listening history."""

    code = "no_history"


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not history: looked at, read no further."""

    path: str
    looks_like: str
    warning: bool
    """Its owner may miss it: it is named like history, or could not be looked into."""


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A file that was read, or its rows in one of the formats that it holds."""

    path: str
    source: str | None
    """None for an empty list, which belongs to no format."""

    rows_read: int


@dataclass(frozen=True, slots=True)
class Upload:
    """Everything read, nothing judged yet."""

    rows: pl.DataFrame
    """The rows of all files, `UPLOAD_SCHEMA`, in reading order, without those that are
    no listen to a track by their own word."""

    aside: dict[int, dict[str, int]]
    """How many those are, by file and reason."""

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
    with closing(Walk(budget)) as walk:
        survey = _survey(paths, walk)
        if not survey.found:
            raise NoHistory(_nothing_found(paths, survey))
        progress = _Progress(sum(leaf.size for leaf, _ in survey.found), on_progress)
        reading = _Reading(budget)
        for leaf, source in survey.found:
            reading.read(leaf, source, progress.advance)
    files = reading.files + [HistoryFile(leaf.path, None, 0) for leaf in survey.empty]
    rows = pl.concat(reading.frames, rechunk=True)
    return Upload(rows, reading.aside, reading.spellings, files, survey.skipped)


def read_told(items: list[object]) -> Upload:
    """What Spotify's API tells of plays (`spotify_api`), as if it were an upload."""
    spellings = Spellings()
    rows = spotify_api.read_plays(items, spellings)
    told = HistoryFile(spotify_api.PATH, spotify_api.NAME, len(rows))
    kept, aside = _without_aside(rows)
    return Upload(
        _labelled(kept, spotify_api.NAME, 0),
        {0: aside} if aside else {},
        spellings,
        [told],
        [],
    )


@dataclass(slots=True)
class _Survey:
    """What the files of an upload are, by their beginnings."""

    found: list[tuple[Leaf, Source]] = field(default_factory=list)
    empty: list[Leaf] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)

    def add(self, leaf: Leaf) -> None:
        head = look_at(leaf.head)
        if leaf.kind is not None:
            warning = leaf.kind == LINKED_FOLDER
            self.skipped.append(SkippedFile(leaf.path, leaf.kind, warning))
        elif (source := source_of(head)) is not None:
            self.found.append((replace(leaf, head=b""), source))
        elif is_empty_list(head):
            self.empty.append(replace(leaf, head=b""))
        else:
            kind, warning = describe(leaf.head), is_named_like_history(leaf.path)
            self.skipped.append(SkippedFile(leaf.path, kind, warning))


def _survey(paths: Sequence[Path | GivenFile], walk: Walk) -> _Survey:
    survey = _Survey()
    for found in find_files(paths):
        inside = _Survey()
        try:
            for leaf in walk.leaves(found):
                inside.add(leaf)
        except (DamagedZip, DirectoryTooLarge) as error:
            if found.is_given or inside.found or names_history(found.file):
                raise
            inside = _Survey(skipped=[_set_aside(found, error)])
        survey.found += inside.found
        survey.empty += inside.empty
        survey.skipped += inside.skipped
    return survey


def _set_aside(found: Found, error: Exception) -> SkippedFile:
    if isinstance(error, LockedZip):
        kind = "a zip that is locked with a password"
    elif isinstance(error, DirectoryTooLarge):
        kind = "a zip of too many files"
    else:
        kind = "a damaged zip"
    return SkippedFile(found.path, kind, warning=True)


class _Reading:
    """Reads files of history, one after the other."""

    def __init__(self, budget: Budget) -> None:
        self.frames: list[pl.DataFrame] = []
        self.aside: dict[int, dict[str, int]] = {}
        self.files: list[HistoryFile] = []
        self.spellings = Spellings()
        self._budget = budget

    def read(self, leaf: Leaf, source: Source, on_read: Callable[[int], None]) -> None:
        """Read a file; its rows in another format are a file of their own in the books.

        Raises `DamagedHistory` and what the walk raises.
        """
        file = _File(source)
        for rows in self._batches(leaf, source, on_read):
            self._budget.spend_rows(leaf.path, len(rows))
            file.add(rows)
        others = []
        if OTHER_FORM in file.aside:
            others = [
                self._read_strange(leaf, other, pl.concat(file.strange))
                for other in SOURCES
                if other is not source
            ]
        claimed = sum(other.rows_read for other in others)
        file.rows_read -= claimed
        file.aside["no_track"] += file.aside.pop(OTHER_FORM, 0) - claimed
        for part in (file, *others):
            if part is file or part.rows_read:
                self._keep(leaf, part)

    def _read_strange(self, leaf: Leaf, source: Source, strange: pl.Series) -> "_File":
        """The rows of a file that another format knew nothing of, and this one knows."""
        file, start = _File(source), 0
        for rows in self._batches(leaf, source, lambda _: None):
            mine = rows.filter(strange.slice(start, len(rows)))
            start += len(rows)
            file.add(mine.filter(pl.col("aside").ne_missing(pl.lit(OTHER_FORM))))
        return file

    def _batches(
        self, leaf: Leaf, source: Source, on_read: Callable[[int], None]
    ) -> Iterator[pl.DataFrame]:
        """The rows of a file, some ten thousand at a time."""
        batch = [pl.DataFrame(schema=ROW_SCHEMA)]
        with closing(LeafReader(leaf, on_read)) as reader:
            for rows in source.read(reader, self.spellings):
                batch.append(rows)
                if sum(map(len, batch)) > BATCH_ROWS:
                    yield pl.concat(batch)
                    batch = []
        if batch:
            yield pl.concat(batch)

    def _keep(self, leaf: Leaf, file: "_File") -> None:
        index = len(self.files)
        rows = pl.concat(file.frames)
        self.frames.append(_labelled(rows, file.source.name, index))
        self.files.append(HistoryFile(leaf.path, file.source.name, file.rows_read))
        if aside := +file.aside:
            self.aside[index] = dict(aside)


@dataclass(slots=True)
class _File:
    """The rows of a file in one format."""

    source: Source
    rows_read: int = 0
    frames: list[pl.DataFrame] = field(default_factory=list)
    strange: list[pl.Series] = field(default_factory=list)
    """Which rows are in another format."""

    aside: Counter[str] = field(default_factory=Counter)

    def add(self, rows: pl.DataFrame) -> None:
        """Keep listens, and count what else there is: it may be millions of rows."""
        self.strange.append((rows["aside"] == OTHER_FORM).fill_null(value=False))
        kept, aside = _without_aside(rows)
        self.rows_read += len(rows)
        self.aside.update(aside)
        self.frames.append(kept)


def _without_aside(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows that are listens by their own word, and how many others there are."""
    kept = rows.filter(pl.col("aside").is_null()).drop("aside")
    if len(kept) == len(rows):
        return kept, {}
    counted = rows["aside"].drop_nulls().value_counts()
    return kept, dict(counted.iter_rows())


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


def _nothing_found(paths: Sequence[Path | GivenFile], survey: _Survey) -> str:
    given = ", ".join(path.name or str(path) for path in paths[:MOST_NAMED])
    advice = (
        'Give the zip that Spotify sent you ("my_spotify_data.zip"), or its folder.'
    )
    if survey.empty:
        return (
            f"{given}: the listening history is an empty list, without a play. {advice}"
        )
    skipped = survey.skipped
    if not skipped:
        return f"{given}: there is no file in it. {advice}"
    seen = [f"{file.path} ({file.looks_like})" for file in skipped[:MOST_NAMED]]
    left = len(skipped) - len(seen)
    more = f" and {left:,} more" if left else ""
    return f"No listening history found. Seen: {', '.join(seen)}{more}. {advice}"
