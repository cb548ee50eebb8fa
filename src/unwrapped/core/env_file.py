"""The file that settings are read from, after the environment."""

import os
import sys
from functools import cache
from pathlib import Path

DOT_ENV = Path(".env")
VARIABLE = "UNWRAPPED_ENV_FILE"
"""Set by `--env-file`, for this process and those that it starts."""


def env_file() -> Path | None:
    """The file given by `--env-file`, else `.env` of the working folder.

    None where that `.env` is another user's and cannot be read: a service that is
    started in somebody else's folder was not set up by them. A line on stderr says so.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    if _is_closed_and_of_another(DOT_ENV):
        _warn(DOT_ENV.absolute())
        return None
    return DOT_ENV


def _is_closed_and_of_another(file: Path) -> bool:
    try:
        is_of_another = hasattr(os, "geteuid") and file.stat().st_uid != os.geteuid()
    except OSError:
        return False
    return is_of_another and not os.access(file, os.R_OK)


@cache
def _warn(file: Path) -> None:
    """Once a process, which reads settings several times."""
    sys.stderr.write(
        f"unwrapped: {file} belongs to another user and cannot be read. Its settings do"
        " not count; --env-file names another file.\n"
    )
