"""The embedded PostgreSQL server, shared by the processes that use one home.

Each process holds a shared lock, which the kernel releases even after kill -9; the last
one to leave stops the server. The cluster is in `postgres/` in the home. PostgreSQL
refuses root: then the cluster is below `/var/lib/unwrapped`, belongs to a separate user
id (`core.postgres.system_user`), and `postgres/cluster` names the place. There is no
embedded server on Windows, where asyncpg has no unix sockets.
"""

import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from unwrapped.core.exceptions import NotFound, Unavailable
from unwrapped.core.files import CLUSTERS, make_private, write_whole
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.binaries import Programs, SystemUser, copied, packaged
from unwrapped.core.postgres.cluster import PORT, Cluster
from unwrapped.core.postgres.data_folder import DATABASE, SUPERUSER
from unwrapped.core.postgres.file_locks import FileLock
from unwrapped.core.postgres.system_user import (
    NoEmbeddedServer,
    own_user,
    settled_user,
)

STATE_DIR = Path("/var/lib/unwrapped")
"""Where root keeps what its server must reach: programs and clusters."""

FOLDER = "postgres"
POINTER = "cluster"


class HomeNotUsable(Unavailable):
    """A folder or a file that the embedded server needs cannot be used."""

    code = "embedded_server_home_not_usable"


class NoDatabaseYet(NotFound):
    """A home has no database yet."""

    code = "no_database_yet"


class EmbeddedServer:
    """This process's share in the server of a home."""

    def __init__(self, cluster: Cluster, steps: FileLock, users: FileLock) -> None:
        self.cluster = cluster
        self.address = DatabaseAddress(
            user=SUPERUSER,
            host=str(cluster.socket_folder),
            port=PORT,
            database=DATABASE,
        )
        self._steps = steps
        self._users = users
        self._is_released = False

    def revive(self) -> bool:
        """Start the server again if it died, such as when it was killed for its memory.

        Returns whether it had died. Raises a kind of `Unavailable` if that fails.
        """
        with _readable_errors():
            if not self.cluster.is_gone():
                return False
            self._steps.exclusive()
            try:
                self.cluster.ensure_running()
            finally:
                self._steps.give_back()
        return True

    def release(self) -> None:
        """Release the share, and stop the server if no other process has one.

        Connections must be closed before. A second call does nothing. Raises a kind
        of `Unavailable` when the server does not stop.
        """
        if self._is_released:
            return
        self._is_released = True
        with self._users, self._steps, _readable_errors():
            self._steps.exclusive()
            if self._users.try_exclusive():
                self.cluster.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def start_embedded(home: Path, state_dir: Path = STATE_DIR) -> EmbeddedServer:
    """A share in the server of `home`, which is created and started if needed.

    Blocks for a second if there is no database yet, otherwise for a moment. Only root
    uses `state_dir`. Raises a kind of `Unavailable`, whose message is one line.
    """
    if sys.platform == "win32":
        raise NoEmbeddedServer(
            "There is no embedded database for Windows: set DATABASE_URL to a PostgreSQL 15 or newer."
        )
    with _readable_errors(), ExitStack() as held:
        home = home.expanduser().resolve()
        folder = home / FOLDER
        make_private(home)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        steps = held.enter_context(FileLock(folder / "steps.lock")).exclusive()
        users = held.enter_context(FileLock(folder / "users.lock")).shared()
        cluster = _cluster(home, state_dir)
        cluster.ensure_running()
        steps.give_back()
        held.pop_all()
        return EmbeddedServer(cluster, steps, users)


def has_cluster(home: Path) -> bool:
    """Whether a home has a database, running or not."""
    folder = home.expanduser().resolve() / FOLDER
    return (folder / "data").exists() or (folder / POINTER).exists()


def require_cluster(home: Path) -> None:
    """Raise `NoDatabaseYet` if a home has none and the command must not create one."""
    if not has_cluster(home):
        raise NoDatabaseYet(
            f"{home} holds no database yet: `unwrapped serve` creates it."
            " UNWRAPPED_HOME names another home, DATABASE_URL a database of your own."
        )


