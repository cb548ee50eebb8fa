"""Copies give the same figures as the database, whatever happens to them."""

import asyncio

import pytest

from tests.auth.factories import sign_in
from tests.cluster.test_partitioned import partition
from tests.exports import Row, account_row, api_row
from tests.music.read_model.listener import Listener, song
from tests.waiting import until
from unwrapped.auth.oauth.settings import SPOTIFY
from unwrapped.auth.service import UserService
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.period import Period
from unwrapped.music.read_model import copies as copies_module
from unwrapped.music.read_model.columns import Columns, columns_of, listens_of
from unwrapped.music.read_model.copies import Copies, sweep_copies
from unwrapped.music.read_model.encoding import encode
from unwrapped.music.read_model.files import FOLDER, CopyName
from unwrapped.music.read_model.history_state import Head, read_head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.spotify.service import forget_spotify
from unwrapped.music.statistics.cache import lifespan


@pytest.fixture
async def listener(common_resources: Resources) -> Listener:
    return Listener(common_resources, (await sign_in(common_resources)).id)


def under(uri: str, row: Row) -> Row:
    """The play as one of this recording."""
    return {**row, "spotify_track_uri": uri}


async def test_another_spelling_of_a_recording_is_more_than_an_addition(
    listener: Listener,
) -> None:
    """Corrections apply to earlier listens by it, though nothing else of them changes."""
    await listener.store(song(20), song(30))
    await listener.read()
    await listener.store(under("uri:Ann:Song 6", song(6, "Bob")))
    await listener.read()
    await listener.store(under("uri:Ann:Song 6", song(13, "Cid")))
    _, columns = await listener.read()
    assert len(columns.variants) == 3
    # A new recording with several spellings is an addition.
    await listener.store(under("uri:new", song(45)), under("uri:new", song(52, "Dee")))
    await listener.store(under("uri:new", song(59, "Dee")), song(62))
    _, columns = await listener.read()
    assert len(columns.variants) == 5


async def test_the_history_of_an_unknown_user_is_empty(listener: Listener) -> None:
    head, columns = await listener.read()
    assert (head.version, len(columns.listens)) == (0, 0)
    assert listener.names() == []


async def test_added_listens_are_laid_over_the_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(10, 30)))
    first = await listener.read()
    written = listener.path(1).stat().st_mtime_ns
    await listener.store(song(40), song(41))  # later
    await listener.store(song(3, "New artist"))  # and earlier, by a new artist
    await listener.store(song(35, "Bob", master_metadata_album_album_name="New"))
    head, columns = await listener.read()
    assert head.version == 4
    assert len(columns.listens) == 24
    assert listener.path(1).stat().st_mtime_ns == written
    assert listener.names() == [1]
    await listener.read(known=first)


async def test_a_copy_is_read_and_not_the_database(listener: Listener) -> None:
    await listener.store(*map(song, range(20)))
    assert listener.names() == []
    head, columns = await listener.read()
    assert listener.names() == [1]
    assert listener.path(1).stat().st_mode & 0o777 == 0o600
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


