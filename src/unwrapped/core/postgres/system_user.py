"""The user that root runs the embedded server as: PostgreSQL refuses root.

It is a user id without an account. Other processes of a shared account, such as
`nobody`, could read the data and talk to the server. No account is created: in
PostgreSQL only `initdb` needs the name of its user, so the files of a new cluster are
created as `nobody`, in a folder that no other process can enter, and handed over.
"""

import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.binaries import SystemUser
from unwrapped.core.postgres.file_locks import FileLock

if sys.platform != "win32":
    import grp
    import pwd

UNUSED_IDS = range(60_578, 60_706)
"""Ids that neither `useradd` nor systemd gives to an account (UIDS-GIDS.md)."""
OTHER_IDS = range(59_999, 1_000, -1)
"""For containers that have few ids."""

NAMED_USER = "nobody"
DATA, PARTIAL = "data", "data.partial"
LOCK = "server.lock"


class NoEmbeddedServer(Unavailable):
    """There is no embedded server for this platform or this user."""

    code = "embedded_server_unsupported"


def own_user() -> SystemUser:
    """The ids that only the embedded server uses. Raises `NoEmbeddedServer`."""
    for number in chain(UNUSED_IDS, OTHER_IDS):
        if all(_is_mapped(kind, number) for kind in ("uid", "gid")) and _is_free(
            number
        ):
            return SystemUser(number, number)
    raise NoEmbeddedServer(
        "PostgreSQL refuses root, and there is no other user id here: set DATABASE_URL."
    )


def named_user(group: int) -> SystemUser:
    """The user that runs `initdb`, in a group. Raises `NoEmbeddedServer`."""
    try:
        user = pwd.getpwnam(NAMED_USER)
    except KeyError as error:
        raise NoEmbeddedServer(
            f"PostgreSQL refuses root, and there is no user {NAMED_USER}: add one, or set DATABASE_URL."
        ) from error
    return SystemUser(user.pw_uid, group)


def settled_user(place: Path, own: SystemUser) -> SystemUser:
    """The user that owns a cluster: `own`, unless its server still runs as another.

    A cluster of an earlier version, which ran as `nobody`, is handed over once it has
    stopped.
    """
    owners = {path.stat().st_uid for path in (place, place / DATA) if path.exists()}
    if owners == {own.uid}:
        return own
    with FileLock(place / LOCK) as lock:
        if not (place / DATA).exists():
            lock.exclusive()  # an initdb whose caller was killed may still write
        elif not lock.try_exclusive():
            found = place.stat()
            return SystemUser(found.st_uid, found.st_gid)
        hand_over(place, own)
    return own


def hand_over(place: Path, to: SystemUser) -> None:
    """Change the owner of a cluster's folder and of the former owner's files in it."""
    owned = (path for path in (place / DATA, place / PARTIAL) if path.exists())
    former = next(owned, place).stat().st_uid
    # From here on the old owner cannot enter and plant files.
    os.chown(place, 0, 0)
    place.chmod(0o700)
    if former not in {0, to.uid}:
        for name, at in _inside(place):
            if os.stat(name, dir_fd=at, follow_symlinks=False).st_uid == former:
                os.chown(name, to.uid, to.gid, dir_fd=at, follow_symlinks=False)
    os.chown(place, to.uid, to.gid)


def _inside(folder: Path) -> Iterator[tuple[str, int]]:
    """Everything below a folder, each folder after its contents."""
    for _, folders, files, at in os.fwalk(folder, topdown=False):
        for name in (*files, *folders):
            yield name, at


def _is_free(number: int) -> bool:
    for find in (pwd.getpwuid, grp.getgrgid):
        try:
            find(number)
        except KeyError:
            continue
        return False
    return True


def _is_mapped(kind: str, number: int) -> bool:
    """Whether an id exists in this container."""
    try:
        mapped = Path(f"/proc/self/{kind}_map").read_text(encoding="ascii")
    except OSError:
        return True
    ranges = [[int(part) for part in line.split()] for line in mapped.splitlines()]
    return any(first <= number < first + count for first, _, count in ranges)
