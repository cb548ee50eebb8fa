"""The certificates for TLS in a folder: created, kept and renewed."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.files import NotWritten, write_whole
from unwrapped.core.tls.authority import (
    Authority,
    Credential,
    Unusable,
    reading,
)
from unwrapped.core.tls.names import (
    Name,
    UnusableName,
    names_of,
    parse_names,
)

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""AEAD suites only: OpenSSL's default allows CBC suites in TLS 1.2."""

AUTHORITY_FILE, ROOT_FILE = "authority.pem", "ca.crt"
CHAIN_FILE, KEY_FILE = "server.crt", "server.key"


class NotReadable(Unavailable):
    """A file exists but cannot be read, so it cannot be checked."""


class TlsOptions(TypedDict):
    """Keyword arguments of `uvicorn.run` and `uvicorn.Config`."""

    ssl_certfile: str
    ssl_keyfile: str
    ssl_ciphers: str


@dataclass(frozen=True)
class Certificates:
    """The paths of the files, and what had to be created."""

    ca_certificate: Path
    """The certificate that browsers must trust."""
    certificate: Path
    """The server's certificate, followed by its issuer's."""
    key: Path
    names: tuple[str, ...]
    """The names of the server's certificate."""
    expires: datetime
    ca_name: str
    """The CA's name, different for every CA."""
    ca_made_because: str | None
    """Why there is a new CA, such as "there was none"; None if the old one is kept."""
    made_because: str | None
    """Why there is a new server certificate; None if the old one is kept."""


def make_certificates(
    folder: Path, names: Sequence[str], *, now: datetime | None = None
) -> Certificates:
    """A new server certificate for this machine's own names and `names`, in `folder`.

    The CA in the folder is kept unless it may not sign for one of the names, expires
    within 30 days, is damaged or missing. Raises `UnusableName`, `NotReadable` and
    `NotWritten`, and then leaves the folder unchanged.
    """
    moment, wanted = now or datetime.now(UTC), parse_names(names)
    with _locked(folder):
        authority, ca_because = _authority(folder, wanted, wanted, moment)
        server = _new_server(folder, authority, wanted, moment)
    return _result(folder, authority, server, ca_because, "it was asked for")


def ensure_certificates(
    folder: Path, names: Sequence[str], *, now: datetime | None = None
) -> Certificates:
    """The certificates in `folder`; only unusable ones are replaced.

    A certificate is unusable when it is missing, damaged, expires within 30 days, or is
    not valid for one of `names`; other names of the old one are kept. If all are usable,
    nothing is written, and both `…made_because` are None. Raises as `make_certificates`
    does.
    """
    moment, wanted = now or datetime.now(UTC), parse_names(names)
    with _locked(folder):
        both = list(dict.fromkeys(wanted + _names_before(folder)))
        authority, ca_because = _authority(folder, wanted, both, moment)
        because = None
        try:
            server = _server_before(folder, authority)
            server.demand(wanted, moment)
        except Unusable as unusable:
            because = str(unusable)
            kept = [name for name in both if authority.is_for(name)]
            server = _new_server(folder, authority, kept, moment)
    return _result(folder, authority, server, ca_because, because)


def server_tls_options(certificates: Certificates) -> TlsOptions:
    """Keyword arguments for uvicorn: TLS 1.2 and 1.3, AEAD suites only."""
    return TlsOptions(
        ssl_certfile=str(certificates.certificate),
        ssl_keyfile=str(certificates.key),
        ssl_ciphers=CIPHERS,
    )


def _names_before(folder: Path) -> list[Name]:
    """The names of the certificate in the folder, without this machine's own."""
    with suppress(Unusable, UnusableName), reading():
        first, *_ = x509.load_pem_x509_certificates(_read(folder / CHAIN_FILE))
        return parse_names([str(name.value) for name in names_of(first)])
    return []


def _authority(
    folder: Path, demanded: list[Name], wished: list[Name], now: datetime
) -> tuple[Authority, str | None]:
    """The CA in the folder if it may sign for all required names.

    Otherwise a new one for all wanted names, and the reason.
    """
    because = None
    try:
        authority = Authority.parse(_read(folder / AUTHORITY_FILE))
        authority.demand(demanded, now)
    except Unusable as unusable:
        because = str(unusable)
        authority = Authority.make(wished, now)
        # One file, so that a crash cannot separate what belongs together.
        pem = _pem(authority.key, authority.certificate, authority.root)
        _write_private(folder / AUTHORITY_FILE, pem)
    root = _pem(authority.root)
    if _read(folder / ROOT_FILE) != root:
        write_whole(folder / ROOT_FILE, root.decode("ascii"))
    return authority, because


def _server_before(folder: Path, authority: Authority) -> Credential:
    """The old server certificate. Raises `Unusable` if damaged or of another CA."""
    server = Credential.parse(_read(folder / KEY_FILE) + _read(folder / CHAIN_FILE))
    if server.signer != authority.certificate:
        raise Unusable("the old one is of another CA")
    return server


def _new_server(
    folder: Path, authority: Authority, names: list[Name], now: datetime
) -> Credential:
    server = authority.sign(names, now)
    chain = _pem(server.certificate, server.signer)
    _write_private(folder / KEY_FILE, _pem(server.key))
    write_whole(folder / CHAIN_FILE, chain.decode("ascii"))
    return server


def _result(
    folder: Path,
    authority: Authority,
    server: Credential,
    ca_because: str | None,
    because: str | None,
) -> Certificates:
    return Certificates(
        ca_certificate=folder / ROOT_FILE,
        certificate=folder / CHAIN_FILE,
        key=folder / KEY_FILE,
        names=tuple(str(name.value) for name in names_of(server.certificate)),
        expires=server.certificate.not_valid_after_utc,
        ca_name=authority.root.subject.rfc4514_string().removeprefix("CN="),
        ca_made_because=ca_because,
        made_because=because,
    )


def _pem(*things: x509.Certificate | EllipticCurvePrivateKey) -> bytes:
    return b"".join(
        thing.public_bytes(Encoding.PEM)
        if isinstance(thing, x509.Certificate)
        else thing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for thing in things
    )


def _read(path: Path) -> bytes:
    """Read a file; empty if it does not exist. Raises `NotReadable`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise NotReadable(f"{path} cannot be read: {error.strerror}.") from error


def _write_private(path: Path, content: bytes) -> None:
    """Write a private file in one step. Raises `NotWritten`."""
    try:
        # Its permissions are 0600 from the start.
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".unwrapped-", delete_on_close=False
        ) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            Path(file.name).replace(path)
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Create the folder, and lock it against other processes. Raises `NotWritten`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(f"{folder} cannot be created: {error.strerror}.") from error
    with ExitStack() as stack:
        # Windows and some network file systems cannot lock a folder: a race is
        # possible.
        with suppress(ImportError, OSError):
            import fcntl

            held = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, held)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
