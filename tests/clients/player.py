"""A real player: mpd with tracks of silence, which it plays into nothing."""

import re
import struct
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.cli.service import free_port
from tests.clients.programs import Running, program
from tests.waiting import until

SECONDS, RATE = 31, 8_000
"""Clients report tracks of 30 seconds and more."""

ARTIST, ALBUM = "The Quiet Tides", "Half an Hour of Nothing"

_CONFIGURATION = """
music_directory "{folder}/music"
playlist_directory "{folder}/playlists"
db_file "{folder}/database"
bind_to_address "127.0.0.1"
port "{port}"
log_file "/dev/stderr"
zeroconf_enabled "no"
audio_output {{
  type "null"
  name "nothing"
}}
"""

_PLAYED = re.compile(r'played "(\d+)\.wav"')


class Player:
    """mpd, controlled by mpc."""

    def __init__(self, folder: Path, tracks: int, seconds: int = SECONDS) -> None:
        self._folder = folder
        self.titles = [f"Silence {number} – ø" for number in range(1, tracks + 1)]
        (folder / "music").mkdir(parents=True)
        (folder / "playlists").mkdir()
        for number, title in enumerate(self.titles):
            path = folder / "music" / f"{number:03}.wav"
            path.write_bytes(silence(title, ARTIST, ALBUM, seconds))
        self.port = free_port()

    def __enter__(self) -> Self:
        configuration = self._folder / "mpd.conf"
        configuration.write_text(
            _CONFIGURATION.format(folder=self._folder, port=self.port)
        )
        with ExitStack() as stack:
            self._mpd = Running(
                self._folder, "mpd", "--no-daemon", "--stderr", str(configuration)
            )
            stack.callback(self._mpd.stop)
            until(self._answers, f"mpd answers: {self._mpd.said}")
            self.mpc("update", "--wait")
            self.mpc("add", "/")
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._mpd.stop()

    @property
    def played(self) -> list[str]:
        """The titles of the tracks that it has played to their end, by its own log."""
        return [self.titles[int(number)] for number in _PLAYED.findall(self._mpd.said)]

    def mpc(self, *arguments: str) -> str:
        """What mpd answers."""
        command = (program("mpc"), "-h", "127.0.0.1", "-p", str(self.port), *arguments)
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def play(self) -> None:
        """Play all tracks from the first on."""
        self.mpc("play", "1")

    def wait_for(self, number: int) -> None:
        """Wait until the track of this number plays, however long that takes.

        The first is 1.
        """
        while f"#{number}/" not in (status := self.mpc("status")):
            assert "[playing]" in status, status
            time.sleep(0.5)

    def wait_for_the_end(self) -> None:
        """Wait until nothing plays, however long that takes."""
        while "[playing]" in self.mpc("status"):
            time.sleep(1)

    def _answers(self) -> bool | None:
        try:
            self.mpc("status")
        except subprocess.CalledProcessError:
            return None
        return True


def silence(title: str, artist: str, album: str, seconds: int) -> bytes:
    """A WAV file without a sound, and with names."""
    names = {b"INAM": title, b"IART": artist, b"IPRD": album}
    info = b"".join(_chunk(name, text.encode() + b"\0") for name, text in names.items())
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE, 1, 8)
    body = (
        _chunk(b"fmt ", form)
        + _chunk(b"LIST", b"INFO" + info)
        + _chunk(b"data", b"\x80" * (RATE * seconds))
    )
    return _chunk(b"RIFF", b"WAVE" + body)


def _chunk(name: bytes, content: bytes) -> bytes:
    padding = b"\0" * (len(content) % 2)
    return name + struct.pack("<I", len(content)) + content + padding
