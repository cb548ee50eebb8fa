"""Reads an upload: finds the files of history and reads all their rows."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.sources import spotify_api
from unwrapped.music.sources.containers import (
    LINKED_FOLDER,
    DamagedZip,
    Found,
    GivenFile,
    Leaf,
    LockedZip,
    Walk,
    find_files,
)
from unwrapped.music.sources.format import UTC_ZONE, Context, Format, Repeater
from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.limits import Budget, DirectoryTooLarge, Limits
from unwrapped.music.sources.reading import (
    HistoryFile,
    HistoryReading,
    labelled,
    without_aside,
)
from unwrapped.music.sources.recognition import (
    describe,
    format_of,
    is_empty_list,
    is_named_like_history,
    refusal_of,
)
from unwrapped.music.sources.spellings import Spellings
from unwrapped.music.sources.zips import names_history

type OnProgress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes to read."""

MOST_NAMED = 3
"""The maximum number of files that an error message names."""

MOST_HEADS = 20
"""The maximum number of beginnings of files that formats may see."""


class NoHistory(Invalid):
    """Nothing in the upload is listening history."""

    code = "no_history"


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not history and was not read further."""

    path: str
    looks_like: str
    warning: bool
    """Whether its owner may miss it: it is named or nearly formed like history, or it
    could not be opened.
    """


@dataclass(frozen=True, slots=True)
class Upload:
    """Everything that was read, before any rules are applied."""

    rows: pl.DataFrame
    """The rows of all files (`UPLOAD_SCHEMA`) in reading order, without those that the
    formats set aside.
    """

    aside: dict[int, dict[str, int]]
    """The number of rows that the formats set aside, by file and reason."""

    spellings: Spellings
    files: list[HistoryFile]
    skipped: list[SkippedFile]


def read_upload(
    paths: Sequence[Path | GivenFile],
    limits: Limits | None = None,
    on_progress: OnProgress | None = None,
    formats: Sequence[Format] = FORMATS,
    zone: ZoneInfo = UTC_ZONE,
) -> Upload:
    """Every row of listening history below `paths` (files, folders, zips).

    `zone` is for formats that write local times. Raises `Invalid` (or a subclass) when
    a file is damaged, over a limit or unreadable, and `NoHistory` when no file is
    history. Then no row of the upload is returned.
    """
    budget = Budget(limits or Limits())
    with closing(Walk(budget)) as walk:
        survey = _survey(paths, walk, formats)
        if not survey.found:
            raise NoHistory(_nothing_found(paths, survey))
        progress = _Progress(sum(leaf.size for leaf, _ in survey.found), on_progress)
        context = Context(Spellings(budget.limits.names_characters), zone, survey.heads)
        reading = HistoryReading(budget, context, formats)
        for leaf, form in survey.found:
            reading.learn(leaf, form)
        for leaf, form in survey.found:
            reading.read(leaf, form, progress.advance)
    files = reading.files + [HistoryFile(leaf.path, None, 0) for leaf in survey.empty]
    rows = pl.concat(reading.frames, rechunk=True)
    return Upload(rows, reading.aside, context.spellings, files, survey.skipped)


def read_recently_played(items: list[object]) -> Upload:
    """Plays from Spotify's API in the form of an upload."""
    spellings = Spellings()
    rows = spotify_api.read_plays(items, spellings)
    kept, aside = without_aside(rows)
    return Upload(
        labelled(kept, 0),
        {0: aside[spotify_api.LOG]} if aside else {},
        spellings,
        [HistoryFile(spotify_api.PATH, spotify_api.LOG.value, len(rows))],
        [],
    )


@dataclass(slots=True)
class _Survey:
    """The formats of the files in an upload, recognised by their beginnings."""

    formats: Sequence[Format]
    found: list[tuple[Leaf, Format]] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    empty: list[Leaf] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)

    def add(self, leaf: Leaf) -> None:
        head = Head(leaf.head, leaf.members)
        if (form := format_of(head, self.formats)) is not None:
            self.found.append((replace(leaf, head=b""), form))
            if len(self.heads) < MOST_HEADS:
                self.heads[leaf.path] = Head(leaf.head, leaf.members)
        elif leaf.kind is not None:
            warning = leaf.kind == LINKED_FOLDER
            self.skipped.append(SkippedFile(leaf.path, leaf.kind, warning))
        elif is_empty_list(head):
            self.empty.append(replace(leaf, head=b""))
        elif (lacks := refusal_of(head, self.formats)) is not None:
            self.skipped.append(SkippedFile(leaf.path, lacks, warning=True))
        else:
            kind, warning = describe(head), is_named_like_history(leaf.path)
            self.skipped.append(SkippedFile(leaf.path, kind, warning))

    def leave_repeats(self) -> None:
        """Skip files whose rows are also in other files of the upload."""
        folders = {
            str(folder)
            for leaf, _ in self.found
            for folder in PurePosixPath(leaf.path).parents
        }
        kept = []
        for leaf, form in self.found:
            repeats = (
                form.repeats(leaf.path, folders) if isinstance(form, Repeater) else None
            )
            if repeats is None:
                kept.append((leaf, form))
            else:
                self.skipped.append(SkippedFile(leaf.path, repeats, warning=False))
        self.found = kept


def _survey(
    paths: Sequence[Path | GivenFile], walk: Walk, formats: Sequence[Format]
) -> _Survey:
    survey = _Survey(formats)
    for found in find_files(paths):
        inside = _Survey(formats)
        try:
            for leaf in walk.leaves(found):
                inside.add(leaf)
        except (DamagedZip, DirectoryTooLarge) as error:
            if found.is_given or inside.found or names_history(found.file):
                raise
            inside = _Survey(formats, skipped=[_set_aside(found, error)])
        survey.found += inside.found
        survey.heads |= inside.heads if len(survey.heads) < MOST_HEADS else {}
        survey.empty += inside.empty
        survey.skipped += inside.skipped
    survey.leave_repeats()
    return survey


def _set_aside(found: Found, error: Exception) -> SkippedFile:
    if isinstance(error, LockedZip):
        kind = "a zip that is locked with a password"
    elif isinstance(error, DirectoryTooLarge):
        kind = "a zip of too many files"
    else:
        kind = "a damaged zip"
    return SkippedFile(found.path, kind, warning=True)


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
        'Give the zip that Spotify sent you ("my_spotify_data.zip") or its folder, the'
        " export of ListenBrainz, or a table or JSON of your Last.fm history."
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
