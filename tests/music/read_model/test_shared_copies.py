"""Machines that share a bucket share copies."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.auth.factories import sign_in
from tests.conftest import make_resources
from tests.core.buckets import CREDENTIALS, Bucket, make_bucket, s3_server
from tests.music.read_model.listener import Listener, song
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.music.read_model.copies import Copies
from unwrapped.music.read_model.files import CopyFolder, CopyName
from unwrapped.music.sources.logs import LogName


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The store of this module."""
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A bucket of the test's own, and the settings for access to it."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return make_bucket(endpoint)


def machine(home: Path, bucket: Bucket, resources: Resources) -> Resources:
    """The resources of a process on another machine."""
    settings = Settings(
        unwrapped_home=home,
        secret_key=resources.settings.secret_key,
        object_store_url=bucket.url,
        object_store_endpoint=bucket.endpoint,
    )
    return make_resources(settings, resources.database)


async def test_machines_share_copies_through_their_bucket(
    common_resources: Resources, bucket: Bucket, tmp_path: Path
) -> None:
    listener = Listener(common_resources, (await sign_in(common_resources)).id)
    homes = tmp_path / "web", tmp_path / "worker"
    web, worker = (Copies(machine(home, bucket, common_resources)) for home in homes)
    web.keeps_files = True
    files, nothing = map(CopyFolder, homes)
    await listener.store(*map(song, range(5)))
    await listener.store(song(9))
    await worker.write(listener.user_id)
    assert bucket.keys() == [f"unwrapped/statistics/{listener.user_id}-2.columns"]
    await listener.read(web)
    assert (files.names(), nothing.names()) == ([CopyName(listener.user_id, 2)], [])
    uploads = machine(tmp_path / "other", bucket, common_resources).objects
    assert await uploads.keys(timedelta(0)) == []
    await listener.remove(source=LogName.SPOTIFY_EXTENDED)
    assert await worker.sweep() == 1
    assert await web.sweep() == 1
    assert (files.names(), bucket.keys()) == ([], [])
    await listener.read(web)
    await listener.read(worker)


async def test_a_bucket_that_does_not_answer_only_costs_time(
    common_resources: Resources, bucket: Bucket, tmp_path: Path
) -> None:
    listener = Listener(common_resources, (await sign_in(common_resources)).id)
    gone = Bucket(bucket.endpoint, "gone")
    copies = Copies(machine(tmp_path / "web", gone, common_resources))
    await listener.store(song(1))
    await listener.read(copies)
