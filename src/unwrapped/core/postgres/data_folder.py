"""The data folder of a server, as it is made once: with one superuser and one database."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.binaries import Programs, telling_line
from unwrapped.core.postgres.server_account import (
    DATA,
    PARTIAL,
    hand_over,
    named_account,
)

SUPERUSER = "postgres"
DATABASE = "unwrapped"

INITDB = (
    f"--username={SUPERUSER}",
    # Who may enter the socket's folder may enter the database.
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
    """A program of PostgreSQL failed; the message carries its telling line."""

    code = "embedded_server_failed"


def make_data(folder: Path, programs: Programs, lock: int) -> None:
    """Make the data in a cluster's folder, whole or not at all.

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
    """The programs as somebody whom `initdb` takes; the data is handed over then."""
    account = programs.account
    if account is None:
        yield programs
        return
    # By its group alone: others that run as the same user cannot enter.
    os.chown(folder, 0, account.gid)
    folder.chmod(0o770)
    try:
        yield replace(programs, account=named_account(account.gid))
    finally:
        hand_over(folder, account)


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
                f"The embedded database cannot be made in {folder}: "
                f"{telling_line(done.stderr)}"
            )
