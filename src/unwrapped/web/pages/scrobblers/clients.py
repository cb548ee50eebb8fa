"""What to enter in the clients that people use: the list of the screen.

`docs/scrobbling.md` has the same for reading; a test compares the two.
"""

from dataclasses import dataclass, replace

from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN, md5

ADDRESS, HOST, USER = "{address}", "{host}", "{user}"
TOKEN, TOKEN_MD5 = "{token}", "{md5}"
"""What is filled in: where the service is, the same without its scheme, the name that the
person signs in with, the token, and its MD5."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to enter."""

    label: str
    value: str
    """With what is to be filled in; of several lines where it goes into a file."""

    @property
    def is_file(self) -> bool:
        """Whether it is a part of a file."""
        return "\n" in self.value


@dataclass(frozen=True, slots=True)
class Client:
    """A client, and how it is pointed here."""

    title: str
    where: str
    """Where in the client."""

    entries: tuple[Entry, ...]
    note: str = ""
    """What is to be known of it."""

    needs_https: bool = False


def clients_for(address: str, user: str, token: str) -> list[Client]:
    """All clients, with what somebody is to enter; `address` has no slash at its end."""
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
        "For “GNU FM” it is another address, with your user name and the token as"
        f" password: {ADDRESS}/2.0/",
    ),
    Client(
        "Web Scrobbler",
        "Options, Accounts, ListenBrainz: Properties",
        (Entry("API URL", f"{_LISTENBRAINZ}/1/submit-listens"), _THE_TOKEN),
        "A page over HTTPS may send nothing to an address over plain HTTP.",
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
        "It sends the end of a play, which this server knows, and nothing of tracks under"
        " 30 seconds. It does not say why it was refused: test the token here. After an"
        " outage it sends what it kept within eight minutes; a restart sends at once. The"
        " journal needs a folder that the program may write to.",
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
        "What it kept while the server was away goes with the next play. Version 2.6.0"
        " keeps 98 plays; one more, and it loses them all.",
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
        "It sends the moment in the middle of a track at which it scrobbles, and does not"
        " say who it is: let the name of its token begin with “rescrobbled”, so that this"
        " server knows. It keeps nothing for later while the server is away, and sends nothing"
        " at all until it is restarted if the server is away when it starts.",
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
        "They speak plain HTTP only. The file can be imported here as well.",
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
        "It sends the end of a play: let the name of its token begin with “Mopidy”, so"
        " that this server knows.",
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
        "Some want the address to end in /1 or /1/, or are content with the bare address"
        " of this server.",
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
