"""Clients that follow a player, set up as docs/scrobbling.md says."""

import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.clients.player import Player
from tests.clients.programs import Running
from tests.clients.service import NAME
from tests.waiting import until
from unwrapped.web.pages.scrobblers.clients import clients_for


class Follower:
    """A client beside a player."""

    title: str
    """Its name in the list of the page, which says what to enter."""

    refused: str
    """What it writes of a token that is wrong."""

    keeps = True
    """Whether it sends later what it could not send."""

    def __init__(self, folder: Path, player: Player, address: str, token: str) -> None:
        self.folder = folder / self.title
        self.folder.mkdir()
        self.player = player
        self._address = address
        self.token = token
        self.running: list[Running] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self.stop)
            self.start()
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def section(self) -> str:
        """What the page says to enter, with this token."""
        listed = clients_for(self._address, NAME, self.token)
        [client] = [one for one in listed if one.title == self.title]
        return client.entries[0].value

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self.running[-1].said

    def says(self, words: str) -> None:
        """Wait until it has written these words."""
        self.running[-1].says(words)

    def stop(self) -> None:
        """End it, and what it needs."""
        while self.running:
            self.running.pop().stop()

    def start(self) -> None:
        """Start it with this token."""
        raise NotImplementedError

    def run(self, name: str, *arguments: str, **env: str) -> Running:
        """Start a program."""
        started = Running(self.folder, name, *arguments, env=env)
        self.running.append(started)
        return started


class Mpdscribble(Follower):
    """Audioscrobbler 1.2."""

    title = "mpdscribble"
    refused = "seconds before trying again"  # and no word of the reason

    def start(self) -> None:
        """Start it, with what it could not send earlier."""
        configuration = self.folder / "mpdscribble.conf"
        section = self.section.replace("/var/cache/mpdscribble", str(self.folder))
        configuration.write_text(
            f"log = -\nverbose = 1\nhost = 127.0.0.1\nport = {self.player.port}\n{section}\n"
        )
        self.run("mpdscribble", "--no-daemon", "--conf", str(configuration))

    def try_now(self) -> None:
        """Have it try again at once: it waits twice as long after each failure."""
        self.running[-1].process.send_signal(signal.SIGUSR1)


class ListenbrainzMpd(Follower):
    """ListenBrainz, always as an import."""

    title = "listenbrainz-mpd"
    refused = "Invalid ListenBrainz token"

    def start(self) -> None:
        """Start it, with what it could not send earlier."""
        configuration = self.folder / "config.toml"
        cache = self.folder / "cache.sqlite3"
        configuration.write_text(
            f'{self.section}\ncache_file = "{cache}"\n'
            f'[mpd]\naddress = "127.0.0.1:{self.player.port}"\n'
        )
        self.run("listenbrainz-mpd", "--config", str(configuration), RUST_LOG="debug")


class Rescrobbled(Follower):
    """ListenBrainz, by way of D-Bus; it sends the moment at which it scrobbles."""

    title = "rescrobbled"
    keeps = False
    refused = "Failed to authenticate with ListenBrainz"

    def start(self) -> None:
        """Start it, on a bus of its own, on which mpd shows itself."""
        socket = self.folder / "bus"
        socket.unlink(missing_ok=True)
        bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}"}
        listening = f"--address=unix:path={socket}"
        self.run("dbus-daemon", "--session", "--nofork", listening)
        until(lambda: socket.exists() or None, "the bus is there")
        host = ("--host=127.0.0.1", f"--port={self.player.port}")
        self.run("mpDris2", *host, **bus)
        configuration = self.folder / ".config" / "rescrobbled" / "config.toml"
        configuration.parent.mkdir(parents=True, exist_ok=True)
        configuration.write_text(self.section)
        self.run("rescrobbled", **bus)


FOLLOWERS = (Mpdscribble, ListenbrainzMpd, Rescrobbled)
