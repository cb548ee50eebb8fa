"""The data of an analysis, which is stored once or not at all."""

import asyncio
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, api_row, as_json, make_zip, track
from tests.music.factories import (
    comparable,
    import_all,
    imported,
    make_analysis,
    make_task,
    oracle,
    run_by_hand,
    store,
    taken_up,
)
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.coordinator import (
    AnalysisCoordinator,
    DataCollector,
    ResultPersister,
    without_file_names,
)
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.analysis.task import judge_taste
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.profile.basis.frames import NoPlays
from unwrapped.music.read_model import from_database
from unwrapped.music.read_model.files import CopyFolder
from unwrapped.music.store.history_snapshot import read_history
from unwrapped.tasks.execution.running_task import Superseded
from unwrapped.tasks.models import BackgroundTask, TaskStatus

RICHER: list[Row] = [
    track(
        f"Artist {n % 5}", f"Song {n % 9}", f"uri:{n % 9}", ts=f"2023-05-01T10:{n}:00Z"
    )
    for n in range(10, 60)
]
POORER: list[Row] = [
    account_row(
        endTime=f"2023-05-01 10:{n}",
        artistName=f"Artist {n % 5}",
        trackName=f"Song {n % 9}",
    )
    for n in range(40, 60)
]
ALL = AnalysisParams(period="all", zone="Europe/Berlin")


async def test_the_books_are_those_of_all_imports(common_resources: Resources) -> None:
    user, bob = [(await sign_in(common_resources)).id for _ in range(2)]
    first = {"a.json": as_json(RICHER[:30]), "photo.jpg": b"\xff\xd8\xff"}
    await imported(common_resources, user, first)
    await imported(common_resources, bob, {"bob.json": as_json(RICHER[20:25])})
    await imported(common_resources, user, {"b.json": as_json(POORER)})
    again = make_zip({"c.json": as_json(RICHER), "notes.txt": b"hello"})
    await imported(common_resources, user, {"c.zip": again})
    collector = DataCollector(common_resources)
    history = await collector.fetch_user_data(user)
    expected = oracle([RICHER, POORER])
    assert comparable(history.listens).equals(comparable(expected.listens))
    books = history.books
    assert [file.path for file in books.files] == ["a.json", "b.json", "c.zip/c.json"]
    assert [file.path for file in books.skipped] == ["photo.jpg", "c.zip/notes.txt"]
    assert (books.total.rows_read, books.total.known) == (100, 30)
    assert books.total.stored == expected.books.total.stored == 70
    # Nothing shadowed the account data when it was imported; only later rows did.
    assert books.total.shadowed == expected.books.total.shadowed == 20
    assert sum(file.account.shadowed for file in books.files) == 0
    # The data is that of one listener.
    history = await collector.fetch_user_data(bob)
    assert len(history.listens) == 5
    assert [file.path for file in history.books.files] == ["bob.json"]


