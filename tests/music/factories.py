"""Listeners' data for tests: uploads, imports, tasks, analyses, and what is stored."""

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import polars as pl
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.exports import Row
from tests.music.kits.kits import read_rows
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.analysis.service import AnalysisService
from unwrapped.music.analysis.task import judge_taste
from unwrapped.music.corrections.correction import Action, Correction, Scope
from unwrapped.music.corrections.models import CorrectionRow
from unwrapped.music.corrections.store import lock_corrections, row_of
from unwrapped.music.history.books import Books
from unwrapped.music.history.building import (
    History,
    PreparedUpload,
    build_history,
    prepare_upload,
)
from unwrapped.music.history.marks.marking import mark_listens
from unwrapped.music.history.period import Period
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.imports.known_contents import note_records
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.service import ImportService
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.scrobbles.models import ScrobblingToken
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.sources.upload_reading import Upload
from unwrapped.music.store.merge import HistoryMerge
from unwrapped.music.store.models import LOG_CODES, MARK_CODES
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.service import UploadService, delete_uploads_of
from unwrapped.tasks.execution.claims import claim
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import AnyTaskKind
from unwrapped.tasks.models import BackgroundTask
from unwrapped.tasks.service import TaskService

STORED_PORTRAIT = (
    Path(__file__).with_name("analysis").joinpath("portrait_v1.json").read_text("utf-8")
)
"""A public portrait as it was stored by the first version."""

type File = Sequence[Row]


@contextmanager
def written(files: Sequence[File]) -> Iterator[Upload]:
    """The files, read as one upload."""
    with tempfile.TemporaryDirectory() as folder:
        yield read_rows(Path(folder), files)


def prepared(files: Sequence[File]) -> PreparedUpload:
    """The files as an import brings them to the database."""
    with written(files) as upload:
        return prepare_upload(upload)


def oracle(files: Sequence[File]) -> History:
    """The history of the files that was never stored."""
    with written(files) as upload:
        return build_history(upload)


async def store(session: AsyncSession, user_id: int, files: Sequence[File]) -> Books:
    """Import the files; the session's transaction may hold one import only."""
    return await store_prepared(session, user_id, prepared(files))


async def store_prepared(
    session: AsyncSession, user_id: int, upload: PreparedUpload
) -> Books:
    """As `store`, for an upload that has been read."""
    return (await HistoryMerge(session, user_id).merge(upload)).books


async def import_noted(
    session: AsyncSession, user_id: int, files: Sequence[File]
) -> UUID:
    """Import files as the task of an import does, which can be removed again."""
    merged = await HistoryMerge(session, user_id).merge(prepared(files))
    noted = HistoryImport(
        id=uuid4(), user_id=user_id, books=msgspec.to_builtins(merged.books)
    )
    session.add(noted)
    await note_records(session, noted, merged.records, [])
    return noted.id


async def import_all(
    database: Database, user_id: int, imports: Sequence[Sequence[File]]
) -> list[Books]:
    """Import one after the other, each in a transaction of its own."""
    books = []
    for files in imports:
        async with database.session() as session:
            books.append(await store(session, user_id, files))
    return books


def comparable(listens: pl.DataFrame) -> pl.DataFrame:
    """A history with texts for codes; tracks are numbered as they appear."""
    tracks = listens["track"].unique(maintain_order=True)
    numbers = {track: number for number, track in enumerate(tracks)}
    return listens.with_columns(
        pl.col("track").replace_strict(numbers, return_dtype=pl.UInt32),
        pl.col("artist", "title", "album", "source", "reason_end").cast(pl.String),
    )


type Rows = set[tuple[Any, ...]]


@dataclass(frozen=True)
class Stored:
    """All that the database holds of a listener, without its numbers."""

    listens: Rows
    """Identity, log, start, duration, reason, skipped, shuffle, length, mark."""

    records: Rows
    """Identity, log, start and duration of a listen, and what each record of it says."""

    artists: Rows
    """Key and name."""

    tracks: Rows
    """Keys of artist and title, and title."""

    albums: Rows
    """Keys of artist and album, and name."""

    recordings: Rows
    """Identity, keys of artist and title, and the album that listens are shown with."""

    spellings: Rows
    reasons: Rows


NOTHING = Stored(*[set() for _ in range(8)])

_LISTENS = """SELECT identity, log, started_at, ms_played, reason, skipped, shuffle,
    length_ms, mark
FROM listen
LEFT JOIN recording ON recording.user_id = :user_id AND recording.id = recording_id
LEFT JOIN end_reason ON end_reason.user_id = :user_id AND end_reason.id = end_reason_id
WHERE listen.user_id = :user_id"""

