"""Reading containers to their end, as a source would."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from unwrapped.music.sources.containers import Leaf, LeafReader, Walk, find_files
from unwrapped.music.sources.limits import Budget, Limits


def contents(*paths: Path, limits: Limits | None = None) -> list[tuple[str, bytes]]:
    """Every file below `paths` with all its bytes."""
    with leaves(paths, limits) as found:
        return [(leaf.path, _all_of(leaf)) for leaf in found]


@contextmanager
def leaves(paths: Sequence[Path], limits: Limits | None = None) -> Iterator[list[Leaf]]:
    """Every file below `paths`, looked at."""
    with closing(Walk(Budget(limits or Limits()))) as walk:
        yield [leaf for found in find_files(paths) for leaf in walk.leaves(found)]


def _all_of(leaf: Leaf) -> bytes:
    reader = LeafReader(leaf, lambda _: None)
    try:
        return b"".join(iter(lambda: reader.read(1 << 20), b""))
    finally:
        reader.close()
