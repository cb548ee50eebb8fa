"""The import task stores all or nothing, in one transaction with its outcome."""

import asyncio
from collections.abc import Mapping

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.auth.factories import SignedIn, sign_in
from tests.exports import account_row, as_json, extended_row, make_zip
from tests.music.factories import (
    NOTHING,
    Stored,
    begun_import,
    comparable,
    imported,
    marked,
    oracle,
    receive,
    run_by_hand,
    stored,
    taken_up,
)
from unwrapped.core.exceptions import Invalid
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.params import ImportParams
from unwrapped.music.imports.service import ImportService
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.store.history_snapshot import read_listens
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.receiving import UploadGone
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import Superseded
from unwrapped.tasks.models import BackgroundTask, TaskStatus
from unwrapped.tasks.service import TaskService

RICHER = [
    extended_row(ts=f"2023-05-01T10:{n:02}:00Z", reason_end=("fwdbtn", None)[n % 2])
    for n in range(20)
]
POORER = [account_row(), account_row(trackName="Else"), account_row(trackName=None)]
SOUND = {"b.json": as_json(RICHER), "a.zip": make_zip({"in/x.json": as_json(POORER)})}


@pytest.fixture
def resources(cloned_resources: Resources) -> Resources:
    """A database of the test's own: the task has transactions of its own."""
    return cloned_resources


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    return await sign_in(resources)


async def _stored(resources: Resources, user_id: int) -> Stored:
    async with resources.database.session() as session:
        return await stored(session, user_id)


async def _task(resources: Resources, user_id: int) -> BackgroundTask:
    async with resources.database.session() as session:
        found = await session.scalars(
            select(BackgroundTask).where(col(BackgroundTask.user_id) == user_id)
        )
        return found.one()


async def _imports(resources: Resources) -> list[HistoryImport]:
    async with resources.database.session() as session:
        return list(await session.scalars(select(HistoryImport)))


async def _uploads(resources: Resources) -> int:
    folder = resources.settings.home / "uploads"
    objects = len(list(folder.iterdir())) if folder.exists() else 0
    async with resources.database.session() as session:
        rows = await session.scalar(select(func.count()).select_from(UploadedFile))
    assert objects == rows
    return objects


async def test_an_import_stores_data_books_and_outcome(
    resources: Resources, ada: SignedIn
) -> None:
    task_id = await imported(resources, ada.id, SOUND)
    listens = await asyncio.to_thread(read_listens, resources.database.address, ada.id)
    expected = oracle([POORER, RICHER])
    assert comparable(listens).equals(comparable(expected.listens))
    assert (await _stored(resources, ada.id)).listens == marked([POORER, RICHER])
    task = await _task(resources, ada.id)
    assert (task.id, task.status, task.progress) == (task_id, "completed", 1.0)
    assert (task.stage, task.error_code, task.error_message) == (None, None, None)
    assert task.completed_at is not None
    total = {
        "rows_read": 23,
        "stored": 22,
        "known": 0,
        "set_aside": {"no_track": 1},
        "shortened": 0,
        "shadowed": 1,
        "echoes": 0,
        "double_scrobbles": 0,
    }
    assert task.result_data == total
    (kept,) = await _imports(resources)
    assert (kept.id, kept.user_id, kept.books["total"]) == (task_id, ada.id, total)
    assert [file["path"] for file in kept.books["files"]] == [
        "a.zip/in/x.json",
        "b.json",
    ]
    assert await _uploads(resources) == 0


async def test_a_second_import_counts_known_rows(
    resources: Resources, ada: SignedIn
) -> None:
    await imported(resources, ada.id, {"a.json": as_json(RICHER[:15])})
    await imported(resources, ada.id, {"again.json": as_json(RICHER)})
    books = [kept.books["total"] for kept in await _imports(resources)]
    answer = sorted((total["stored"], total["known"]) for total in books)
    assert answer == [(5, 15), (15, 0)]


CUT = as_json(RICHER)[:-40]
MANY_BAD = as_json(RICHER + [extended_row(ts="x")] * 21)
DAMAGED: list[tuple[Mapping[str, bytes], list[str]]] = [
    (SOUND | {"c.json": CUT}, ["c.json"]),
    (SOUND | {"c.zip": make_zip({"d/e.json": CUT})}, ["c.zip/d/e.json"]),
    (SOUND | {"c.zip": make_zip({"e.json": as_json(RICHER)})[:-30]}, ["c.zip"]),
    (SOUND | {"0.json": CUT}, ["0.json"]),
    (SOUND | {"c.json": MANY_BAD}, ["c.json", "21"]),
    ({"photo.jpg": b"\xff\xd8\xff" * 9, "a.txt": b"hello"}, ["photo.jpg", "a.txt"]),
    ({"empty.json": b"[]"}, ["empty.json"]),
]


