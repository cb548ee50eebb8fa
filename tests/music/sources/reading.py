"""Reading containers to their end, as a source would."""

from contextlib import ExitStack
from pathlib import Path

from unwrapped.music.sources.containers import Leaf, LeafReader, leaves
from unwrapped.music.sources.limits import Budget, Limits


def contents(*paths: Path, limits: Limits | None = None) -> list[tuple[str, bytes]]:
    """Every file below `paths` with all its bytes."""
    with ExitStack() as stack:
        found = leaves(paths, Budget(limits or Limits()), stack)
        return [(leaf.path, _all_of(leaf)) for leaf in list(found)]


def _all_of(leaf: Leaf) -> bytes:
    reader = LeafReader(leaf, lambda _: None)
    try:
        return b"".join(iter(lambda: reader.read(1 << 20), b""))
    finally:
        reader.close()