def disk_of(home: Path) -> Path:
    """A folder on the disk of a home's database."""
    home = home.expanduser().resolve()
    return _pointed_at(home) if (home / FOLDER / POINTER).exists() else home


def discard_embedded(home: Path) -> None:
    """Delete the database of a temporary home, whose server is stopped.

    A missing one is not an error.
    """
    home = home.expanduser().resolve()
    if (home / FOLDER / POINTER).exists():
        shutil.rmtree(_pointed_at(home), ignore_errors=True)
    shutil.rmtree(home / FOLDER, ignore_errors=True)


def _cluster(home: Path, state_dir: Path) -> Cluster:
    folder = home / FOLDER
    pointer = folder / POINTER
    if os.geteuid() != 0:
        if pointer.exists():
            raise HomeNotUsable(
                f"The database of {home} was made by root: run this as root, or set UNWRAPPED_HOME to another folder."
            )
        return Cluster(folder, Programs(packaged()))
    if (folder / "data").exists():
        raise HomeNotUsable(
            f"The database of {home} was not made by root: run this as the owner of {folder}, or set UNWRAPPED_HOME to another folder."
        )
    own = own_user()
    _make_public(state_dir)
    programs = copied(state_dir)
    if pointer.exists():
        place = _pointed_at(home)
        _take_over(place, home)
    else:
        place = _new_place(home, state_dir, own)
    user = settled_user(place, own)
    if user == own and place.is_relative_to(home):
        make_private(home, passes=own.gid)
    _check_way(place, user)
    return Cluster(place, Programs(programs, user))


def _new_place(home: Path, state_dir: Path, user: SystemUser) -> Path:
    """A new empty folder for the cluster of a home, which then points to it.

    Its name has a random part: a home that is deleted and created again, or another one
    that moves to its path, must not find old data.
    """
    _make_public(state_dir / CLUSTERS)
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    place = state_dir / CLUSTERS / f"{digest}-{secrets.token_hex(4)}"
    place.mkdir(mode=0o700)
    os.chown(place, user.uid, user.gid)
    write_whole(place / "home", str(home))
    # Relative if possible: a home that contains its cluster can be moved and copied.
    said = place.relative_to(home) if place.is_relative_to(home) else place
    write_whole(home / FOLDER / POINTER, str(said))
    # The data survives a power cut: so must the pointer to it.
    for path in (place / "home", place, home / FOLDER / POINTER, home / FOLDER):
        _sync(path)
    return place


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _pointed_at(home: Path) -> Path:
    return home / (home / FOLDER / POINTER).read_text(encoding="utf-8").strip()


def _take_over(place: Path, home: Path) -> None:
    """Accept a moved home with its cluster; refuse a copy, which would share it."""
    pointer = home / FOLDER / POINTER
    if not place.exists():
        raise HomeNotUsable(
            f"The database of {home} was in {place}, which does not exist: put it back, or remove {pointer} to begin with an empty one."
        )
    former = Path((place / "home").read_text(encoding="utf-8"))
    if former == home:
        return
    if (former / FOLDER / POINTER).exists() and _pointed_at(former) == place:
        raise HomeNotUsable(
            f"{home} is a copy of {former}, and the database in {place} belongs to that home: remove {pointer} to begin with an empty one."
        )
    write_whole(place / "home", str(home))


def _make_public(folder: Path) -> None:
    """Create a folder that the server can enter; an existing one is not changed."""
    if not folder.exists():
        _make_public(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _check_way(place: Path, user: SystemUser) -> None:
    """Refuse a path that the server cannot enter: folders of others are not changed."""
    for folder in place.parents:
        found = folder.stat()
        needed = 0o010 if found.st_gid == user.gid else 0o001
        if not found.st_mode & needed:
            raise HomeNotUsable(
                f"The database server runs as user {user.uid}, who cannot enter {folder}: `chmod o+x {folder}`."
            )


@contextmanager
def _readable_errors() -> Iterator[None]:
    """Turn errors of the system into one line."""
    try:
        yield
    except OSError as error:
        raise HomeNotUsable(
            f"{error.filename or 'The home'} cannot be used for the embedded database ({error.strerror}): fix that, or set UNWRAPPED_HOME to another folder."
        ) from error