async def test_a_copy_is_made_again_after_many_added_listens(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listener.store(*map(song, range(20)))
    await listener.read()
    monkeypatch.setattr(copies_module, "MOST_LAID_OVER", 2)
    await listener.store(*map(song, range(20, 24)))
    await listener.read()
    assert listener.names() == [2]


async def test_a_copy_is_made_again_after_many_changes(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies_module, "MOST_VERSIONS", 1)
    for number in range(3):
        await listener.store(song(number))
        await listener.read()
    assert listener.names() == [3]


async def test_an_import_that_marks_other_listens_makes_a_new_copy(
    listener: Listener,
) -> None:
    poorer = [
        account_row(endTime=f"2023-05-01 1{n}:00", artistName="Ann", trackName="Song 0", msPlayed=180_000)
        for n in range(5)
    ]  # fmt: skip
    await listener.store(*poorer)
    _, before = await listener.read()
    await listener.store(song(0, ts="2023-05-01T10:00:20Z"))
    _, after = await listener.read()
    assert (len(before.listens), len(after.listens)) == (5, 5)
    assert listener.names() == [2]


async def test_an_import_that_renames_other_listens_makes_a_new_copy(
    listener: Listener,
) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.store(song(50, "ANN"))
    _, columns = await listener.read()
    assert columns.artists["name"].to_list() == ["ANN"]
    assert listener.names() == [2]
    # So does a listen at a moment at which another one begins.
    await listener.store(song(4, "Another"))
    await listener.read()
    assert listener.names() == [3]


async def test_an_import_without_new_listens_changes_no_copy(
    listener: Listener,
) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.store(song(3))
    head, _ = await listener.read()
    assert listener.names() == [1]
    assert head.version <= 2
    # A copy that can serve the history stays.
    await listener.store(song(9))
    assert await sweep_copies(listener.resources) == 0
    assert listener.names() == [1]


async def test_a_removal_deletes_every_copy(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.store(song(9, "Bob"))
    head, columns = await listener.read()
    await listener.remove(artist="Bob")
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


async def test_a_copy_that_is_written_too_late_is_swept(listener: Listener) -> None:
    """A slow process writes listens that were removed meanwhile."""
    await listener.store(*map(song, range(5)))
    head, columns = await listener.read()
    await listener.remove(source=LogName.SPOTIFY_EXTENDED)
    await listener.read()
    listener.files.write(
        CopyName(listener.user_id, head.version), encode(columns, head)
    )
    await listener.read()
    assert await sweep_copies(listener.resources) == 1
    assert listener.names() == [head.version + 1]


async def test_a_copy_that_cannot_be_used_is_made_again(listener: Listener) -> None:
    other = Listener(listener.resources, (await sign_in(listener.resources)).id)
    await other.store(song(1, "Bob"))
    await other.read()
    await listener.store(*map(song, range(5)))
    head, columns = await listener.read()
    path = listener.path(1)
    old = Head(head.user_id, head.version, "0/old", head.next_number)
    for content in (
        b"",
        b"nonsense",
        path.read_bytes()[:-100],
        other.path(1).read_bytes(),
        encode(columns_of(listens_of(columns).head(1)), old),
    ):
        listener.files.write(CopyName(listener.user_id, 1), content)
        await listener.read()
        assert listener.names() == [1]
        assert path.stat().st_size > 1000


async def test_a_copy_of_an_older_version_is_brought_up_to_date(
    listener: Listener,
) -> None:
    """A folder was restored, or another machine wrote the latest copy."""
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
    for number in range(5, 8):
        await listener.store(song(number))
    stop.set()
    assert min(await asyncio.gather(*reading)) >= 1
    await listener.read()


async def test_a_folder_that_cannot_be_written_only_costs_time(
    listener: Listener,
) -> None:
    (listener.resources.settings.home).mkdir(exist_ok=True)
    (listener.resources.settings.home / FOLDER).write_text("in the way")
    await listener.store(*map(song, range(5)))
    await listener.read()
    assert await sweep_copies(listener.resources) == 0


async def test_histories_in_partitions_are_read_in_the_same_way(
    cloned_resources: Resources,
) -> None:
    listener = Listener(cloned_resources, (await sign_in(cloned_resources)).id)
    await listener.store(*map(song, range(5)))
    known = await listener.read()
    await partition(listener.resources)
    await listener.store(song(9))
    await listener.read(known=known)
    await listener.remove(artist="Ann", period=Period.parse("2023-05-01"))
    _, columns = await listener.read()
    assert columns.listens.is_empty()


async def test_an_unlinked_provider_leaves_no_copy(listener: Listener) -> None:
    await listener.store(api_row("Ann", "Song", "uri:1", "2023-05-01T10:10:01.5Z"))
    await listener.read()
    async with listener.resources.database.session() as session:
        await forget_spotify(session, listener.user_id, SPOTIFY)
    assert await sweep_copies(listener.resources) == 1
    assert listener.names() == []
    _, columns = await listener.read()
    assert columns.listens.is_empty()


async def test_a_web_process_sweeps_at_its_start(listener: Listener) -> None:
    await listener.store(*map(song, range(5)))
    await listener.read()
    await listener.remove(artist="Ann")
    assert listener.names() == [1]
    async with lifespan(listener.resources):
        await asyncio.to_thread(
            until, lambda: None if listener.names() else True, "a sweep"
        )
