"""Limits of an upload, so that a zip bomb is refused before it is unpacked."""

from dataclasses import dataclass, field

from unwrapped.core.exceptions import Invalid

MIB = 1024 * 1024


class TooLarge(Invalid):
    """An upload unpacks to more bytes or files than are allowed, or is a zip bomb."""

    code = "unpacked_too_large"


class DirectoryTooLarge(TooLarge):
    """The directory of a zip has more bytes or entries than are allowed."""

    code = "zip_directory_too_large"


class TooManyRows(TooLarge):
    """An upload has more rows than are allowed."""

    code = "too_many_rows"


class TooManyNames(TooLarge):
    """The distinct names of an upload have more characters than are allowed."""

    code = "too_many_names"


class TooManyBadRows(Invalid):
    """More rows of an upload are damaged than are tolerated."""

    code = "too_many_bad_rows"


TOLERATED_BAD_ROWS = 20
TOLERATED_BAD_SHARE = 0.01
NAMES_CHARACTERS = 96 * MIB
"""Enough for a million tracks, with usual names and URIs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an upload; all sizes but that of a zip's directory are unpacked."""

    total_bytes: int = 4096 * MIB
    entries: int = 10_000
    directory_bytes: int = 16 * MIB
    nested_zips: int = 3
    large_entry_bytes: int = 50 * MIB
    large_entry_ratio: int = 200
    rows: int = 5_000_000
    names_characters: int = NAMES_CHARACTERS


@dataclass(slots=True)
class Budget:
    """The remaining limits while an upload is read."""

    limits: Limits
    _bytes: int = field(default=0, init=False)
    _packed: int = field(default=0, init=False)
    _entries: int = field(default=0, init=False)
    _rows: int = field(default=0, init=False)
    _bad_rows: int = field(default=0, init=False)

    def spend(self, path: str, size: int, packed: int, *, nested: bool = False) -> None:
        """Count an entry of `size` bytes, `packed` bytes in its zip.

        Raises `TooLarge` if the entry is a bomb or takes the upload over a limit.
        """
        limits = self.limits
        self._bytes += size
        # The bytes of a nested zip were counted as an entry of the outer one.
        self._packed += 0 if nested else packed
        self._entries += 1
        if self._is_bomb(size, packed):
            raise TooLarge(_bomb(path, limits))
        if self._entries > limits.entries:
            raise TooLarge(
                f"{path}: the upload has more than {limits.entries:,} files. Give only"
                " the zip or folder that holds the listening history."
            )
        if self._bytes > limits.total_bytes:
            raise TooLarge(
                f"{path}: the upload unpacks to more than"
                f" {limits.total_bytes / MIB:,.0f} MiB. Give only the zip or folder"
                " that holds the listening history."
            )

    def check_sum(self, path: str) -> None:
        """Raise `TooLarge` if all counted entries together are a bomb."""
        if self._is_bomb(self._bytes, self._packed):
            raise TooLarge(_bomb(path, self.limits))

    def spend_rows(self, path: str, count: int) -> None:
        """Count rows that were read. Raises `TooManyRows` over the limit."""
        self._rows += count
        if self._rows > self.limits.rows:
            raise TooManyRows(
                f"{path}: the upload has more than {self.limits.rows:,} rows. Nothing was"
                " kept. Give fewer files at once."
            )

    def spend_bad_rows(self, path: str, count: int) -> None:
        """Count damaged rows.

        Raises `TooManyBadRows` if there are more than the largest upload may have.
        """
        self._bad_rows += count
        if self._bad_rows > tolerated_bad_rows(self.limits.rows):
            raise TooManyBadRows(
                f"{path}: {self._bad_rows:,} rows in the upload so far are damaged. Nothing"
                " was kept. Get the files again, as they were sent to you."
            )

    def _is_bomb(self, size: int, packed: int) -> bool:
        limits = self.limits
        return (
            size > limits.large_entry_bytes and size > limits.large_entry_ratio * packed
        )


def tolerated_bad_rows(rows: int) -> float:
    """The number of rows that may be damaged among `rows`."""
    return max(TOLERATED_BAD_ROWS, TOLERATED_BAD_SHARE * rows)


def _bomb(path: str, limits: Limits) -> str:
    return (
        f"{path} unpacks to more than {limits.large_entry_ratio} times its size: this looks"
        " like a zip bomb, not like a listening history. Nothing was kept."
    )