async def test_a_damaged_file_refuses_the_whole_import(resources: Resources) -> None:
    for files, named in DAMAGED:
        ada = await sign_in(resources)
        task_id = await begun_import(resources, ada.id, files)
        with pytest.raises(Invalid) as refused:
            await run_by_hand(resources, import_uploads, task_id)
        assert all(word in refused.value.message for word in named)
        assert await _stored(resources, ada.id) == NOTHING
        assert await _imports(resources) == []
        assert (await _task(resources, ada.id)).status == TaskStatus.PROCESSING


async def test_a_refusal_shows_the_file_and_the_place(resources: Resources) -> None:
    halved = as_json(RICHER).replace(b"2023-05-01T10:05", b'"', 1)
    for content, place in ((CUT, "ended"), (halved, "row")):
        ada = await sign_in(resources)
        files = SOUND | {"my (1).json": content}
        task_id = await begun_import(resources, ada.id, files)
        await TaskRunner(resources).run(import_uploads, task_id)
        task = await _task(resources, ada.id)
        assert task.status == TaskStatus.FAILED
        assert task.error_message is not None
        assert "my (1).json" in task.error_message
        assert str(resources.settings.home) not in task.error_message
        assert any(character.isdigit() for character in task.error_message), place
        assert task.result_data is None
        assert await _stored(resources, ada.id) == NOTHING
        assert await _uploads(resources) == 0


async def test_stored_listens_stay_when_an_import_is_refused(
    resources: Resources, ada: SignedIn
) -> None:
    await imported(resources, ada.id, SOUND)
    before = await _stored(resources, ada.id)
    task_id = await begun_import(
        resources, ada.id, {"a.json": as_json([account_row()]), "b.json": CUT}
    )
    with pytest.raises(Invalid):
        await run_by_hand(resources, import_uploads, task_id)
    assert await _stored(resources, ada.id) == before


async def test_an_attempt_that_was_superseded_stores_nothing(
    resources: Resources, ada: SignedIn
) -> None:
    task_id = await begun_import(resources, ada.id, SOUND)
    old = await taken_up(resources, task_id)
    new = await taken_up(resources, task_id)
    params = ImportParams.model_validate((await _task(resources, ada.id)).params)
    with pytest.raises(Superseded):
        await import_uploads.handler(old, params)
    assert await _stored(resources, ada.id) == NOTHING
    assert await _imports(resources) == []
    await import_uploads.handler(new, params)
    (kept,) = await _imports(resources)
    assert kept.books["total"]["known"] == 0


async def test_a_task_that_was_cancelled_stores_nothing(
    resources: Resources, ada: SignedIn
) -> None:
    task_id = await begun_import(resources, ada.id, SOUND)
    task = await taken_up(resources, task_id)
    async with resources.database.session() as session:
        await session.execute(update(BackgroundTask).values(status="cancelled"))
    params = ImportParams.model_validate((await _task(resources, ada.id)).params)
    with pytest.raises(Superseded):
        await import_uploads.handler(task, params)
    assert await _stored(resources, ada.id) == NOTHING


async def test_a_missing_upload_is_reported(
    resources: Resources, ada: SignedIn
) -> None:
    task_id = await begun_import(resources, ada.id, SOUND)
    async with resources.database.session() as session:
        upload = await session.scalar(select(UploadedFile).limit(1))
        await session.delete(upload)
    with pytest.raises(UploadGone):
        await run_by_hand(resources, import_uploads, task_id)
    assert await _stored(resources, ada.id) == NOTHING


async def test_an_upload_of_another_listener_is_not_read(
    resources: Resources, ada: SignedIn
) -> None:
    """The row of a task may have any parameters."""
    bob = await sign_in(resources)
    theirs = await begun_import(resources, bob.id, {"b.json": as_json(RICHER)})
    async with resources.database.session() as session:
        params = (await session.get_one(BackgroundTask, theirs)).params
    mine = await begun_import(resources, ada.id, {"a.json": as_json(POORER)})
    with pytest.raises(UploadGone):
        await import_uploads.run(await taken_up(resources, mine), params)
    assert await _stored(resources, ada.id) == NOTHING


async def test_two_uploads_of_one_name_are_both_read(
    resources: Resources, ada: SignedIn
) -> None:
    contents = (as_json(RICHER), as_json(POORER))
    uploads = [await receive(resources, ada.id, "a.json", one) for one in contents]
    async with resources.database.session() as session:
        service = ImportService(session, TaskService(session))
        task = await service.begin(ada.id, [upload.id for upload in uploads])
    await run_by_hand(resources, import_uploads, task.id)
    (kept,) = await _imports(resources)
    assert [file["path"] for file in kept.books["files"]] == ["a.json", "a.json"]
    assert kept.books["total"]["stored"] == 22
