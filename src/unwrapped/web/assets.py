"""Static files of the pages. The address of each has a digest of all of them.

So caches may keep a file indefinitely. The digest is one for all files of a release, because
JavaScript modules import each other by relative paths.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from unwrapped.core.exceptions import NotFound

PATH = "/static"
DIGITS = 16


class AssetNotFound(NotFound):
    """There is no static file with this name and digest."""

    code = "asset_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such file.")


@cache
def _contents() -> dict[str, bytes]:
    return dict(_walk(files("unwrapped.web").joinpath("static"), ""))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


@cache
def digest() -> str:
    """The digest of all static files of this release."""
    written = hashlib.sha256()
    for name, content in _contents().items():
        written.update(f"{name}\0{len(content)}\0".encode() + content)
    return written.hexdigest()[:DIGITS]


def asset_bytes(name: str) -> bytes:
    """The content of a file. Raises `KeyError` if there is no such file."""
    return _contents()[name]


def asset_text(name: str) -> str:
    """The content of a text file. Raises `KeyError` if there is no such file."""
    return asset_bytes(name).decode()


def asset_address(name: str) -> str:
    """The address of a file. Raises `KeyError` if there is no such file."""
    asset_bytes(name)
    return f"{PATH}/{digest()}/{name}"


def read_asset(given: str, name: str) -> bytes:
    """The content of a file, if the digest is right. Raises `AssetNotFound`."""
    if name not in _contents() or given != digest():
        raise AssetNotFound
    return _contents()[name]
