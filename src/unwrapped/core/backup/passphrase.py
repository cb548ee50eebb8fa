"""Encrypts the secret of a home in a backup: AES-256-GCM with a key from scrypt.

The cost of scrypt is part of the format, so no file can lower it: 128 MiB and about
half a second for each guess (RFC 7914; OWASP's first recommendation).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from unwrapped.core.backup.manifest import SealedSecret
from unwrapped.core.exceptions import Invalid

FEWEST_CHARACTERS = 12
SALT_BYTES = 16
NONCE_BYTES = 12
KEY_BYTES = 32
COST = 2**17
"""Of scrypt: half a second, and 128 MiB. A change would lock all earlier backups."""

CONTEXT = b"unwrapped: secret in a backup, v1"


class WrongPassphrase(Invalid):
    """The passphrase does not open the secret of the backup."""

    code = "wrong_passphrase"

    def __init__(self) -> None:
        super().__init__(
            "The passphrase does not open the secret in this backup. Try again, or leave"
            " the secret out with --without-secret."
        )


class WeakPassphrase(Invalid):
    """A passphrase that is too short to protect anything."""

    code = "weak_passphrase"


def seal(secret: str, passphrase: str) -> SealedSecret:
    """Encrypt the secret. Raises `WeakPassphrase`."""
    if len(passphrase) < FEWEST_CHARACTERS:
        raise WeakPassphrase(
            f"The passphrase has {len(passphrase)} characters; {FEWEST_CHARACTERS} are"
            " needed: anyone who has the file can guess without limit."
        )
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    text = _key(passphrase, salt).encrypt(nonce, secret.encode(), CONTEXT)
    return SealedSecret(salt, nonce, text)


def unseal(sealed: SealedSecret, passphrase: str) -> str:
    """Decrypt the secret. Raises `WrongPassphrase`, also if the file was changed."""
    try:
        key = _key(passphrase, sealed.salt)
        return key.decrypt(sealed.nonce, sealed.text, CONTEXT).decode()
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase from error


def _key(passphrase: str, salt: bytes) -> AESGCM:
    derive = Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=8, p=1).derive
    return AESGCM(derive(passphrase.encode(errors="surrogateescape")))
