"""One data folder of PostgreSQL and its server: started, checked, stopped.

Whether the server runs is never derived from a process id: ids are reused, and mean
nothing in another container. The server itself is asked.
"""

import hashlib
import os
import re
import shlex
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.binaries import Programs, error_line
from unwrapped.core.postgres.data_folder import (
    DATABASE,
    SUPERUSER,
    ServerFailed,
    make_data,
)
from unwrapped.core.postgres.file_locks import FileLock
from unwrapped.core.postgres.system_user import DATA, LOCK

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 103
"""Bytes of a socket's path: 103 on macOS, 107 on Linux."""

START_TIMEOUT_SECONDS = 300
"""Seconds to start: a server that was killed first replays its log of changes."""
STOP_TIMEOUT_SECONDS = 60

_OCCUPIED = re.compile(r"Is another (?:postmaster|postgres) \(PID (\d+)\) running")


class OtherMajorVersion(Unavailable):
    """The data folder was made by another major version of PostgreSQL."""

    code = "embedded_server_other_version"


class FolderInUse(Unavailable):
    """Another server uses the data folder."""

    code = "embedded_server_folder_in_use"


class SocketFolderTaken(Unavailable):
    """Somebody else owns the folder of the socket."""

    code = "embedded_server_socket_folder_taken"


