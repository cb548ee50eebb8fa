"""The handshake of Audioscrobbler 1.2 and 1.2.1, and the answers as text.

An answer consists of lines that end with LF. Refusals have the status 200: mpdscribble
ignores the body of other answers.
"""

from dataclasses import dataclass
from enum import StrEnum

from unwrapped.core.printable import readable
from unwrapped.music.scrobbles.audioscrobbler.parameters import Parameters
from unwrapped.music.scrobbles.audioscrobbler.proofs import is_proof

PROTOCOLS = frozenset({"1.2", "1.2.1"})
FURTHEST_SECONDS = 300
"""How far the clock of a client may differ from that of the server."""

CLIENTS = {"mdc": "mpdscribble"}
"""The clients whose times are not the start of a play, by the ids that they send."""

_SEPARATOR = "-"
"""Separates a session key from the id of the client; no session key contains it."""

NOW_PLAYING, SUBMISSION = "/nowplaying", "/submission"
OK = "OK\n"


class Word(StrEnum):
    """A refusal that clients act on."""

    BADAUTH = "BADAUTH"
    BADTIME = "BADTIME"
    BADSESSION = "BADSESSION"

    @property
    def answer(self) -> str:
        """The answer with this refusal."""
        return f"{self}\n"


def failed(reason: str) -> str:
    """The answer that gives a reason; a client tries again later.

    "OK" in the reason is written "Ok": QtScrobbler takes any answer with "OK" for success.
    """
    return f"FAILED {readable(reason).replace('OK', 'Ok')}\n"


def opened(session: str, base: str) -> str:
    """The answer to a handshake: the session, and the addresses below `base`."""
    return f"{OK}{session}\n{base}{NOW_PLAYING}\n{base}{SUBMISSION}\n"


def session_with_client(key: str, client_id: str) -> str:
    """The session key to give to a client; for those in `CLIENTS`, with their id."""
    return f"{key}{_SEPARATOR}{client_id}" if client_id in CLIENTS else key


def key_and_client(session: str) -> tuple[str, str | None]:
    """The key of a session, and the name of its client if `CLIENTS` has it."""
    key, _, client_id = session.partition(_SEPARATOR)
    return key, CLIENTS.get(client_id)


@dataclass(frozen=True, slots=True)
class Handshake:
    """The parameters with which a client opens a session."""

    protocol: str
    client: str
    version: str
    user: str
    time: str
    proof: str
    session_key: str
    """A session key of Audioscrobbler 2.0, which version 1.2.1 accepts instead of a proof;
    "" if the client sent none.
    """

    @classmethod
    def read(cls, parameters: Parameters) -> "Handshake":
        """Read a handshake from the parameters of a request."""
        return cls(
            protocol=parameters.get("p"),
            client=parameters.get("c"),
            version=parameters.get("v"),
            user=parameters.get("u"),
            time=parameters.get("t"),
            proof=parameters.get("a"),
            session_key=parameters.get("sk"),
        )

    def is_in_time(self, now: float) -> bool:
        """Whether the client's time is near a Unix time."""
        try:
            return abs(int(self.time) - now) <= FURTHEST_SECONDS
        except ValueError:
            return False

    def proves(self, token_digest: str) -> bool:
        """Whether the client proves that it knows the token with this MD5."""
        return is_proof(self.proof, token_digest, self.time)


def is_handshake(parameters: Parameters) -> bool:
    """Whether a request opens a session."""
    return parameters.get("hs").lower() == "true"