_USE = """user_id, log, recording_id, spelling_id, started_at, ms_played, length_ms,
    end_reason_id, skipped, shuffle"""

_RECORDS = f"""SELECT identity, log, started_at, ms_played, artist, title, spelling.album,
    reason, skipped, shuffle, length_ms
FROM (SELECT {_USE} FROM listen UNION ALL SELECT {_USE} FROM also_logged) AS use
LEFT JOIN recording ON recording.user_id = :user_id AND recording.id = use.recording_id
LEFT JOIN end_reason ON end_reason.user_id = :user_id AND end_reason.id = end_reason_id
LEFT JOIN spelling ON spelling.user_id = :user_id
    AND spelling.recording_id = use.recording_id AND spelling.id = use.spelling_id
WHERE use.user_id = :user_id"""  # noqa: S608 - of constants

_ARTISTS = "SELECT public_id, name FROM artist WHERE user_id = :user_id"

_TRACKS = """SELECT track.public_id, artist.name, title
FROM track LEFT JOIN artist ON artist.user_id = :user_id AND artist.id = artist_id
WHERE track.user_id = :user_id"""

_ALBUMS = """SELECT album.public_id, artist.name, album.name
FROM album LEFT JOIN artist ON artist.user_id = :user_id AND artist.id = artist_id
WHERE album.user_id = :user_id"""

_RECORDINGS = """SELECT DISTINCT identity, artist.name, track.title, album.name
FROM recording LEFT JOIN track ON track.user_id = :user_id AND track.id = track_id
LEFT JOIN artist ON artist.user_id = :user_id AND artist.id = artist_id
LEFT JOIN spelling ON spelling.user_id = :user_id AND recording_id = recording.id
LEFT JOIN album ON album.user_id = :user_id AND album.id = album_id
WHERE recording.user_id = :user_id"""

_SPELLINGS = """SELECT identity, artist, title, spelling.album, artist_key, title_key,
    album_key, last_started, album.name
FROM spelling LEFT JOIN recording ON recording.user_id = :user_id
    AND recording.id = recording_id
LEFT JOIN album ON album.user_id = :user_id AND album.id = album_id
WHERE spelling.user_id = :user_id"""

_REASONS = "SELECT reason FROM end_reason WHERE user_id = :user_id"


async def _rows(session: AsyncSession, user_id: int, statement: str) -> Rows:
    rows = (await session.execute(text(statement), {"user_id": user_id})).all()
    distinct: Rows = {tuple(row) for row in rows}
    assert len(distinct) == len(rows), statement
    # The first column is what the row refers to.
    assert None not in {row[0] for row in rows}, statement
    return distinct


async def stored(session: AsyncSession, user_id: int) -> Stored:
    """What the database holds of a listener."""
    named = [
        await _rows(session, user_id, query) for query in (_ARTISTS, _TRACKS, _ALBUMS)
    ]
    for rows in named:
        for public, *names in rows:
            assert public == public_id(*map(name_key, names))
    artists, tracks, albums = (
        {(*map(name_key, names), names[-1]) for _, *names in rows} for rows in named
    )
    recordings = await _rows(session, user_id, _RECORDINGS)
    return Stored(
        listens=await _rows(session, user_id, _LISTENS),
        records=await _rows(session, user_id, _RECORDS),
        artists=artists,
        tracks=tracks,
        albums=albums,
        recordings={
            (identity, name_key(artist), name_key(title), album)
            for identity, artist, title, album in recordings
        },
        spellings=await _rows(session, user_id, _SPELLINGS),
        reasons=await _rows(session, user_id, _REASONS),
    )


def marked(files: Sequence[File]) -> Rows:
    """`Stored.listens` as the rules in memory have it."""
    upload = prepared(files)
    identities = dict(upload.spelled.select("recording", "identity").iter_rows())
    rows = mark_listens(upload.listens, upload.spelled).select(
        "recording",
        pl.col("log").cast(pl.String).replace_strict(LOG_CODES),
        "started_at",
        "ms_played",
        pl.col("reason_end").cast(pl.String),
        "skipped",
        "shuffle",
        pl.col("length_ms").fill_null(0),
        pl.col("mark").cast(pl.String).replace_strict(MARK_CODES).fill_null(0),
    )
    return {(identities[recording], *rest) for recording, *rest in rows.iter_rows()}


