"""Large files from a browser: the memory of Chromium while it sends them.

On the page a file of 50 MiB and one of 1 GiB are chosen. Memory is the proportional set
size of all processes of Chromium: before the file is chosen, which is the floor, and
the peak while it is sent. Half-way through another gigabyte `Cancel` is pressed: the
file must disappear, on the page and on the server.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from benchmarks.imports import Peak, family
from benchmarks.memory import pss_mib
from tests.browser.devtools import Page, chromium
from tests.cli.service import SECRET, Place

PASSWORD = "correct horse battery"  # noqa: S105 - nobody real has it
MIB = 1024 * 1024
PIECE = os.urandom(MIB)
LOOK_SECONDS = 0.1
SENT = "(document.querySelector('#sending progress')?.value ?? 0)"
SAID = "document.querySelector('#sending li .small').innerText"
WAITING = """fetch('/api/v1/music/uploads').then(one => one.json()).then(
    all => all.items.length)"""


@click.command()
@click.option("--sizes", default="50,1024", show_default=True, help="In MiB.")
def main(sizes: str) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as base:
        browser = Path(base) / "chromium"
        browser.mkdir()
        with chromium(browser) as page, Place(Path(base)) as place:
            web = place.serve("--no-worker", SECRET_KEY=SECRET)
            web.ready()
            page.go(f"{web.address}/welcome")
            page.fill(username="ada", password=PASSWORD)
            page.click("form button")
            page.wait_for("!!document.querySelector('.drop')")
            print("| file | Chromium before | most while sending | progress seen |")
            print("|---|---:|---:|---|")
            for size in map(int, sizes.split(",")):
                send(page, web.address, file_of(Path(base), size), size)
            cancel(page, web.address, file_of(Path(base), 1024))
            web.stop()


def file_of(folder: Path, size: int) -> Path:
    """Write an incompressible file of this many MiB."""
    path = folder / f"{size}.zip"
    if not path.exists():
        with path.open("wb") as file:
            for _ in range(size):
                file.write(PIECE)
    return path


def send(page: Page, origin: str, file: Path, size: int) -> None:
    """Choose a file, and print a row."""
    page.go(f"{origin}/import")
    before, seen = memory(), set[int]()
    with most_memory() as most:
        page.choose("#choose-files", file)
        while not page.evaluate("location.pathname").startswith("/import/"):
            with suppress(Exception):  # the page continues to the import
                seen.add(page.evaluate(SENT))
    print(f"| {size} MiB | {before:.0f} MiB | {most.mib:.0f} MiB | {len(seen)} steps |")


def cancel(page: Page, origin: str, file: Path) -> None:
    """Cancel half-way, and check that nothing is left."""
    page.go(f"{origin}/import")
    imported = page.evaluate(WAITING)
    page.choose("#choose-files", file)
    page.wait_for(f"{SENT} > {file.stat().st_size // 2}")
    said = page.evaluate(SAID)
    page.click("#sending [data-cancel]")
    page.wait_for("!document.querySelector('#sending').open")
    page.wait_for(f"{WAITING}.then(waiting => waiting === {imported})")
    print(f"| 1,024 MiB, cancelled at “{said}” | | | nothing is left |")


def memory() -> float:
    """The MiB of all processes of Chromium."""
    return sum(pss_mib(pid) for pid in family(os.getpid()) if _is_chromium(pid))


def _is_chromium(pid: int) -> bool:
    with suppress(OSError):
        return b"chrom" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    return False


@contextmanager
def most_memory() -> Iterator[Peak]:
    """The peak memory of Chromium during the context."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(LOOK_SECONDS):
            peak.mib = max(peak.mib, memory())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peak
    finally:
        ended.set()
        watching.join()


if __name__ == "__main__":
    main()
