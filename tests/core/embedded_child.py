"""A process that uses the embedded server of a home; the tests start and kill these.

    python -m tests.core.embedded_child HOME STATE_DIR [USER PROGRAMS]

Says `ready DSN`, or `refused CODE: MESSAGE`; gives its share back at the end of its
input or on SIGTERM, and says `released`. As USER, root goes down to that user, once
everything is imported, and finds the wheel's files below PROGRAMS: the interpreter and
the real wheel may lie where only root can read. With LIMIT_KIB in the environment no file
can grow larger.
"""

import os
import pwd
import resource
import signal
import sys
from pathlib import Path

from unwrapped.core.exceptions import AppException
from unwrapped.core.postgres.embedded import start_embedded


def become(user: str, programs: str) -> None:
    """Become another user permanently; `programs` has the wheel for that user."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    sys.path[:] = [programs]


def say(line: str) -> None:
    """Write a line for the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(home: str, state_dir: str, *who: str) -> None:
    """Use the server until stopped."""
    if who:
        become(*who)
    if limit := os.environ.get("LIMIT_KIB"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit) * 1024,) * 2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server = start_embedded(Path(home), Path(state_dir))
    except AppException as error:
        say(f"refused {error.code}: {error.message}")
        return
    try:
        say(f"ready {server.address.for_asyncpg()}")
        sys.stdin.read()
    finally:
        server.release()
        say("released")


if __name__ == "__main__":
    main(*sys.argv[1:])