async def make_upload(session: AsyncSession, user_id: int, **over: Any) -> UploadedFile:
    """The row of an upload whose file is not there; `over` replaces columns."""
    defaults: dict[str, Any] = {"name": "export.json", "size": 1}
    upload = UploadedFile(user_id=user_id, **(defaults | over))
    session.add(upload)
    await session.flush()
    return upload


async def make_task(session: AsyncSession, user_id: int, **over: Any) -> BackgroundTask:
    """A task that no queue knows of; `over` replaces columns."""
    defaults: dict[str, Any] = {
        "kind": "music.import",
        "key": uuid4().hex,
        "params": {},
    }
    task = BackgroundTask(user_id=user_id, **(defaults | over))
    session.add(task)
    await session.flush()
    return task


async def make_analysis(session: AsyncSession, user_id: int, **over: Any) -> Analysis:
    """An analysis, made by no task; `over` replaces columns."""
    defaults: dict[str, Any] = {
        "id": uuid4(),
        "period": "all",
        "zone": "UTC",
        "title": "The Regular",
        "portrait": '{"books": "secret"}',
        "public_portrait": STORED_PORTRAIT,
    }
    analysis = Analysis(user_id=user_id, **(defaults | over))
    session.add(analysis)
    await session.flush()
    return analysis


async def make_correction(
    session: AsyncSession, user_id: int, artist: str = "", **over: Any
) -> CorrectionRow:
    """A correction: the artist is not counted; `over` replaces members."""
    given: dict[str, Any] = {
        "id": uuid4(),
        "action": Action.EXCLUDE,
        "scope": Scope.ARTIST,
        "artist": artist or uuid4().hex,
    }
    await lock_corrections(session, user_id)
    row = row_of(user_id, Correction(**(given | over)))
    session.add(row)
    await session.flush()
    return row


async def taken_up(resources: Resources, task_id: UUID) -> RunningTask:
    """The task in the hands of a worker, as its next attempt."""
    claimed = await claim(resources.database, task_id, attempts=3)
    assert claimed is not None
    return RunningTask(resources, claimed)


async def run_by_hand(resources: Resources, kind: AnyTaskKind, task_id: UUID) -> None:
    """One attempt at a task; what goes wrong in it is raised."""
    async with resources.database.session() as session:
        params = await session.scalar(
            select(col(BackgroundTask.params)).where(col(BackgroundTask.id) == task_id)
        )
    assert params is not None
    await kind.run(await taken_up(resources, task_id), params)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def receive(
    resources: Resources, user_id: int, name: str, content: bytes
) -> UploadedFile:
    """A file that the listener has sent."""
    return await UploadService(resources).receive(user_id, name, _whole(content))


async def begun_import(
    resources: Resources, user_id: int, files: Mapping[str, bytes]
) -> UUID:
    """The task of an import of files, waiting for a worker."""
    uploads = [
        (await receive(resources, user_id, name, content)).id
        for name, content in files.items()
    ]
    async with resources.database.session() as session:
        service = ImportService(session, TaskService(session))
        return (await service.begin(user_id, uploads)).id


async def imported(
    resources: Resources, user_id: int, files: Mapping[str, bytes]
) -> UUID:
    """The task of an import that a worker has done."""
    task_id = await begun_import(resources, user_id, files)
    await run_by_hand(resources, import_uploads, task_id)
    await delete_uploads_of(resources, task_id)
    return task_id


async def analysed(
    resources: Resources,
    user_id: int,
    period: str = "all",
    zone: str = "Europe/Berlin",
) -> UUID:
    """The task of an analysis that a worker has done."""
    async with resources.database.session() as session:
        service = AnalysisService(session, TaskService(session))
        task = await service.begin(user_id, Period.parse(period), ZoneInfo(zone))
    await run_by_hand(resources, judge_taste, task.id)
    return task.id


async def count_jobs(session: AsyncSession) -> int:
    """How many jobs the queue holds."""
    return await session.scalar(text("SELECT count(*) FROM pgq.pgqueuer")) or 0


async def make_scrobbling_token(
    session: AsyncSession, user_id: int, **over: Any
) -> ScrobblingToken:
    """The row of a scrobbling token that nobody has; `over` replaces columns."""
    unique = uuid4().hex
    defaults: dict[str, Any] = {
        "name": f"player-{unique[:8]}",
        "token_hash": unique,
        "sealed_md5": "v1.k1.nonce.text",
        "ending": "abcd",
    }
    token = ScrobblingToken(user_id=user_id, **(defaults | over))
    session.add(token)
    await session.flush()
    return token
