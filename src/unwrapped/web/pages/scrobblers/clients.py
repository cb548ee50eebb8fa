"""What to enter in common clients, as the screen of scrobblers lists it.

`docs/scrobbling.md` has the same addresses; a test compares them.
"""

from dataclasses import dataclass, replace

from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN, md5

ADDRESS, HOST, USER = "{address}", "{host}", "{user}"
TOKEN, TOKEN_MD5 = "{token}", "{md5}"
"""Placeholders: the address of the service, the same without its scheme, the user name, the
token, and its MD5."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value to enter in a client."""

    label: str
    value: str
    """The value, with placeholders; a part of a file has several lines."""

    @property
    def is_file(self) -> bool:
        """Whether the value is a part of a file."""
        return "\n" in self.value


@dataclass(frozen=True, slots=True)
class Client:
    """A client, and the settings with which it reports to this service."""

    title: str
    where: str
    """The place of the settings in the client."""

    entries: tuple[Entry, ...]
    note: str = ""
    """What people should know about the client."""

    needs_https: bool = False


def clients_for(address: str, user: str, token: str) -> list[Client]:
    """All clients with the values for one person; `address` has no slash at the end."""
    values = {
        ADDRESS: address,
        HOST: address.partition("://")[2],
        USER: user,
        TOKEN: token,
        TOKEN_MD5: md5(token) if SCROBBLING_TOKEN.owns(token) else f"MD5 of {token}",
    }

    def fill(text: str) -> str:
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        return text

    return [
        replace(
            client,
            note=fill(client.note),
            entries=tuple(
                replace(entry, value=fill(entry.value)) for entry in client.entries
            ),
        )
        for client in CLIENTS
    ]


_LISTENBRAINZ = f"{ADDRESS}/apis/listenbrainz"
_AUDIOSCROBBLER = f"{ADDRESS}/apis/audioscrobbler"
_THE_TOKEN = Entry("Token", TOKEN)

CLIENTS: tuple[Client, ...] = (
    Client(
        "Pano Scrobbler",
        "Settings, Services, ListenBrainz with a custom server",
        (Entry("API URL", f"{_LISTENBRAINZ}/"), _THE_TOKEN),
        "With “GNU FM” instead of ListenBrainz, enter another address, your user name, and"
        f" the token as password: {ADDRESS}/2.0/",
    ),
    Client(
        "Web Scrobbler",
        "Options, Accounts, ListenBrainz: Properties",
        (Entry("API URL", f"{_LISTENBRAINZ}/1/submit-listens"), _THE_TOKEN),
        "From a page with HTTPS it can send nothing to an address with plain HTTP.",
    ),
    Client(
        "Navidrome",
        "The environment of its server; then, for each person, Personal, Scrobble to"
        " ListenBrainz",
        (
            Entry("Variable", f'ND_LISTENBRAINZ_BASEURL="{_LISTENBRAINZ}/1/"'),
            _THE_TOKEN,
        ),
    ),
    Client(
        "Jellyfin",
        "Dashboard, Plugins, ListenBrainz",
        (Entry("ListenBrainz API URL", _LISTENBRAINZ), _THE_TOKEN),
    ),
    Client(
        "mpdscribble",
        "/etc/mpdscribble.conf or ~/.mpdscribble/mpdscribble.conf",
        (
            Entry(
                "Section",
                f"[unwrapped]\nurl = {_AUDIOSCROBBLER}/1.2/\nusername = {USER}\n"
                f"password = {TOKEN}\njournal = /var/cache/mpdscribble/unwrapped.journal",
            ),
        ),
        "It sends the time at which a play ends, which this server takes into account. It"
        " sends no plays of tracks under 30 seconds. It does not say why it was refused:"
        " test the token here. After an outage it sends what it kept within eight minutes,"
        " or at once if you restart it. It must be able to write to the folder of the"
        " journal.",
    ),
    Client(
        "listenbrainz-mpd",
        "~/.config/listenbrainz-mpd/config.toml",
        (
            Entry(
                "Section",
                f'[submission]\ntoken = "{TOKEN}"\napi_url = "{_LISTENBRAINZ}"',
            ),
        ),
        "It sends what it kept while the server was away with the next play. Version 2.6.0"
        " keeps at most 98 plays; with one more, it loses them all.",
    ),
    Client(
        "rescrobbled",
        "~/.config/rescrobbled/config.toml",
        (
            Entry(
                "Section",
                f'[[listenbrainz]]\nurl = "{_LISTENBRAINZ}/1/"\ntoken = "{TOKEN}"',
            ),
        ),
        "It sends a moment in the middle of a play, and does not send its name. Let the name"
        " of its token begin with “rescrobbled”, so that this server knows what the time"
        " means. Plays that it cannot send while the server is away are lost. If the server"
        " is away when it starts, it sends nothing until it is restarted.",
    ),
    Client(
        "multi-scrobbler",
        "A client of the type ListenBrainz",
        (Entry("url", f"{_LISTENBRAINZ}/1/"), Entry("username", USER), _THE_TOKEN),
    ),
    Client(
        "Quod Libet",
        "Plugins, Audioscrobbler submission, service Other",
        (
            Entry("URL", f"{_AUDIOSCROBBLER}/1.2/"),
            Entry("User name", USER),
            Entry("Password", TOKEN),
        ),
    ),
    Client(
        "foobar2000",
        "The component foo_listenbrainz2",
        (Entry("Server URL", _LISTENBRAINZ), _THE_TOKEN),
    ),
    Client(
        "QtScrobbler and Debian’s scrobbler, for a .scrobbler.log",
        "Options, a custom site; or ~/.config/qtscrob/qtscrob.conf",
        (
            Entry("Handshake host", f"{HOST}/apis/audioscrobbler/1.2"),
            Entry("User name", USER),
            Entry("Password", TOKEN),
            Entry(
                "Section of the file",
                f"[Custom]\nenabled=true\nusername={USER}\npassword_hash={TOKEN_MD5}\n"
                f"conf_name=Unwrapped\nhandshake_host={HOST}/apis/audioscrobbler/1.2",
            ),
        ),
        "They use plain HTTP only. You can also import the file here.",
    ),
    Client(
        "Mopidy-ListenBrainz",
        "mopidy.conf",
        (
            Entry(
                "Section",
                f"[listenbrainz]\nenabled = true\nurl = {HOST}/apis/listenbrainz\n"
                f"token = {TOKEN}",
            ),
        ),
        "It sends the time at which a play ends. Let the name of its token begin with"
        " “Mopidy”, so that this server knows that.",
        needs_https=True,
    ),
    Client(
        "pylast",
        "Your script",
        (
            Entry(
                "Python",
                f'network = pylast.LibreFMNetwork("any key", "any secret", "{TOKEN}", "{USER}")\n'
                f'network.ws_server = ("{HOST}", "/2.0/")',
            ),
        ),
        needs_https=True,
    ),
    Client(
        "Anything else that asks for a ListenBrainz server",
        "Wherever it has a custom server or API URL",
        (Entry("Address", _LISTENBRAINZ), _THE_TOKEN),
        "Some need an address that ends in /1 or /1/, others only the bare address of this"
        " server.",
    ),
    Client(
        "Anything else that asks for a Last.fm, Libre.fm or GNU FM server",
        "Wherever it has a custom server or API URL",
        (
            Entry("Address", f"{ADDRESS}/2.0/"),
            Entry("For old clients", f"{_AUDIOSCROBBLER}/1.2/"),
            Entry("User name", USER),
            Entry("Password", TOKEN),
        ),
        "It may ask for an API key and a secret: anything will do.",
    ),
)