@dataclass(frozen=True)
class Cluster:
    """A private folder (mode 0700) that holds the data, the log and the lock."""

    folder: Path
    programs: Programs
    patience: float = 60.0
    """Seconds to wait for a server that runs but does not answer."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / DATA

    @property
    def log(self) -> Path:
        """The log since the last start of the server; `server.log.1` is the one before."""
        return self.folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket: `folder`, or one below /tmp if that cannot be used.

        The server's settings and the kernel both limit such a path.
        """
        path = f"{self.folder}/{SOCKET}"
        if re.fullmatch(r"[\w/.-]+", path, re.ASCII) and len(path) <= SOCKET_PATH_LIMIT:
            return self.folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(f"/tmp/unwrapped-{self.programs.uid}-{digest}")  # noqa: S108 - created with 0700 and checked

    def is_reachable(self) -> bool:
        """Whether a server answers, even if it answers "not now"."""
        return self._ask() in (0, 1)

    def is_gone(self) -> bool:
        """Whether no process of a server holds the kernel's lock; cheap to check."""
        with FileLock(self.folder / LOCK) as lock:
            return lock.try_exclusive()

    def ensure_running(self) -> None:
        """Create the data if there is none; start the server if none answers.

        Only one caller at a time may do this. Raises a kind of `Unavailable`, whose
        message is one line.
        """
        self._make_private()
        deadline = time.monotonic() + self.patience
        while self._ask() != 0:
            with FileLock(self.folder / LOCK) as lock:
                # Held by every process of a server, by an initdb whose caller was
                # killed, and in another container that shares the folder.
                if lock.try_exclusive():
                    self._start(lock.fd)
                    return
            if time.monotonic() > deadline:
                raise FolderInUse(
                    f"Another server uses {self.data} and does not answer here: it "
                    "is still recovering, or it runs in another container; try again later."
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server if one answers; open transactions are rolled back.

        It leaves nothing outside the folder. Raises `ServerFailed`.
        """
        if self.is_reachable():
            done = self.programs.run(
                *("pg_ctl", "stop", "-D", "data", "-m", "fast"),
                *("-w", "-t", str(STOP_TIMEOUT_SECONDS)),
                within=self.folder,
            )
            if done.returncode:
                raise ServerFailed(
                    f"The embedded database did not stop: {error_line(done.stderr)}"
                )
        if self.socket_folder != self.folder:
            with suppress(OSError):
                self.socket_folder.rmdir()

    def _ask(self) -> int:
        """0: a server answers; 1: it answers "not now"; 2 or more: none answers."""
        return self.programs.run(
            *("pg_isready", "-q", "-t", "5", "-h", str(self.socket_folder)),
            *("-p", str(PORT), "-U", SUPERUSER, "-d", DATABASE),
            within=self.folder,
        ).returncode

    def _start(self, lock: int) -> None:
        if not self.data.exists():
            make_data(self.folder, self.programs, lock)
        self._check_owner()
        self._check_version()
        self.data.chmod(0o700)
        _remove_stale(self.data / "postmaster.pid")
        _remove_stale(self.socket_folder / f"{SOCKET}.lock")
        if self.log.exists():
            self.log.replace(f"{self.log}.1")
        done = self.programs.run(
            *("pg_ctl", "start", "-D", "data", "-w", "-t", str(START_TIMEOUT_SECONDS)),
            *("-l", self.log.name, "-o", self._options),
            within=self.folder,
            inherit=lock,
        )
        if done.returncode:
            raise self._not_started(done.stderr)

    @property
    def _options(self) -> str:
        # A shell reads this line; the path of `socket_folder` needs no quoting.
        settings = {
            "cluster_name": DATABASE,
            "listen_addresses": "''",
            "port": PORT,
            "unix_socket_directories": self.socket_folder,
            "unix_socket_permissions": "0700",
            "logging_collector": "off",
            "log_destination": "stderr",
        }
        return " ".join(f"-c {name}={value}" for name, value in settings.items())

    def _check_owner(self) -> None:
        owner = self.data.stat().st_uid
        if owner != self.programs.uid:
            raise ServerFailed(
                f"{self.data} belongs to user {owner} and the server runs as user "
                f"{self.programs.uid}: run this as its owner, or `chown -R {self.programs.uid} {self.folder}`."
            )

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        ours = self.programs.major
        if made_by != ours:
            data = shlex.quote(str(self.data))
            raise OtherMajorVersion(
                f"{self.data} was made by PostgreSQL {made_by} and this is {ours}: with "
                f"PostgreSQL {made_by}, `pg_ctl -D {data} -o '-k /tmp -c listen_addresses=' start` and "
                f"`pg_dump -h /tmp -U {SUPERUSER} -Fc -f {DATABASE}.dump {DATABASE}`, "
                f"stop it and move {data} away; start this again and `pg_restore "
                f"-h {self.socket_folder} -U {SUPERUSER} --clean --if-exists -d "
                f"{DATABASE} {DATABASE}.dump`."
            )

    def _make_private(self) -> None:
        """Close the folder and that of the socket to others.

        This comes before the socket is used: below /tmp somebody else may have created it.
        """
        self.folder.chmod(0o700)
        folder = self.socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        user = self.programs.user
        if user and folder.lstat().st_uid == os.geteuid():
            os.chown(folder, user.uid, user.gid, follow_symlinks=False)
        found = folder.lstat()
        is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if found.st_uid != self.programs.uid or not is_private:
            raise SocketFolderTaken(
                f"{folder} is not a folder that only user {self.programs.uid} can enter: remove it."
            )

    def _not_started(self, said: str) -> Unavailable:
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        if occupied := _OCCUPIED.search(log):
            return FolderInUse(
                f"Another server (process {occupied[1]}) works on {self.data}: stop it "
                f"with `pg_ctl -D {shlex.quote(str(self.data))} stop`."
            )
        if self.log.exists() and not log:
            return ServerFailed(
                "The embedded database did not start and could not even write "
                f"{self.log}: the disk is full, or the size of files is limited."
            )
        return ServerFailed(
            f"The embedded database did not start: {error_line(log or said)} "
            f"(more in {self.log})"
        )


def _remove_stale(file: Path) -> None:
    """Remove a lock file whose process id now belongs to another program.

    PostgreSQL removes the file when no such process exists and refuses to start when
    one does: after a power cut in a container the id is soon another program's.
    """
    if not file.exists():
        return
    pid = file.read_text(encoding="utf-8").partition("\n")[0]
    if not pid or (Path("/proc", pid).exists() and not _is_server(int(pid))):
        file.unlink()


def _is_server(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/exe").readlink().name.startswith("postgres")
    except FileNotFoundError:
        # A zombie: its parent has not waited for it.
        return False
    except PermissionError:
        # Another user's process: PostgreSQL knows that it cannot be its server.
        return True
