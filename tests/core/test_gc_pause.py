"""Modules that are loaded once are left out of garbage collection."""

import subprocess
import sys

PROGRAM = """
import contextlib, gc
from unwrapped.core.gc_pause import gc_paused

for error in (ZeroDivisionError, None):
    with contextlib.suppress(ZeroDivisionError), gc_paused():
        print(gc.isenabled())
        import unwrapped.core.config
        if error:
            raise error
    print(gc.isenabled(), gc.get_freeze_count() > 10_000)
    gc.unfreeze()
"""


def test_garbage_is_looked_for_again_but_not_among_modules() -> None:
    run = [sys.executable, "-c", PROGRAM]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["False", "True True"] * 2
