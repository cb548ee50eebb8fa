"""A certificate of one's own to serve over TLS with, and the CA that vouches for it.

Whoever trusts a CA trusts its key with every site they visit, and ours would lie on a
disk. So there is no such key. Making a CA makes two certificates:

- a root, the one that people trust. Its key signs the issuer and is forgotten; it never
  touches a disk.
- an issuer that may sign server certificates of the given names only (critical name
  constraints) and no CAs. Its key is kept, so that a server certificate can be renewed
  without anybody having to trust anything anew. A thief can sign nothing with it that the
  server's own key beside it does not answer for already (and what lies below these names).

The constraints are in the issuer, since RFC 5280 leaves it open whether those of a trust
anchor count: some clients ignore them there. The root has them too, for whoever looks at
what they are asked to trust. The price: a name beyond them needs a new CA, trusted anew.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from pathlib import Path
from typing import Self, TypedDict

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from unwrapped.core.exceptions import Conflict, Invalid, Unavailable
from unwrapped.core.files import NotWritten, write_whole
from unwrapped.core.text import printable

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
MOST_NAMES = 100

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""OpenSSL's default leaves CBC suites on in TLS 1.2; these are AEAD alone."""

# Browsers refuse server certificates that are good for more than 398 days.
SERVER_LIFETIME = timedelta(days=397)
AUTHORITY_LIFETIME = timedelta(days=3650)
RENEW_BEFORE = timedelta(days=30)
CLOCK_SKEW = timedelta(days=1)

AUTHORITY_FILE, ROOT_FILE = "authority.pem", "ca.crt"
CHAIN_FILE, KEY_FILE = "server.crt", "server.key"


class UnusableName(Invalid):
    """No certificate can be made for what was given as a name."""

    code = "unusable_name"


class NotReadable(Unavailable):
    """A file is there and cannot be read, so it cannot be judged either."""


class ClockBehind(Conflict):
    """This machine's clock says that the CA is not valid yet."""

    code = "clock_behind"


class TlsOptions(TypedDict):
    """What `uvicorn.run` and `uvicorn.Config` need to know."""

    ssl_certfile: str
    ssl_keyfile: str
    ssl_ciphers: str


@dataclass(frozen=True)
class Certificates:
    """Where everything lies, and what had to be made."""

    ca_certificate: Path
    """What browsers are to trust."""
    certificate: Path
    """The server's certificate, followed by its issuer's."""
    key: Path
    names: tuple[str, ...]
    """What the server's certificate is good for."""
    expires: datetime
    ca_name: str
    """The CA's name, different for every CA."""
    ca_made_because: str | None
    """Why there is a new CA, like "there was none"; None if the old one goes on."""
    made_because: str | None
    """Why there is a new server certificate; None if the old one goes on."""


def make_certificates(
    folder: Path, names: Sequence[str], *, now: datetime | None = None
) -> Certificates:
    """A new server certificate for this machine's own names and `names`, in `folder`.

    The CA in the folder goes on unless it may not sign for one of the names, expires
    within 30 days, is damaged or not there. Raises `UnusableName`, `ClockBehind`,
    `NotReadable` and `NotWritten`; what was in the folder is whole then.
    """
    moment = now or datetime.now(UTC)
    wanted = _parse_names(names)
    with _locked(folder):
        authority, ca_because = _authority(folder, wanted, wanted, moment)
        if moment < authority.root.not_valid_before_utc:
            raise ClockBehind(
                f"The CA in {folder} is valid from {authority.root.not_valid_before_utc:%Y-%m-%d}"
                f" on, and this machine's clock says {moment:%Y-%m-%d}. Set the clock."
            )
        server = _Server.make(authority, wanted, moment)
        server.write(folder)
    return _told(folder, authority, server, ca_because, "it was asked for")


