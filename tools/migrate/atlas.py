"""Atlas's commands on a directory of migrations."""

import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import MetaData

from tools.migrate.binary import atlas_binary
from tools.migrate.databases import fresh_database, server
from tools.migrate.schema import desired_schema
from unwrapped.core.postgres.addresses import DatabaseAddress

INDENTED = '{{ sql . "  " }}'


class Atlas:
    """Atlas's commands on one directory."""

    def __init__(self, directory: Path, metadata: MetaData | None = None) -> None:
        self.directory = directory
        self._metadata = metadata

    def diff(self, name: str, *flags: str) -> subprocess.CompletedProcess[str]:
        """Write a file if the migrations differ from the models."""
        with tempfile.TemporaryDirectory() as folder:
            schema = Path(folder, "schema.sql")
            schema.write_text(desired_schema(self._metadata), encoding="utf-8")
            to = ("--to", schema.as_uri(), "--format", INDENTED)
            return self._with_database("diff", name, *to, *flags)

    def lint(self, latest: int) -> subprocess.CompletedProcess[str]:
        """Analyse the latest files."""
        return self._with_database("lint", "--latest", str(latest))

    def validate(self) -> subprocess.CompletedProcess[str]:
        """Check the sums, and that all files can be executed."""
        return self._with_database("validate")

    def hash(self) -> subprocess.CompletedProcess[str]:
        """Write atlas.sum again."""
        return self._run("hash")

    def status(self, address: DatabaseAddress) -> subprocess.CompletedProcess[str]:
        """Show which migrations a database has."""
        return self._run("status", "--url", address.for_atlas())

    def apply(
        self, address: DatabaseAddress, *flags: str
    ) -> subprocess.CompletedProcess[str]:
        """Apply the pending migrations."""
        return self._run("apply", "--url", address.for_atlas(), *flags)

    def _with_database(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with server() as on, fresh_database(on) as dev:
            return self._run(*arguments, "--dev-url", dev.for_atlas())

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(atlas_binary()), "migrate", *arguments]
        return subprocess.run(  # noqa: S603  # built by us
            [*command, "--dir", self.directory.absolute().as_uri()],
            capture_output=True,
            text=True,
            check=False,
        )


def new_files(directory: Path) -> int:
    """Return the number of the latest files that the main branch does not have.

    On the main branch itself the files are compared with the previous commit. If there
    is nothing to compare with, as in a shallow clone, all files are new.
    """
    names = sorted(path.name for path in directory.glob("*.sql"))
    base = _base_commit(directory)
    if base is None:
        return len(names)
    listed = _git(directory, "ls-tree", "--name-only", base, "./")
    if listed is None:
        return len(names)
    known = set(listed.splitlines())
    for place, name in enumerate(names):
        if name not in known:
            return len(names) - place
    return 0


def _base_commit(directory: Path) -> str | None:
    head = _git(directory, "rev-parse", "HEAD")
    for branch in ("origin/main", "main"):
        base = _git(directory, "merge-base", "HEAD", branch)
        if base is not None and base != head:
            return base
    return _git(directory, "rev-parse", "--verify", "HEAD^")


def _git(directory: Path, *arguments: str) -> str | None:
    try:
        run = subprocess.run(  # noqa: S603  # arguments of our own
            ["git", *arguments],  # noqa: S607  # git is found on the path
            cwd=directory,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None
