"""Static files of the pages. Their address holds a digest, so that caches may keep them."""

import hashlib
from functools import cache
from importlib.resources import files

from unwrapped.core.exceptions import NotFound

PATH = "/static"
DIGITS = 16


class AssetNotFound(NotFound):
    """There is no such file, or not with this content."""

    code = "asset_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such file.")


@cache
def _contents() -> dict[str, bytes]:
    folder = files("unwrapped.web").joinpath("static")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_contents()[name]).hexdigest()[:DIGITS]


def asset_text(name: str) -> str:
    """The content of a file. Raises `KeyError` where there is none of this name."""
    return _contents()[name].decode()


def asset_address(name: str) -> str:
    """Where a file is served. Raises `KeyError` where there is none of this name."""
    return f"{PATH}/{_digest(name)}/{name}"


def read_asset(digest: str, name: str) -> bytes:
    """The content of a file, if this is its digest. Raises `AssetNotFound`."""
    if name not in _contents() or digest != _digest(name):
        raise AssetNotFound
    return _contents()[name]
