"""The object store: where uploads wait for their import.

A folder in the home by default; `s3://bucket/prefix` when several machines share the
work. An object appears whole or not at all.
"""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store, from_url
from obstore.store import ObjectStore as Store

from unwrapped.core.config import Settings
from unwrapped.core.exceptions import StorageFull, Unavailable
from unwrapped.core.files import make_private
from unwrapped.core.http.guards.host_names import host_of, is_address
from unwrapped.core.settings_sources import InvalidSettings

FOLDER = "uploads"
CHUNK_BYTES = 8 * 1024 * 1024
MOST_LOGGED = 500

log = structlog.get_logger()

_FAILED = (BaseError, FileNotFoundError)
"""What a store raises; the latter also when its bucket does not exist."""


class StoreUnavailable(Unavailable):
    """The object store could not store, return or delete an object."""

    code = "object_store_unavailable"


def failure_of_store(what: str, error: Exception) -> Unavailable:
    """Log a store's error, and return it as one that a user may see."""
    said = str(error).partition("\n")[0][:MOST_LOGGED]
    log.error("object_store.failed", what=what, error=said)
    numbers = (errno.ENOSPC, errno.EDQUOT)
    # A store's own errors are texts that contain the system's number.
    if getattr(error, "errno", None) in numbers or any(
        f"(os error {number})" in str(error) for number in numbers
    ):
        return StorageFull(
            f"{what} The disk is full: ask the operator of this server to free some space."
        )
    return StoreUnavailable(what)


def _store_in(folder: Path) -> Store:
    try:
        # Uploads are private: no other user of this machine may read them.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder)
    except (BaseError, OSError) as error:
        raise StoreUnavailable(f"{folder} cannot be used for uploads.") from error


def _store_of(settings: Settings, url: str) -> Store:
    try:
        if settings.object_store_endpoint is None:
            return from_url(url)
        return _store_at(settings.object_store_endpoint, settings, url)
    except (BaseError, ValueError) as error:
        raise InvalidSettings(
            f"OBJECT_STORE_URL cannot be used, write it as s3://bucket/prefix:"
            f" {str(error).partition(chr(10))[0]}."
        ) from error


def _store_at(endpoint: str, settings: Settings, url: str) -> Store:
    scheme, _, host = endpoint.partition("://")
    if not url.startswith("s3://"):
        raise InvalidSettings(
            "OBJECT_STORE_ENDPOINT goes with OBJECT_STORE_URL=s3://bucket/prefix."
        )
    if scheme == "https":
        return S3Store.from_url(url, endpoint=endpoint)
    if not settings.object_store_allow_http and not _is_this_machine(host_of(host)):
        raise InvalidSettings(
            "OBJECT_STORE_ENDPOINT is plain HTTP to another machine: what people upload"
            " could be read in transit. Use https://, or set"
            " OBJECT_STORE_ALLOW_HTTP=true where nobody can eavesdrop."
        )
    return S3Store.from_url(url, endpoint=endpoint, client_options={"allow_http": True})


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


class ObjectStore:
    """Objects by key; keys are made by the service, never by a user."""

    def __init__(self, settings: Settings, apart: str = "") -> None:
        self._folder: Path | None = None
        self._store: Store
        if settings.object_store_url is not None:
            url = settings.object_store_url
            self._store = _store_of(
                settings, f"{url.rstrip('/')}/{apart}" if apart else url
            )
        elif settings.object_store_endpoint is not None:
            raise InvalidSettings("OBJECT_STORE_ENDPOINT goes with OBJECT_STORE_URL.")
        else:
            make_private(settings.home)
            self._folder = settings.home / FOLDER
            self._store = _store_in(self._folder)

    @property
    def folder(self) -> Path | None:
        """The folder of the objects; None if they are in a bucket."""
        return self._folder

    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        """Store what `content` yields; if it raises, nothing is stored."""
        try:
            await obstore.put_async(self._store, key, content)
        except _FAILED as error:
            raise failure_of_store("The upload could not be stored.", error) from error

    @asynccontextmanager
    async def file(self, key: str, scratch: Path | None = None) -> AsyncIterator[Path]:
        """The object as a file to read. Raises `StoreUnavailable` if there is none."""
        if self._folder is not None:
            path = self._folder / key
            if not path.is_file():
                raise StoreUnavailable("The upload is not in the store any more.")
            yield path
            return
        with TemporaryDirectory(dir=scratch) as folder:
            path = Path(folder) / "object"
            await self._download(key, path)
            yield path

    async def _download(self, key: str, path: Path) -> None:
        try:
            answer = await obstore.get_async(self._store, key)
            with path.open("wb") as file:
                async for chunk in answer.stream(min_chunk_size=CHUNK_BYTES):
                    file.write(chunk)
        except (*_FAILED, OSError) as error:
            raise failure_of_store("The upload cannot be fetched.", error) from error

    async def delete(self, key: str) -> None:
        """Delete an object; a missing one is not an error."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except BaseError as error:
            raise failure_of_store("An upload could not be deleted.", error) from error

    async def get(self, key: str) -> bytes | None:
        """The content of an object; None if there is none."""
        try:
            answer = await obstore.get_async(self._store, key)
            return bytes(await answer.bytes_async())
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise failure_of_store("An object cannot be fetched.", error) from error

    async def names(self, prefix: str | None = None) -> list[str]:
        """The keys of all objects, or of those with a prefix."""
        try:
            return [
                item["path"]
                async for batch in obstore.list(self._store)
                for item in batch
                if prefix is None or item["path"].startswith(prefix)
            ]
        except _FAILED as error:
            raise failure_of_store("The objects cannot be listed.", error) from error

    async def keys(self, older_than: timedelta) -> list[str]:
        """The keys of all objects of at least that age, except those with a prefix."""
        before = datetime.now(UTC) - older_than
        found: list[str] = []
        try:
            async for batch in obstore.list(self._store):
                found += [
                    item["path"]
                    for item in batch
                    if item["last_modified"] < before and "/" not in item["path"]
                ]
        except _FAILED as error:
            raise failure_of_store("The uploads cannot be listed.", error) from error
        return found

    async def drop_halves(self, older_than: timedelta) -> int:
        """Delete files that processes left in the folder when they died during an
        upload.

        A bucket does this itself (a life-cycle rule for unfinished uploads).
        """
        if self._folder is None:
            return 0
        before = (datetime.now(UTC) - older_than).timestamp()
        # An unfinished file has a number after "#"; keys never have one.
        halves = [
            path for path in self._folder.rglob("*#*") if path.stat().st_mtime < before
        ]
        for path in halves:
            path.unlink(missing_ok=True)
        return len(halves)


def store_apart(settings: Settings, name: str) -> ObjectStore | None:
    """Objects of another kind in this installation's bucket, under their own prefix;
    None without a bucket.
    """
    return ObjectStore(settings, name) if settings.object_store_url else None
