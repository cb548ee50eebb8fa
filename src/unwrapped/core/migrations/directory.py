"""The directory of migrations: Atlas's own format, read and checked without Atlas.

`atlas.sum` holds a line for each file, with a hash that runs over the names and contents
of this file and all before it, and in its first line a hash of those lines.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.migrations.statements import (
    SPACE,
    Statement,
    UnreadableStatement,
    directive,
    split_statements,
)

SUM_FILE = "atlas.sum"
_PREFIX = "h1:"


class DamagedMigrations(Unavailable):
    """The directory of migrations differs from the release."""

    code = "damaged_migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of the directory."""

    name: str
    text: str
    hash: str
    """As in `atlas.sum`, without `h1:`."""

    @property
    def version(self) -> str:
        """What identifies and orders the file: its name up to the first `_`."""
        return self.name.removesuffix(".sql").split("_", 1)[0]

    @property
    def description(self) -> str:
        """The rest of its name."""
        _, _, rest = self.name.partition("_")
        return rest.removesuffix(".sql")

    @property
    def is_transactional(self) -> bool:
        """False with `-- atlas:txmode none`. Raises `DamagedMigrations`."""
        modes = self._directives("txmode")
        if len(modes) > 1 or not set(modes) <= {"none", "file"}:
            raise DamagedMigrations(
                f"{self.name} asks for an unknown atlas:txmode: {', '.join(modes)}."
            )
        return modes != ["none"]

    @property
    def is_checkpoint(self) -> bool:
        """Whether the file replaces all before it."""
        return bool(self._directives("checkpoint"))

    def statements(self) -> list[Statement]:
        """Its statements. Raises `DamagedMigrations`."""
        try:
            return split_statements(self.text)
        except UnreadableStatement as error:
            raise DamagedMigrations(f"{self.name} cannot be read: {error}.") from error

    def _directives(self, name: str) -> list[str]:
        found = (directive(line, name) for line in _head(self.text))
        return [value for value in found if value is not None]


def released_migrations() -> Traversable:
    """The directory that comes with this program."""
    return resources.files("unwrapped") / "migrations"


def verify_directory(directory: Traversable | None = None) -> tuple[Migration, ...]:
    """The migrations in their order, checked against `atlas.sum`.

    Raises `DamagedMigrations`, naming the first file that was changed, removed or added.
    """
    directory = directory or released_migrations()
    contents = _read(directory)
    recorded = _recorded(directory)
    if recorded is None:
        if contents:
            raise DamagedMigrations(f"{SUM_FILE} is missing in {directory}.")
        return ()
    computed = checksums(contents)
    if recorded != computed:
        raise DamagedMigrations(_difference(recorded, computed))
    hashes = dict(computed)
    return tuple(
        Migration(name, _decoded(name, content), hashes[name])
        for name, content in contents
    )


def checksums(contents: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Name and hash of each file, in order."""
    running = hashlib.sha256()
    found = []
    for name, content in contents:
        running.update(name.encode())
        if _is_left_out(content):
            continue
        running.update(content)
        found.append((name, b64encode(running.digest()).decode()))
    return found


def sum_text(sums: Iterable[tuple[str, str]]) -> str:
    """The text of `atlas.sum`."""
    sums = list(sums)
    lines = [f"{name} {_PREFIX}{digest}\n" for name, digest in sums]
    return f"{_PREFIX}{_total(sums)}\n" + "".join(lines)


def _read(directory: Traversable) -> list[tuple[str, bytes]]:
    try:
        files = [entry for entry in directory.iterdir() if entry.name.endswith(".sql")]
        return sorted((entry.name, entry.read_bytes()) for entry in files)
    except OSError as error:
        raise DamagedMigrations(f"{directory} cannot be read: {error}.") from error


def _decoded(name: str, content: bytes) -> str:
    if _is_left_out(content):
        raise DamagedMigrations(f"{name} is left out of {SUM_FILE} by atlas:sum.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise DamagedMigrations(f"{name} is not UTF-8: {error}.") from error


def _is_left_out(content: bytes) -> bool:
    first_line = content.split(b"\n", 1)[0].decode("latin-1")
    return directive(first_line, "sum") == "ignore"


def _recorded(directory: Traversable) -> list[tuple[str, str]] | None:
    try:
        text = directory.joinpath(SUM_FILE).read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedMigrations(f"{SUM_FILE} cannot be read: {error}.") from error
    total, *lines = text.removesuffix("\n").split("\n")
    sums = []
    for number, line in enumerate(lines, 2):
        name, prefix, digest = line.removesuffix("\r").partition(_PREFIX)
        if not prefix:
            raise DamagedMigrations(f"Line {number} of {SUM_FILE} holds no hash.")
        sums.append((name.strip(SPACE), digest))
    if total.removesuffix("\r").removeprefix(_PREFIX) != _total(sums):
        raise DamagedMigrations(
            f"{SUM_FILE} was changed by hand: its first line does not fit the others."
        )
    return sums


def _total(sums: Iterable[tuple[str, str]]) -> str:
    whole = hashlib.sha256()
    for name, digest in sums:
        whole.update(name.encode() + digest.encode())
    return b64encode(whole.digest()).decode()


def _difference(
    recorded: list[tuple[str, str]], computed: list[tuple[str, str]]
) -> str:
    """What happened to the first file that differs from its record."""
    names = {name for name, _ in computed}
    for place, (name, digest) in enumerate(recorded):
        if computed[place : place + 1] == [(name, digest)]:
            continue
        if name not in names or place >= len(computed):
            what = f"{name} is missing"
        elif computed[place][0] == name:
            what = f"{name} was changed"
        else:
            what = f"{computed[place][0]} was added"
        break
    else:
        what = f"{computed[len(recorded)][0]} was added"
    return f"{what} since {SUM_FILE} was written."


def _head(text: str) -> list[str]:
    """Comments at the top that an empty line separates from the first statement."""
    lines = []
    while text.startswith(("#", "--")):
        line, newline, text = text.partition("\n")
        if not newline:
            return []
        lines.append(line.strip(SPACE))
    return lines if not text or text.lstrip(" \t").startswith("\n") else []
