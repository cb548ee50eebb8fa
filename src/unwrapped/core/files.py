"""Files that are written whole or not at all."""

import tempfile
from pathlib import Path

from unwrapped.core.exceptions import Unavailable


class NotWritten(Unavailable):
    """A file could not be written; what was there before is there still."""


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path`, replacing what is there in one step.

    Raises `NotWritten`, leaving no half file behind.
    """
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            # A device or pipe cannot be replaced, and must not be.
            target.write_text(text, encoding="utf-8")
            return
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, prefix=".unwrapped-", delete=False
        ) as file:
            part = Path(file.name)
            try:
                file.write(text)
                file.flush()
                part.chmod(_mode(target))
                part.replace(target)
            except OSError:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from error


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those of a new one."""
    return target.stat().st_mode & 0o777 if target.exists() else 0o644
