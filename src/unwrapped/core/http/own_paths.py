"""Replaces paths from requests that could lead a browser to another service."""

from urllib.parse import urlsplit

HOME = "/"
LONGEST_PATH = 2000


def own_path(path: str | None) -> str:
    """A path on this service; `HOME` for anything that could lead elsewhere."""
    if (
        not path
        or not path.startswith("/")
        or len(path) > LONGEST_PATH
        # Browsers read a host after two slashes of either kind, and drop tabs and line
        # ends before that.
        or path[1:2] in ("/", "\\")
        or not path.isascii()
        or not path.isprintable()
        or " " in path
    ):
        return HOME
    try:
        parts = urlsplit(path)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else path
