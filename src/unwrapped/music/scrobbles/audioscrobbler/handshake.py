"""Audioscrobbler 1.2 and 1.2.1, as text: the handshake, and its answers.

Every answer is lines that end with LF. Refusals have status 200, since mpdscribble
ignores the body of any other answer.
"""

from dataclasses import dataclass
from enum import StrEnum

from unwrapped.core.text import readable
from unwrapped.music.scrobbles.audioscrobbler.parameters import Parameters
from unwrapped.music.scrobbles.audioscrobbler.proofs import is_proof

PROTOCOLS = frozenset({"1.2", "1.2.1"})
FURTHEST_SECONDS = 300
"""How far the clock of a client may differ from ours."""

CLIENTS = {"mdc": "mpdscribble"}
"""Clients whose times have another meaning, by the ids that they send."""

_SEPARATOR = "-"
"""Never occurs in a session key."""

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

    QtScrobbler takes any answer that has "OK" in it for success.
    """
    return f"FAILED {readable(reason).replace('OK', 'Ok')}\n"


def opened(session: str, base: str) -> str:
    """The answer to a handshake: the session, and the addresses below `base`."""
    return f"{OK}{session}\n{base}{NOW_PLAYING}\n{base}{SUBMISSION}\n"


def session_with_client(key: str, client_id: str) -> str:
    """The session key for a client, which includes the kind of client."""
    return f"{key}{_SEPARATOR}{client_id}" if client_id in CLIENTS else key


def key_and_client(session: str) -> tuple[str, str | None]:
    """The key of a session, and the name of its client if that matters."""
    key, _, client_id = session.partition(_SEPARATOR)
    return key, CLIENTS.get(client_id)


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a client opens a session."""

    protocol: str
    client: str
    version: str
    user: str
    time: str
    proof: str
    session_key: str
    """The session key of Audioscrobbler 2.0, which opens 1.2.1 as well; "" without one.
    """

    @classmethod
    def read(cls, parameters: Parameters) -> "Handshake":
        """The handshake in the parameters."""
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
        """Whether the clock of the client is near ours."""
        try:
            return abs(int(self.time) - now) <= FURTHEST_SECONDS
        except ValueError:
            return False

    def proves(self, token_digest: str) -> bool:
        """Whether the client knows the token with this MD5."""
        return is_proof(self.proof, token_digest, self.time)


def is_handshake(parameters: Parameters) -> bool:
    """Whether a request opens a session."""
    return parameters.get("hs").lower() == "true"
