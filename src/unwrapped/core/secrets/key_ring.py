"""The ring of SECRET_KEY: reads, creates, stores and rotates its keys.

Keys are in the settings, or in a file of the home. The first one signs and encrypts; the
others verify and decrypt what older keys signed and encrypted.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from zxcvbn_rs_py import zxcvbn

from unwrapped.core.config import Algorithm, Settings
from unwrapped.core.exceptions import Conflict, Invalid
from unwrapped.core.secrets.key_file import KeyFile

FEWEST_BYTES = {Algorithm.HS256: 32, Algorithm.HS384: 48, Algorithm.HS512: 64}
"""The fewest bytes of a key: those of the hash (RFC 7518, 3.2)."""
FEWEST_GUESSES = 2**63
"""The least estimated guesses of a key: every random key allowed here exceeds it."""
SECRET_FILE = "secret_key"  # noqa: S105 - the name of a file

_NAMED_KEY = re.compile(r"(?P<kid>[A-Za-z0-9_-]{1,16}):(?P<secret>.+)", re.DOTALL)
_NUMBERED_ID = re.compile(r"k(?P<number>\d{1,5})(?:-(?P<day>\d{8}))?", re.ASCII)
# What documentation shows: jwt.io's secrets, FastAPI's key, Django's prefix.
_EXAMPLE = re.compile(
    r"change|example|(your|dev|string).?secret|placeholder|insecure"
    r"|your-\d+-bit|at-least-\d+-bits|09d25e094faa6ca2556c818166b7a9563b93f709",
    re.I,
)


class WeakSecret(Invalid):
    """SECRET_KEY is too weak to protect anything."""

    code = "weak_secret"


class KeysElsewhere(Conflict):
    """The keys of this installation are not in its home."""

    code = "keys_elsewhere"

    def __init__(self) -> None:
        super().__init__(
            "The keys come from SECRET_KEY, which is yours to change: put a new random"
            " one first and keep the old one after it, SECRET_KEY=k2:NEW,k1:OLD (a"
            " single value is k1), and restart all processes. Take OLD out after two hours:"
            " by then the access tokens that it signed have expired, and what it encrypted"
            " is encrypted again."
        )


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their id; the first signs, all verify."""

    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str, algorithm: Algorithm = Algorithm.HS256) -> Self:
        """Parse `k2:secret,k1:secret`, or one secret. Raises `WeakSecret`."""
        fewest = FEWEST_BYTES[algorithm]
        parts = [part.strip() for part in text.split(",") if part.strip()]
        named = [_NAMED_KEY.fullmatch(part) for part in parts]
        if len(parts) == 1 and named[0] is None:
            return cls({"k1": _strong(parts[0], fewest)})
        ring: dict[str, bytes] = {}
        for match in named:
            if match is None or match["kid"] in ring:
                raise WeakSecret(
                    "SECRET_KEY is not a ring of keys. Write k2:secret,k1:secret, each id"
                    " once; the first signs, all verify."
                )
            ring[match["kid"]] = _strong(match["secret"], fewest)
        if not ring:
            raise WeakSecret("SECRET_KEY is empty.")
        return cls(ring)

    @property
    def signing_id(self) -> str:
        """The id of the key that signs."""
        return next(iter(self.keys))

    @property
    def text(self) -> str:
        """The ring in the form that `parse` reads."""
        return ",".join(
            f"{kid}:{secret.decode(errors='surrogateescape')}"
            for kid, secret in self.keys.items()
        )

    def rotated(self, today: date, keep: int) -> Self:
        """The ring with a new first key, named after the day; `keep` keys in total."""
        known = [_NUMBERED_ID.fullmatch(kid) for kid in self.keys]
        number = 1 + max((int(match["number"]) for match in known if match), default=0)
        older = list(self.keys.items())[: keep - 1]
        new = (f"k{number}-{today:%Y%m%d}", _random_secret().encode())
        return type(self)(dict([new, *older]))

    def shortened(self, keep: int, needed: Collection[str] = ()) -> Self:
        """The first `keep` keys, and those whose ids are needed."""
        kept = {*list(self.keys)[:keep], *needed}
        return type(self)({kid: key for kid, key in self.keys.items() if kid in kept})


def day_of(kid: str) -> date | None:
    """The day a key was created, if its id contains it."""
    match = _NUMBERED_ID.fullmatch(kid)
    try:
        return date.fromisoformat(match["day"]) if match and match["day"] else None
    except ValueError:
        return None


def _strong(secret: str, fewest: int) -> bytes:
    # Invalid UTF-8 in the environment becomes surrogates.
    value = secret.encode(errors="surrogateescape")
    advice = "Take a random one: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if len(value) < fewest:
        raise WeakSecret(
            f"SECRET_KEY has a key of {len(value)} bytes; {fewest} are needed. {advice}"
        )
    is_guessed = zxcvbn(value.decode(errors="replace")).guesses < FEWEST_GUESSES
    if _EXAMPLE.search(secret) or is_guessed:
        raise WeakSecret(f"SECRET_KEY has a key that anybody could guess. {advice}")
    return value


def secret_ring(settings: Settings) -> KeyRing:
    """The ring of SECRET_KEY; with the embedded database, the one in the home.

    Raises `WeakSecret` for a weak key, and when an external database is used without
    SECRET_KEY: several processes must share one.
    """
    if settings.secret_key is not None:
        return KeyRing.parse(settings.secret_key.get_secret_value(), settings.algorithm)
    if not settings.is_embedded:
        raise WeakSecret(
            "SECRET_KEY is not set. With a DATABASE_URL of your own, give all processes"
            " the same random one:"
            " python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    kept = KeyFile(settings.home / SECRET_FILE).read_or_make(_first_key)
    return KeyRing.parse(kept, settings.algorithm)


def kept_ring(settings: Settings) -> KeyRing:
    """The ring in the home; none is created.

    Raises `KeysElsewhere`, `NoKeyFile`, `Unavailable` or `WeakSecret`.
    """
    return KeyRing.parse(key_file(settings).read(), settings.algorithm)


def key_file(settings: Settings) -> KeyFile:
    """Where this installation keeps its ring. Raises `KeysElsewhere`."""
    if settings.secret_key is not None or not settings.is_embedded:
        raise KeysElsewhere
    return KeyFile(settings.home / SECRET_FILE)


def _first_key() -> str:
    return f"k1:{_random_secret()}"


def _random_secret() -> str:
    return secrets.token_urlsafe(48)
