"""Copies give the figures of the database, whatever becomes of them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.conftest import Configure
from tests.core.buckets import Bucket
from tests.exports import Row, account_row, track
from tests.music.factories import comparable, import_all, store
from unwrapped.auth.service import UserService
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.resources import Resources
from unwrapped.music.listens.service import ListenFilter, ListenService
from unwrapped.music.read_model import copies as copies_module
from unwrapped.music.read_model.columns import Columns, columns_of, listens_of
from unwrapped.music.read_model.copies import Copies, sweep_copies
from unwrapped.music.read_model.encoding import encode
from unwrapped.music.read_model.files import FOLDER, CopyFolder, CopyName
from unwrapped.music.read_model.head import Head, read_head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.store.reading import read_listens
from unwrapped.shared.zones import parse_zone

BEGIN = datetime(2023, 5, 1, 10, tzinfo=UTC)


def song(number: int, artist: str = "Ann", **over: object) -> Row:
    """A play of one of seven songs, each at a time of its own."""
    ended = BEGIN + timedelta(minutes=4 * number)
    title = f"Song {number % 7}"
    return track(
        artist,
        title,
        f"uri:{artist}:{title}",
        ts=f"{ended:%Y-%m-%dT%H:%M:%SZ}",
        ms_played=180_000,
        **over,
    )


class Listener:
    """A listener, and a process that reads their history by copies."""

    def __init__(self, resources: Resources, user_id: int) -> None:
        self.resources = resources
        self.user_id = user_id
        self.files = CopyFolder(resources.settings.home)

    async def store(self, *rows: Row) -> None:
        async with self.resources.database.session() as session:
            await store(session, self.user_id, [list(rows)])

    async def head(self) -> Head:
        async with self.resources.database.session() as session:
            return await read_head(session, self.user_id)

    async def read(
        self, copies: Copies | None = None, known: tuple[Head, Columns] | None = None
    ) -> tuple[Head, Columns]:
        """As another process would, whose figures are right."""
        copies = copies or Copies(self.resources)
        async with self.resources.database.session() as session:
            head = await read_head(session, self.user_id)
            found = await copies.columns(session, head, known)
        assert found[0] == head
        assert comparable(listens_of(found[1])).equals(await self.stored())
        return found

    async def stored(self) -> pl.DataFrame:
        address = self.resources.database.address
        return comparable(await asyncio.to_thread(read_listens, address, self.user_id))

    def names(self) -> list[int]:
        """The versions that there are copies of."""
        return [name.version for name in self.files.names(self.user_id)]

    def path(self, version: int) -> Path:
        name = str(CopyName(self.user_id, version))
        return self.resources.settings.home / FOLDER / name


@pytest.fixture
async def listener(cloned_resources: Resources) -> Listener:
    user = (await sign_in(cloned_resources)).id
    return Listener(cloned_resources, user)


async def test_a_history_is_copied_when_it_is_first_read(listener: Listener) -> None:
    await listener.store(*map(song, range(20)))
    assert listener.names() == []
    await listener.read()
    assert listener.names() == [1]
    assert listener.path(1).stat().st_mode & 0o777 == 0o600


async def test_the_history_of_nobody_is_empty(listener: Listener) -> None:
    head, columns = await listener.read()
    assert (head.version, len(columns.listens)) == (0, 0)
    assert listener.names() == []


async def test_what_was_added_is_laid_over_the_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(10, 30)))
    first = await listener.read()
    written = listener.path(1).stat().st_mtime_ns
    await listener.store(song(40), song(41))  # later
    await listener.store(song(3, "New artist"))  # and earlier, by somebody new
    await listener.store(song(35, "Ann", master_metadata_album_album_name="New album"))
    head, columns = await listener.read()
    assert head.version == 4
    assert len(columns.listens) == 24
    assert listener.path(1).stat().st_mtime_ns == written
    assert listener.names() == [1]
    await listener.read(known=first)


async def test_a_copy_is_read_and_not_the_database(listener: Listener) -> None:
    await listener.store(*map(song, range(20)))
    head, columns = await listener.read()
    forged = Columns(
        columns.listens.head(3),
        columns.items,
        columns.artists,
        columns.albums,
        columns.tracks,
    )
    listener.files.write(CopyName(listener.user_id, 1), encode(forged, head))
    async with listener.resources.database.session() as session:
        _, found = await Copies(listener.resources).columns(session, head)
    assert len(found.listens) == 3


async def test_much_that_was_added_is_copied_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listener.store(*map(song, range(20)))
    await listener.read()
    monkeypatch.setattr(copies_module, "MOST_LAID_OVER", 2)
    await listener.store(*map(song, range(20, 24)))
    await listener.read()
    assert listener.names() == [2]


async def test_many_changes_are_copied_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies_module, "MOST_VERSIONS", 2)
    for number in range(4):
        await listener.store(song(number))
        await listener.read()
    assert listener.names() == [4]


async def test_what_marks_others_makes_a_new_copy(listener: Listener) -> None:
    poorer = [
        account_row(endTime=f"2023-05-01 1{n}:00", artistName="Ann", trackName="Song 0", msPlayed=180_000)
        for n in range(5)
    ]  # fmt: skip
    await listener.store(*poorer)
    _, before = await listener.read()
    await listener.store(song(0))
    _, after = await listener.read()
    assert (len(before.listens), len(after.listens)) == (5, 5)
    assert listener.names() == [2]


async def test_what_renames_others_makes_a_new_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.store(song(50, "ANN"))
    _, columns = await listener.read()
    assert columns.artists["name"].to_list() == ["ANN"]
    assert listener.names() == [2]


async def test_listens_at_one_moment_make_a_new_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.store(song(4, "Another"))
    await listener.read()
    assert listener.names() == [2]


async def test_what_is_known_already_changes_no_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.store(song(3))
    head, _ = await listener.read()
    assert listener.names() == [1]
    assert head.version <= 2


async def remove(listener: Listener, **wanted: object) -> None:
    zone = parse_zone("UTC")
    async with listener.resources.database.session() as session:
        service = ListenService(session)
        await service.delete_listens(
            listener.user_id,
            ListenFilter(zone=zone, **wanted),  # type: ignore[arg-type]
        )


async def test_a_removal_deletes_every_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.store(song(9, "Bob"))
    head, columns = await listener.read()
    await remove(listener, artist="Bob")
    late = Copies(listener.resources)
    assert await late.stale([CopyName(listener.user_id, head.version)])
    assert await sweep_copies(listener.resources) == 1
    assert listener.names() == []
    _, found = await listener.read(known=(head, columns))
    assert found.artists["name"].to_list() == ["Ann"]


async def test_a_deleted_account_leaves_no_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    async with listener.resources.database.session() as session:
        await UserService(session).delete_user(listener.user_id)
    assert await sweep_copies(listener.resources) == 1
    assert listener.names() == []
    assert not list((listener.resources.settings.home / FOLDER).iterdir())


async def test_a_copy_that_histories_follow_from_stays(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.store(song(9))
    assert await sweep_copies(listener.resources) == 0
    assert listener.names() == [1]


async def test_a_copy_written_late_is_swept(listener: Listener) -> None:
    """A process that was slow writes what was removed meanwhile."""
    await listener.store(*map(song, range(5)))
    head, columns = await listener.read()
    await remove(listener, source=LogName.SPOTIFY_EXTENDED)
    await listener.read()
    listener.files.write(
        CopyName(listener.user_id, head.version), encode(columns, head)
    )
    await listener.read()
    assert await sweep_copies(listener.resources) == 1
    assert listener.names() == [head.version + 1]


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
async def test_a_damaged_copy_is_made_again(
    listener: Listener, content: bytes | None
) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    path = listener.path(1)
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    await listener.read()
    assert listener.names() == [1]
    assert path.stat().st_size > 1000


async def test_a_copy_of_another_listener_under_ones_name_is_not_read(
    listener: Listener,
) -> None:
    other = Listener(listener.resources, (await sign_in(listener.resources)).id)
    await other.store(song(1, "Bob"))
    await other.read()
    await listener.store(*map(song, range(5)))
    content = other.path(1).read_bytes()
    listener.files.write(CopyName(listener.user_id, 1), content)
    await listener.read()


async def test_copies_under_other_rules_are_made_again(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    head, columns = await listener.read()
    old = Head(head.user_id, head.version, "0/old", head.next_number)
    listener.files.write(
        CopyName(listener.user_id, 1),
        encode(columns_of(listens_of(columns).head(1)), old),
    )
    await listener.read()


async def test_a_copy_of_an_older_version_is_caught_up(listener: Listener) -> None:
    """As where a home was restored, or another machine wrote the latest copy."""
    await listener.store(*map(song, range(5)))
    head, columns = await listener.read()
    await listener.store(song(9))
    await listener.read()
    newer = CopyName(listener.user_id, head.version + 5)
    listener.files.write(
        newer, encode(columns_of(listens_of(columns).head(1)), Head(head.user_id, newer.version, head.rules, 1))
    )  # fmt: skip
    listener.files.write(
        CopyName(listener.user_id, head.version), encode(columns, head)
    )
    await listener.read()


async def test_two_processes_read_while_a_third_adds(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    processes = [Copies(listener.resources) for _ in range(2)]
    stop = asyncio.Event()

    async def read(copies: Copies) -> int:
        known, count = None, 0
        while not stop.is_set():
            async with listener.resources.database.session() as session:
                head = await read_head(session, listener.user_id)
                known = await copies.columns(session, head, known)
            # Each version has one listen more.
            assert len(known[1].listens) == 4 + known[0].version
            count += 1
        return count

    reading = [asyncio.create_task(read(copies)) for copies in processes]
    for number in range(5, 17):
        await listener.store(song(number))
    stop.set()
    assert min(await asyncio.gather(*reading)) >= 1
    await listener.read()


async def test_a_home_that_cannot_be_written_costs_time_alone(
    listener: Listener,
) -> None:
    (listener.resources.settings.home).mkdir(exist_ok=True)
    (listener.resources.settings.home / FOLDER).write_text("in the way")
    await listener.store(*map(song, range(5)))
    await listener.read()
    assert await sweep_copies(listener.resources) == 0


async def machines(
    listener: Listener, bucket: Bucket, tmp_path: Path
) -> Sequence[tuple[Copies, CopyFolder]]:
    """Two machines that share a bucket: one of them has a web process."""
    found = []
    for name in ("web", "worker"):
        settings = Settings(
            unwrapped_home=tmp_path / name,
            secret_key=listener.resources.settings.secret_key,
            object_store_url=bucket.url,
            object_store_endpoint=bucket.endpoint,
        )
        resources = Configure(settings).resources(listener.resources.database)
        copies = Copies(resources)
        copies.keeps_files = name == "web"
        found.append((copies, CopyFolder(settings.home)))
    return found


async def test_machines_share_copies_by_their_bucket(
    listener: Listener, bucket: Bucket, tmp_path: Path
) -> None:
    (web, files), (worker, nothing) = await machines(listener, bucket, tmp_path)
    await listener.store(*map(song, range(5)))
    await listener.store(song(9))
    await worker.write(listener.user_id)
    name = CopyName(listener.user_id, 2)
    assert (files.names(), nothing.names()) == ([], [])
    await listener.read(web)
    assert files.names() == [name]
    await remove(listener, source=LogName.SPOTIFY_EXTENDED)
    assert await worker.sweep() == 1
    assert await web.sweep() == 1
    assert files.names() == []
    await listener.read(web)
    await listener.read(worker)


async def test_uploads_are_not_confused_with_copies(
    listener: Listener, bucket: Bucket, tmp_path: Path
) -> None:
    (web, _), _ = await machines(listener, bucket, tmp_path)
    await listener.store(song(1))
    await web.write(listener.user_id)
    settings = Settings(
        unwrapped_home=tmp_path / "other",
        secret_key=listener.resources.settings.secret_key,
        object_store_url=bucket.url,
        object_store_endpoint=bucket.endpoint,
    )
    uploads = (
        Configure(settings)
        .resources(Database(listener.resources.database.address))
        .objects
    )
    assert await uploads.keys(timedelta(0)) == []


async def test_no_figure_waits_for_autovacuum(listener: Listener) -> None:
    """Nothing is read from what PostgreSQL only estimates."""
    await listener.store(*map(song, range(30)))
    await listener.read()
    async with listener.resources.database.session() as session:
        await session.execute(text("SET LOCAL enable_indexscan = off"))
    await listener.store(song(31))
    await listener.read()
