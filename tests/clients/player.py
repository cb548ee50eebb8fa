"""A real player: mpd with tracks of 31 seconds, which it plays into nothing."""

import struct
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.cli.service import free_port
from tests.clients.programs import Running, program
from tests.waiting import until

SECONDS, RATE = 31, 8_000
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


class Player:
    """mpd, and what it is told by mpc."""

    def __init__(self, folder: Path, tracks: int) -> None:
        self._folder = folder
        self.titles = [f"Silence {number} – ø" for number in range(1, tracks + 1)]
        (folder / "music").mkdir(parents=True)
        (folder / "playlists").mkdir()
        for number, title in enumerate(self.titles):
            path = folder / "music" / f"{number:03}.wav"
            path.write_bytes(silence(title, ARTIST, ALBUM))
        self.port = free_port()
        configuration = folder / "mpd.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=self.port))
        self._mpd = Running(
            folder, "mpd", "--no-daemon", "--stderr", str(configuration)
        )

    def __enter__(self) -> Self:
        until(self._answers, f"mpd answers: {self._mpd.said}")
        self.mpc("update", "--wait")
        self.mpc("add", "/")
        return self

    def __exit__(self, *_: object) -> None:
        self._mpd.stop()

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
        """Wait until the track of this number plays; the first is 1."""
        until(
            lambda: f"#{number}/" in self.mpc("status") or None, f"track {number} plays"
        )

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


def silence(title: str, artist: str, album: str) -> bytes:
    """A WAV file without a sound, and with names."""
    names = {b"INAM": title, b"IART": artist, b"IPRD": album}
    info = b"".join(_chunk(name, text.encode() + b"\0") for name, text in names.items())
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE, 1, 8)
    body = (
        _chunk(b"fmt ", form)
        + _chunk(b"LIST", b"INFO" + info)
        + _chunk(b"data", b"\x80" * (RATE * SECONDS))
    )
    return _chunk(b"RIFF", b"WAVE" + body)


def _chunk(name: bytes, content: bytes) -> bytes:
    padding = b"\0" * (len(content) % 2)
    return name + struct.pack("<I", len(content)) + content + padding
