"""Modules that are loaded once are left out of garbage collection."""

import subprocess
import sys

import pytest

PROGRAM = """
import contextlib, gc
from unwrapped.core.gc_pause import gc_paused

with contextlib.suppress(ZeroDivisionError), gc_paused():
    print(gc.isenabled())
    import unwrapped.core.config
    {}
print(gc.isenabled(), gc.get_freeze_count() > 10_000)
"""


@pytest.mark.parametrize("end", ["pass", "1 / 0"])
def test_garbage_is_looked_for_again_but_not_among_modules(end: str) -> None:
    run = [sys.executable, "-c", PROGRAM.format(end)]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["False", "True True"]
