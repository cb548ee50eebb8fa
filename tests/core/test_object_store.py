"""The object store, in a folder and in a bucket: whole objects or none."""

import asyncio
import errno
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.exceptions import GenericError

from tests.auth.logs import written_log
from tests.core.buckets import CREDENTIALS, Bucket, make_bucket, s3_server
from unwrapped.core.config import Settings
from unwrapped.core.exceptions import StorageFull
from unwrapped.core.object_store import (
    ObjectStore,
    StoreUnavailable,
    failure_of_store,
)
from unwrapped.core.settings_sources import InvalidSettings

NOW = timedelta(0)
MIB = 1024 * 1024


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    """A store in a folder of the test's own."""
    return ObjectStore(settings)


@pytest.fixture
def folder(settings: Settings) -> Path:
    """The folder of the store."""
    return settings.home / "uploads"


class Broken(Exception):
    """The sender went away."""


async def chunks(*parts: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for part in parts:
        await asyncio.sleep(0)
        yield part
    if broken:
        raise Broken


async def read(store: ObjectStore, key: str) -> bytes:
    async with store.file(key) as path:
        return path.read_bytes()


def files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "parts", [(), (b"",), (b"one",), (b"one", b"", b"two"), (b"x" * MIB,) * 20]
)
async def test_an_object_is_read_as_it_was_put(
    store: ObjectStore, parts: tuple[bytes, ...]
) -> None:
    await store.put("key", chunks(*parts))
    assert await read(store, "key") == b"".join(parts)
    assert await store.keys(NOW) == ["key"]


async def test_an_object_that_is_put_again_is_replaced(store: ObjectStore) -> None:
    await store.put("key", chunks(b"a long first one"))
    await store.put("key", chunks(b"second"))
    assert await read(store, "key") == b"second"


def replace_by_file(folder: Path) -> None:
    """Put a file where a folder was."""
    folder.rmdir()
    folder.write_text("no folder")


async def test_an_error_of_the_store_is_logged(
    store: ObjectStore, folder: Path, settings: Settings
) -> None:
    replace_by_file(folder)
    with written_log(settings) as log, pytest.raises(StoreUnavailable):
        await store.put("key", chunks(b"x"))
    (line,) = log.of("object_store.failed")
    assert line["level"] == "error"
    assert "os error" in line["error"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        GenericError("Unable to copy data to file: No space left (os error 28)"),
    ],
    ids=str,
)
def test_a_full_disk_has_an_error_of_its_own(error: Exception) -> None:
    """The last error is the text that obstore raised on a real full disk."""
    full = failure_of_store("It could not be stored.", error)
    assert isinstance(full, StorageFull)
    assert "disk is full" in full.message
    other = failure_of_store("It could not be stored.", GenericError("(os error 5)"))
    assert isinstance(other, StoreUnavailable)


@pytest.mark.parametrize("before", [0, 1, 30])
async def test_a_body_that_breaks_off_leaves_nothing(
    store: ObjectStore, folder: Path, before: int
) -> None:
    with pytest.raises(Broken):
        await store.put("key", chunks(*[b"x" * MIB] * before, broken=True))
    assert list(files_in(folder)) == []
    assert await store.keys(NOW) == []


async def test_a_body_that_breaks_off_leaves_the_object_before_it(
    store: ObjectStore,
) -> None:
    await store.put("key", chunks(b"first"))
    with pytest.raises(Broken):
        await store.put("key", chunks(b"second", broken=True))
    assert await read(store, "key") == b"first"


async def test_a_put_that_is_cancelled_leaves_nothing(
    store: ObjectStore, folder: Path
) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * MIB
            begun.set()
            await asyncio.sleep(0.01)

    putting = asyncio.create_task(store.put("key", endless()))
    await begun.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert await store.keys(NOW) == []
    await store.drop_halves(NOW)
    assert list(files_in(folder)) == []