async def test_listens_and_books_are_those_of_one_moment(
    common_resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = (await sign_in(common_resources)).id
    await imported(common_resources, user, {"a.json": as_json(RICHER[:30])})
    loop = asyncio.get_running_loop()

    def read_late(*answer: Any) -> Any:
        """Read after another import was stored, which happens after the books are read."""
        importing = imported(common_resources, user, {"b.json": as_json(RICHER)})
        asyncio.run_coroutine_threadsafe(importing, loop).result(60)
        return read_history(*answer)

    monkeypatch.setattr(from_database, "read_history", read_late)
    copies = CopyFolder(common_resources.settings.home)
    assert copies.delete(copies.names()) == 1
    collector = DataCollector(common_resources)
    history = await collector.fetch_user_data(user)
    assert (history.books.total.stored, len(history.listens)) == (30, 30)
    monkeypatch.undo()
    later = await collector.fetch_user_data(user)
    assert (later.books.total.stored, len(later.listens)) == (50, 50)


async def test_synced_listens_are_in_the_books(
    common_resources: Resources,
) -> None:
    user = (await sign_in(common_resources)).id
    answer = [
        api_row("Artist 0", "Song 1", "uri:1", "2023-05-01T10:10:01.5Z"),
        api_row("Artist 0", "Song 1", "uri:1", "2023-05-02T10:10:00Z"),
    ]
    await import_all(common_resources.database, user, [[answer]])
    collector = DataCollector(common_resources)
    alone = await collector.fetch_user_data(user)
    await imported(common_resources, user, {"a.json": as_json(RICHER)})
    history = await collector.fetch_user_data(user)
    assert comparable(history.listens).equals(
        comparable(oracle([RICHER, answer]).listens)
    )
    for books, shadowed in ((alone.books, 0), (history.books, 1)):
        synced = books.files[-1]
        assert (synced.path, synced.source) == ("recently-played", "spotify_api")
        account = synced.account
        assert (account.rows_read, account.stored, account.shadowed) == (2, 2, shadowed)
        assert books.total.shadowed == shadowed
    assert history.books.total.stored == len(RICHER) + 2


async def test_plays_of_unknown_duration_are_enough_for_a_portrait(
    common_resources: Resources,
) -> None:
    """Data that the API does not return is absent, with the reason, and not guessed."""
    user = (await sign_in(common_resources)).id
    answer = [
        api_row(f"Artist {n % 5}", f"Song {n % 9}", f"uri:{n % 9}",
                 f"2023-05-01T10:{n}:00.123Z")
        for n in range(10, 60)
    ]  # fmt: skip
    await import_all(common_resources.database, user, [[answer]])
    collector = DataCollector(common_resources)
    coordinator = AnalysisCoordinator(collector, HouseCritic())
    portrait = await coordinator.analyze_user_data(user, ALL, lambda *_: None)
    profile = portrait.profile
    assert (profile.volume.plays, profile.volume.hours) == (50, None)
    assert profile.volume.known_share == 0.0
    assert {"endings", "lengths", "shuffle"} <= profile.absent.keys()


async def test_a_listener_without_anything(common_resources: Resources) -> None:
    user = (await sign_in(common_resources)).id
    history = await DataCollector(common_resources).fetch_user_data(user)
    assert history.listens.is_empty()
    assert (history.books.files, history.books.total.rows_read) == ([], 0)


async def test_no_plays_no_portrait(common_resources: Resources) -> None:
    user = (await sign_in(common_resources)).id
    collector = DataCollector(common_resources)
    coordinator = AnalysisCoordinator(collector, HouseCritic())
    with pytest.raises(NoPlays):
        await coordinator.analyze_user_data(user, ALL, lambda *_: None)


async def _analyses(resources: Resources, user_id: int) -> int:
    async with resources.database.session() as session:
        count = select(func.count()).where(col(Analysis.user_id) == user_id)
        return await session.scalar(count) or 0


async def test_an_analysis_is_stored_once_and_not_by_a_superseded_attempt(
    common_resources: Resources,
) -> None:
    user = (await sign_in(common_resources)).id
    async with common_resources.database.session() as session:
        await store(session, user, [RICHER])
        task_id = (await make_task(session, user, kind="music.analysis")).id
    old = await taken_up(common_resources, task_id)
    new = await taken_up(common_resources, task_id)
    with pytest.raises(Superseded):
        await judge_taste.handler(old, ALL)
    assert await _analyses(common_resources, user) == 0
    await judge_taste.handler(new, ALL)
    async with common_resources.database.session() as session:
        task = await session.get_one(BackgroundTask, task_id)
        task.status, task.params = TaskStatus.PENDING, ALL.model_dump()
    with pytest.raises(IntegrityError):
        await run_by_hand(common_resources, judge_taste, task_id)
    assert await _analyses(common_resources, user) == 1


async def test_public_portraits_have_no_names_of_files(
    common_resources: Resources,
) -> None:
    user = (await sign_in(common_resources)).id
    await imported(common_resources, user, {"Ada Lovelace.json": as_json(RICHER)})
    stages: list[tuple[float, str]] = []
    collector = DataCollector(common_resources)
    coordinator = AnalysisCoordinator(collector, HouseCritic())
    portrait = await coordinator.analyze_user_data(
        user, ALL, lambda share, stage: stages.append((share, stage))
    )
    assert [stage for _, stage in stages] == ["collecting", "judging"]
    assert stages == sorted(stages)
    async with common_resources.database.session() as session:
        saved = await ResultPersister(session).save_result(user, uuid4(), portrait)
    async with common_resources.database.session() as session:
        found = await session.get_one(Analysis, saved.id)
    assert (found.title, found.period, found.zone) == (
        portrait.verdict.title,
        "all",
        "Europe/Berlin",
    )
    assert [file.path for file in portrait.books.files] == ["Ada Lovelace.json"]
    assert "Ada Lovelace.json" in found.portrait
    public = read_stored(found.public_portrait)
    assert public == read_stored(
        msgspec.json.encode(without_file_names(portrait)).decode()
    )
    assert public.books.files == []
    assert public.books.total == portrait.books.total


async def test_an_analysis_belongs_to_a_user(resources: Resources) -> None:
    async with resources.database.session() as session:
        with pytest.raises(IntegrityError):
            await make_analysis(session, 2**40)
        await session.rollback()
