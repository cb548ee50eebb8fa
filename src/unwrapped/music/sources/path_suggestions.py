"""Suggestions for a path that does not exist."""

import os
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

MOST_NAMES = 2_000
"""The most names to compare: those of a very large folder would take seconds."""


def did_you_mean(path: Path) -> str:
    """` Did you mean exports/a.zip?` if a similar name exists, otherwise `""`."""
    missing = path
    while not missing.parent.is_dir() and missing.parent != missing:
        missing = missing.parent
    rest = path.relative_to(missing)
    near = [missing.parent / name / rest for name in _like(missing)]
    there = [
        os.fsencode(one).decode("utf-8", "replace") for one in near if one.exists()
    ]
    return f" Did you mean {' or '.join(there)}?" if there else ""


def _like(missing: Path) -> list[str]:
    try:
        with os.scandir(missing.parent) as entries:
            names = {
                entry.name.casefold(): entry.name
                for entry in islice(entries, MOST_NAMES)
            }
    except OSError:
        return []
    wanted = missing.name.casefold()
    return [names[one] for one in get_close_matches(wanted, names, n=2)]
