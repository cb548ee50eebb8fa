"""Programs of others: found on this machine, started in a folder of the test's own."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.waiting import until

HOW_TO_GET = {
    "mpd": "apt-get install mpd",
    "mpc": "apt-get install mpc",
    "mpdscribble": "apt-get install mpdscribble",
    "scrobbler": "apt-get install scrobbler",
    "mpDris2": "apt-get install mpdris2",
    "dbus-daemon": "apt-get install dbus-daemon",
    "listenbrainz-mpd": "cargo install listenbrainz-mpd (with libsqlite3-dev, libssl-dev)",
    "rescrobbled": "cargo install rescrobbled (with libdbus-1-dev, libssl-dev)",
}


def program(name: str) -> str:
    """Where a program is. Fails the test where it is not."""
    places = (os.environ.get("PATH", ""), str(Path.home() / ".cargo" / "bin"))
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.fail(f"{name} is not on this machine: {HOW_TO_GET[name]}")
    return found


class Running:
    """A program that runs until it is stopped; it is ended with the test."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.log = folder / f"{name}.log"
        home = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                (program(name), *arguments),
                cwd=folder,
                env=home | dict(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        """All that it wrote, in all of its starts."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def says(self, words: str) -> None:
        """Wait until it has written these words."""
        try:
            until(lambda: words in self.said or None, f"{words!r}")
        except AssertionError as error:
            raise AssertionError(f"{error} in {self.said}") from error

    def stop(self) -> None:
        """End it, gently first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
