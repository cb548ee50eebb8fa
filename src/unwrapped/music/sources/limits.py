"""How much an upload may be, so that a bomb is refused before it goes off."""

from dataclasses import dataclass, field

from unwrapped.core.exceptions import Invalid

MIB = 1024 * 1024


class TooLarge(Invalid):
    """An upload unpacks to more than this program is willing to read."""

    code = "unpacked_too_large"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are of unpacked bytes."""

    total_bytes: int = 4096 * MIB
    entries: int = 10_000
    nested_zips: int = 3
    large_entry_bytes: int = 50 * MIB
    large_entry_ratio: int = 200


@dataclass(slots=True)
class Budget:
    """What is left of the limits while an upload is looked through."""

    limits: Limits
    _bytes: int = field(default=0, init=False)
    _entries: int = field(default=0, init=False)

    def spend(self, path: str, size: int, packed: int) -> None:
        """Count an entry of `size` bytes, `packed` bytes in its zip.

        Raises `TooLarge` when the upload is over a limit with it.
        """
        limits = self.limits
        self._bytes += size
        self._entries += 1
        if size > limits.large_entry_bytes and size > limits.large_entry_ratio * packed:
            raise TooLarge(
                f"{path} unpacks to more than {limits.large_entry_ratio} times its"
                " size: this looks like a zip bomb, not like a listening history."
                " Nothing was kept."
            )
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