def ensure_certificates(
    folder: Path, names: Sequence[str], *, now: datetime | None = None
) -> Certificates:
    """The certificates in `folder`, made only as far as they cannot be used.

    That is when one is missing, damaged, expires within 30 days, or is not for one of
    `names`; other names that the old one had are kept. Where all is well, nothing is
    written, and both `…made_because` are None. Raises as `make_certificates` does, but
    takes a clock that is behind as it is.
    """
    moment = now or datetime.now(UTC)
    wanted = _parse_names(names)
    with _locked(folder):
        both = list(dict.fromkeys(wanted + _names_before(folder)))
        authority, ca_because = _authority(folder, wanted, both, moment)
        because = None
        try:
            server = _Server.read(folder, authority)
            server.demand(wanted, moment)
        except _Unusable as unusable:
            because = str(unusable)
            kept = [name for name in both if authority.may_sign(name)]
            server = _Server.make(authority, kept, moment)
            server.write(folder)
    return _told(folder, authority, server, ca_because, because)


def server_tls_options(certificates: Certificates) -> TlsOptions:
    """Keyword arguments for uvicorn: TLS 1.2 and 1.3, AEAD suites only."""
    return TlsOptions(
        ssl_certfile=str(certificates.certificate),
        ssl_keyfile=str(certificates.key),
        ssl_ciphers=CIPHERS,
    )


type _Name = x509.DNSName | x509.IPAddress


class _Unusable(Exception):
    """What is in the folder must be made anew; says why, fit for "…, since …"."""


@contextmanager
def _reading() -> Iterator[None]:
    """What the library raises on what it cannot read or verify is damage to us."""
    try:
        yield
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        InvalidSignature,
        x509.ExtensionNotFound,
    ) as error:
        raise _Unusable("the old one is damaged") from error


