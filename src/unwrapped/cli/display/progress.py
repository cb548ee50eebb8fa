"""A progress bar for work that takes more than a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from unwrapped.music.sources.upload_reading import OnProgress

PATIENCE_SECONDS = 1.0


@contextmanager
def show_progress(
    *, wanted: bool, patience: float = PATIENCE_SECONDS
) -> Iterator[OnProgress | None]:
    """Yield a function that reports progress; None if no bar would be visible.

    The bar appears on stderr, in a terminal only, when `patience` seconds have passed.
    """
    console = Console(stderr=True)
    if not wanted or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Reading"), BarColumn(), TaskProgressColumn())
    bar = Progress(*columns, console=console, transient=True)
    reading = bar.add_task("reading")
    begun = time.monotonic()

    def on_progress(done: int, total: int) -> None:
        if time.monotonic() - begun > patience:
            bar.start()
        bar.update(reading, completed=done, total=total)

    try:
        yield on_progress
    finally:
        bar.stop()