async def test_objects_put_at_once_do_not_mix(store: ObjectStore) -> None:
    contents = {f"key{n}": [secrets.token_bytes(MIB // 4)] * 3 for n in range(20)}
    await asyncio.gather(
        *(store.put(key, chunks(*parts)) for key, parts in contents.items())
    )
    for key, parts in contents.items():
        assert await read(store, key) == b"".join(parts)
    assert sorted(await store.keys(NOW)) == sorted(contents)


async def test_one_of_two_concurrent_puts_under_one_key_is_there_whole(
    store: ObjectStore,
) -> None:
    bodies = [bytes([n]) * MIB for n in range(5)]
    await asyncio.gather(*(store.put("key", chunks(body)) for body in bodies))
    assert await read(store, "key") in bodies


async def test_a_deleted_object_is_gone_and_may_be_deleted_again(
    store: ObjectStore, folder: Path
) -> None:
    await store.put("key", chunks(b"content"))
    await store.delete("key")
    await store.delete("key")
    assert list(files_in(folder)) == []
    with pytest.raises(StoreUnavailable, match="not in the store any more"):
        await read(store, "key")


async def test_keys_are_listed_by_age(store: ObjectStore, folder: Path) -> None:
    await store.put("old", chunks(b"x"))
    await store.put("new", chunks(b"x"))
    hour_ago = time.time() - 3600
    os.utime(folder / "old", (hour_ago, hour_ago))
    assert sorted(await store.keys(NOW)) == ["new", "old"]
    assert await store.keys(timedelta(minutes=59)) == ["old"]
    assert await store.keys(timedelta(minutes=61)) == []


async def test_only_old_unfinished_files_are_deleted(
    store: ObjectStore, folder: Path
) -> None:
    await store.put("whole", chunks(b"x"))
    hour_ago = time.time() - 3600
    for name, changed in (("old#1", hour_ago), ("new#1", time.time())):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (changed, changed))
    os.utime(folder / "whole", (hour_ago, hour_ago))
    assert await store.drop_halves(timedelta(minutes=59)) == 1
    assert {path.name for path in files_in(folder)} == {"whole", "new#1"}
    assert await store.keys(NOW) == ["whole"]


@pytest.fixture
def lost(store: ObjectStore, folder: Path) -> ObjectStore:
    """A store whose folder is no longer a folder."""
    folder.rmdir()
    folder.write_text("a file")
    return store


async def test_a_folder_that_is_lost_is_shown(lost: ObjectStore) -> None:
    with pytest.raises(StoreUnavailable, match="could not be stored"):
        await lost.put("key", chunks(b"x"))
    with pytest.raises(StoreUnavailable, match="not in the store any more"):
        await read(lost, "key")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3-compatible store."""
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials, where such stores look for them."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(endpoint: str, credentials: None) -> Bucket:
    """A bucket of the test's own, and what is needed to enter it."""
    return make_bucket(endpoint)


@pytest.fixture
def bucket_store(settings: Settings, bucket: Bucket) -> ObjectStore:
    """A store in a bucket."""
    return ObjectStore(
        settings.model_copy(
            update={
                "object_store_url": bucket.url,
                "object_store_endpoint": bucket.endpoint,
            }
        )
    )


async def test_a_bucket_behaves_as_a_folder_does(
    bucket_store: ObjectStore, bucket: Bucket, tmp_path: Path
) -> None:
    # More than is sent at once: 5 MiB a part.
    large = [secrets.token_bytes(MIB)] * 12
    await bucket_store.put("large", chunks(*large))
    await bucket_store.put("small", chunks(b"one", b"", b"two"))
    assert await read(bucket_store, "large") == b"".join(large)
    async with bucket_store.file("small", tmp_path) as path:
        assert path.is_relative_to(tmp_path)
        assert path.read_bytes() == b"onetwo"
    assert list(files_in(tmp_path)) == []
    assert sorted(await bucket_store.keys(NOW)) == ["large", "small"]
    assert await bucket_store.keys(timedelta(hours=1)) == []
    assert bucket.keys() == ["unwrapped/large", "unwrapped/small"]
    for _ in range(2):
        await bucket_store.delete("large")
    assert bucket.keys() == ["unwrapped/small"]
    with pytest.raises(StoreUnavailable, match="cannot be fetched"):
        await read(bucket_store, "large")


@pytest.mark.parametrize("before", [0, 1, 12])
async def test_a_body_that_breaks_off_leaves_nothing_in_a_bucket(
    bucket_store: ObjectStore, bucket: Bucket, before: int
) -> None:
    with pytest.raises(Broken):
        await bucket_store.put("key", chunks(*[b"x" * MIB] * before, broken=True))
    assert bucket.keys() == []
    assert bucket.unfinished() == []


async def test_a_bucket_that_is_not_there_is_shown(
    endpoint: str, credentials: None
) -> None:
    settings = Settings(object_store_url="s3://gone", object_store_endpoint=endpoint)
    lost = ObjectStore(settings)
    with pytest.raises(StoreUnavailable, match="could not be stored"):
        await lost.put("key", chunks(b"x"))
    with pytest.raises(StoreUnavailable, match="cannot be fetched"):
        await read(lost, "key")
    with pytest.raises(StoreUnavailable, match="cannot be listed"):
        await lost.keys(NOW)


@pytest.mark.parametrize(
    ("url", "endpoint", "allow_http", "answer"),
    [
        ("s3://", None, False, "write it as s3://bucket/prefix"),
        ("nowhere", None, False, "write it as s3://bucket/prefix"),
        ("gs://bucket", "https://s3.example.org", False, "OBJECT_STORE_URL=s3://"),
        (None, "https://s3.example.org", False, "goes with OBJECT_STORE_URL"),
        ("s3://bucket", "http://10.0.0.5:9000", False, "plain HTTP to another"),
        ("s3://bucket", "http://minio:9000", False, "plain HTTP to another"),
        ("s3://bucket", "http://minio:9000", True, None),
        ("s3://bucket", "https://minio:9000", False, None),
        ("s3://bucket", "http://localhost:9000", False, None),
        ("s3://bucket", "http://127.0.0.2", False, None),
        ("s3://bucket", "http://[::1]:9000", False, None),
    ],
)
def test_an_impossible_store_is_refused_at_the_start(
    url: str | None, endpoint: str | None, *, allow_http: bool, answer: str | None
) -> None:
    settings = Settings(
        object_store_url=url,
        object_store_endpoint=endpoint,
        object_store_allow_http=allow_http,
    )
    if answer is None:
        ObjectStore(settings)
    else:
        with pytest.raises(InvalidSettings, match=answer):
            ObjectStore(settings)