@dataclass(frozen=True)
class _Authority:
    """The issuer with its key, and the root that signed it."""

    root: x509.Certificate
    issuer: x509.Certificate
    key: EllipticCurvePrivateKey

    @classmethod
    def make(cls, names: list[_Name], now: datetime) -> Self:
        begin, end = now - CLOCK_SKEW, now - CLOCK_SKEW + AUTHORITY_LIFETIME
        root_key, key = generate_private_key(SECP256R1()), _new_key()
        # Trust stores confuse CAs of one name, so each has its own.
        mark = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
        root_name = _subject(f"Unwrapped local CA {mark.digest.hex()[:8]}")
        limits = x509.NameConstraints(list(dict.fromkeys(map(_subtree, names))), None)
        root = (
            _builder(root_name, root_name, root_key.public_key(), begin, end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .add_extension(limits, critical=True)
            .sign(root_key, SHA256())
        )
        issuer_name = _subject(f"Unwrapped issuer {mark.digest.hex()[:8]}")
        issuer = (
            _builder(issuer_name, root_name, key.public_key(), begin, end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .add_extension(_for_servers(), critical=False)
            .add_extension(limits, critical=True)
            .add_extension(_signed_by(root_key.public_key()), critical=False)
            .sign(root_key, SHA256())
        )
        return cls(root, issuer, key)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises `_Unusable` where the file is missing or damaged."""
        pem = _read(folder / AUTHORITY_FILE)
        key, (issuer, root) = _parse_key(pem), _parse_pair(pem)
        _demand_signature(root, root)
        _demand_signature(issuer, root)
        _demand_pair(key, issuer)
        return cls(root, issuer, key)

    def demand(self, names: list[_Name], now: datetime) -> None:
        """Raises `_Unusable` unless it may sign for all the names, for a while yet."""
        _demand_time(self.issuer, now)
        for name in names:
            if not self.may_sign(name):
                raise _Unusable(f"the old one may not sign for {name.value}")

    def may_sign(self, name: _Name) -> bool:
        """Whether the name is within the constraints."""
        return any(_is_within(name, subtree) for subtree in _permitted(self.issuer))

    def write(self, folder: Path) -> None:
        # One file, so that no crash can part what belongs together.
        pem = _pem(self.key) + _pem(self.issuer) + _pem(self.root)
        _write_private(folder / AUTHORITY_FILE, pem)


@dataclass(frozen=True)
class _Server:
    """The server's certificate with its key."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    key: EllipticCurvePrivateKey

    @classmethod
    def make(cls, authority: _Authority, names: list[_Name], now: datetime) -> Self:
        key, issuer = _new_key(), authority.issuer
        begin = max(now - CLOCK_SKEW, issuer.not_valid_before_utc)
        end = min(now - CLOCK_SKEW + SERVER_LIFETIME, issuer.not_valid_after_utc)
        subject = _subject("Unwrapped server")
        certificate = (
            _builder(subject, issuer.subject, key.public_key(), begin, end)
            .add_extension(
                x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(_for_servers(), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(_signed_by(authority.key.public_key()), critical=False)
            .sign(authority.key, SHA256())
        )
        return cls(certificate, issuer, key)

    @classmethod
    def read(cls, folder: Path, authority: _Authority) -> Self:
        """Raises `_Unusable` where a file is missing, damaged or of another CA."""
        certificate, issuer = _parse_pair(_read(folder / CHAIN_FILE))
        key = _parse_key(_read(folder / KEY_FILE))
        if issuer != authority.issuer:
            raise _Unusable("the old one is of another CA")
        _demand_signature(certificate, issuer)
        _demand_pair(key, certificate)
        return cls(certificate, issuer, key)

    @property
    def names(self) -> list[_Name]:
        return _alternative_names(self.certificate)

    def demand(self, names: list[_Name], now: datetime) -> None:
        """Raises `_Unusable` unless it is for all the names, for a while yet."""
        _demand_time(self.certificate, now)
        for name in names:
            if name not in self.names:
                raise _Unusable(f"the old one is not for {name.value}")

    def write(self, folder: Path) -> None:
        _write_private(folder / KEY_FILE, _pem(self.key))
        chain = _pem(self.certificate) + _pem(self.issuer)
        write_whole(folder / CHAIN_FILE, chain.decode("ascii"))


def _authority(
    folder: Path, demanded: list[_Name], wished: list[_Name], now: datetime
) -> tuple[_Authority, str | None]:
    """The CA in the folder if it may sign for all that is demanded.

    Else a new one for all that is wished for, and why it had to be.
    """
    because = None
    try:
        authority = _Authority.read(folder)
        authority.demand(demanded, now)
    except _Unusable as unusable:
        because = str(unusable)
        authority = _Authority.make(wished, now)
        authority.write(folder)
    root = _pem(authority.root)
    with suppress(_Unusable):
        if _read(folder / ROOT_FILE) == root:
            return authority, because
    write_whole(folder / ROOT_FILE, root.decode("ascii"))
    return authority, because


def _told(
    folder: Path,
    authority: _Authority,
    server: _Server,
    ca_because: str | None,
    because: str | None,
) -> Certificates:
    common_name = authority.root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certificates(
        ca_certificate=folder / ROOT_FILE,
        certificate=folder / CHAIN_FILE,
        key=folder / KEY_FILE,
        names=tuple(str(name.value) for name in server.names),
        expires=server.certificate.not_valid_after_utc,
        ca_name=str(common_name[0].value),
        ca_made_because=ca_because,
        made_because=because,
    )


# Names


def _parse_names(names: Sequence[str]) -> list[_Name]:
    """This machine's own names and the given ones, each once. Raises `UnusableName`."""
    parsed = list(dict.fromkeys(_parse_name(name) for name in (*OWN_NAMES, *names)))
    if len(parsed) > MOST_NAMES:
        raise UnusableName(
            f"{len(parsed)} names are too many for one certificate; {MOST_NAMES} is the limit."
        )
    return parsed


def _parse_name(text: str) -> _Name:
    try:
        address = ip_address(text)
    except ValueError:
        return x509.DNSName(_parse_host_name(text))
    if address.is_unspecified or address.is_multicast or "%" in text:
        raise UnusableName(
            f"{printable(text)!r} is no address that a browser can be pointed to."
        )
    return x509.IPAddress(address)


def _parse_host_name(text: str) -> str:
    name = text.lower().removesuffix(".")
    labels = name.removeprefix("*.").split(".")
    said = f"{printable(text)!r} is no name for a certificate: "
    if not name.isascii():
        raise UnusableName(said + "write names with other letters in their xn-- form.")
    if not all(map(_is_label, labels)) or len(name) > 253 or labels[-1].isdecimal():
        raise UnusableName(
            said
            + "write a host name or an IP address alone, like nas.lan, *.nas.lan or 192.168.1.5."
        )
    if name.startswith("*.") and len(labels) < 2:
        raise UnusableName(
            said + "browsers take a wildcard only before two labels, like *.nas.lan."
        )
    return name


def _is_label(label: str) -> bool:
    return (
        0 < len(label) <= 63
        and label.replace("-", "a").isalnum()
        and not label.startswith("-")
        and not label.endswith("-")
    )


def _names_before(folder: Path) -> list[_Name]:
    """The names of the certificate in the folder that can be used; often none."""
    names: list[_Name] = []
    with suppress(_Unusable):
        certificate, _ = _parse_pair(_read(folder / CHAIN_FILE))
        for name in _alternative_names(certificate):
            with suppress(UnusableName):
                names.append(_parse_name(str(name.value)))
    return names


def _alternative_names(certificate: x509.Certificate) -> list[_Name]:
    with _reading():
        extensions = certificate.extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [name for name in names if isinstance(name, x509.DNSName | x509.IPAddress)]


def _permitted(issuer: x509.Certificate) -> list[x509.GeneralName]:
    with _reading():
        extensions = issuer.extensions
        limits = extensions.get_extension_for_class(x509.NameConstraints).value
    return limits.permitted_subtrees or []


def _subtree(name: _Name) -> _Name:
    """The name, or what a wildcard stands before, as a name constraint."""
    if isinstance(name, x509.DNSName):
        return x509.DNSName(name.value.removeprefix("*."))
    return x509.IPAddress(ip_network(str(name.value)))


def _is_within(name: _Name, subtree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName) and isinstance(subtree, x509.DNSName):
        host = name.value.removeprefix("*.")
        return f".{host}".endswith(f".{subtree.value}")
    if isinstance(name, x509.IPAddress) and isinstance(subtree, x509.IPAddress):
        address, network = name.value, subtree.value
        return (
            isinstance(address, IPv4Address | IPv6Address)
            and isinstance(network, IPv4Network | IPv6Network)
            and address in network
        )
    return False


# Certificates


def _new_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def _subject(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePublicKey,
    begin: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _for_servers() -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _signed_by(key: EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _demand_time(certificate: x509.Certificate, now: datetime) -> None:
    # A clock that is behind (a small computer that just started) is no reason to make
    # anything anew.
    end = certificate.not_valid_after_utc
    if end - now <= RENEW_BEFORE:
        tense = "expires" if end > now else "expired"
        raise _Unusable(f"the old one {tense} on {end:%Y-%m-%d}")


def _demand_signature(certificate: x509.Certificate, by: x509.Certificate) -> None:
    with _reading():
        certificate.verify_directly_issued_by(by)


def _demand_pair(key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    with _reading():
        is_pair = certificate.public_key() == key.public_key()
    if not is_pair:
        raise _Unusable("the old one is not of the key beside it")


# Files


def _pem(thing: x509.Certificate | EllipticCurvePrivateKey) -> bytes:
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(Encoding.PEM)
    return thing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _parse_key(pem: bytes) -> EllipticCurvePrivateKey:
    with _reading():
        key = load_pem_private_key(pem, password=None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise _Unusable("the old key is of another kind")
    return key


def _parse_pair(pem: bytes) -> tuple[x509.Certificate, x509.Certificate]:
    with _reading():
        first, second = x509.load_pem_x509_certificates(pem)
    return first, second


def _read(path: Path) -> bytes:
    """Raises `_Unusable` if there is no such file, and `NotReadable`."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _Unusable("there was none") from error
    except OSError as error:
        raise NotReadable(f"{path} cannot be read: {error.strerror}.") from error


def _write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner's eyes only, in one step. Raises `NotWritten`."""
    try:
        # Its permissions are 0600 from the first byte on.
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".unwrapped-", delete=False
        ) as file:
            part = Path(file.name)
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                part.replace(path)
            except OSError:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other processes out of it. Raises `NotWritten`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(f"{folder} cannot be made: {error.strerror}.") from error
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise NotReadable(f"{folder} cannot be read: {error.strerror}.") from error
    try:
        # Some network file systems cannot lock a folder; then a race is risked.
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
