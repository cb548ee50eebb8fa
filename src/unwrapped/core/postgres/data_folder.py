"""Creating the data folder of a server: with one superuser and one database."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.binaries import Programs, error_line
from unwrapped.core.postgres.system_user import (
    DATA,
    PARTIAL,
    hand_over,
    named_user,
)

SUPERUSER = "postgres"
DATABASE = "unwrapped"

INITDB = (
    f"--username={SUPERUSER}",
    # Access to the socket's folder is access to the database.
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--data-checksums",
    # Defaults that the owner may change in postgresql.conf. Errors of statements
    # quote their rows: addresses and listening history do not belong in a log.
    "--set=max_connections=100",
    "--set=shared_buffers=128MB",
    "--set=log_min_messages=log",
)

SINGLE_USER = ("-c", "exit_on_error=on", SUPERUSER)


class ServerFailed(Unavailable):
    """A program of PostgreSQL failed; the message has the line that says why."""

    code = "embedded_server_failed"


def make_data(folder: Path, programs: Programs, lock: int) -> None:
    """Create the data in a cluster's folder, whole or not at all.

    The programs inherit `lock`. Raises `ServerFailed`.
    """
    # Under another name until it is complete.
    partial = folder / PARTIAL
    if partial.exists():
        shutil.rmtree(partial)
    with _making(folder, programs) as makers:
        _fill(partial, makers, lock)
    partial.rename(folder / DATA)


@contextmanager
def _making(folder: Path, programs: Programs) -> Iterator[Programs]:
    """The programs, run as a user that `initdb` accepts; the data is handed over later."""
    user = programs.user
    if user is None:
        yield programs
        return
    # Access is by group: other processes of the same user cannot enter.
    os.chown(folder, 0, user.gid)
    folder.chmod(0o770)
    try:
        yield replace(programs, user=named_user(user.gid))
    finally:
        hand_over(folder, user)


def _fill(partial: Path, programs: Programs, lock: int) -> None:
    folder = partial.parent
    for command, statements in (
        (("initdb", "-D", partial.name, *INITDB), ""),
        (
            ("postgres", "--single", "-D", partial.name, *SINGLE_USER),
            f"CREATE DATABASE {DATABASE}\n",
        ),
    ):
        done = programs.run(
            *command, within=folder, inherit=lock, statements=statements
        )
        if done.returncode:
            shutil.rmtree(partial, ignore_errors=True)
            raise ServerFailed(
                f"The embedded database cannot be created in {folder}: "
                f"{error_line(done.stderr)}"
            )
