"""The CA that signs the server's certificate.

To trust a CA is to trust its key for every site, and here it would be on a disk. So no
such key is kept. Creating a CA creates two certificates:

- a root, the one that people trust. Its key signs the issuer and is discarded; it is
  never written to a disk.
- an issuer that may sign server certificates of the given names only (critical name
  constraints) and no CAs. Its key is kept, so that a server certificate can be renewed
  without another decision to trust. A thief gains little with it: the server's own key,
  stored beside it, is already valid for these names, though not for names below them.

The constraints are in the issuer, since RFC 5280 leaves it open whether those of a trust
anchor count: some clients ignore them there. The root has them too, for anyone who
inspects what they are asked to trust. The price: a name outside them needs a new CA
that has to be trusted again.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from unwrapped.core.tls.names import Name, constraint, is_permitted, names_of

# Browsers refuse server certificates that are valid for more than 398 days.
SERVER_LIFETIME = timedelta(days=397)
AUTHORITY_LIFETIME = timedelta(days=3650)
RENEW_BEFORE = timedelta(days=30)
CLOCK_SKEW = timedelta(days=1)

_FOR_SERVERS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
_CRITICAL = (x509.BasicConstraints, x509.KeyUsage, x509.NameConstraints)


class Unusable(Exception):
    """An existing certificate must be replaced; its text says why ("…, since …")."""


@contextmanager
def reading() -> Iterator[None]:
    """Turn errors of the library, for unreadable or unverifiable data, into `Unusable`."""
    try:
        yield
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        InvalidSignature,
        x509.ExtensionNotFound,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise Unusable("the old one is damaged") from error


@dataclass(frozen=True)
class Credential:
    """A key, its certificate, and the certificate of the signer."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    signer: x509.Certificate

    @classmethod
    def parse(cls, pem: bytes) -> Self:
        """Parse the three, in this order. Raises `Unusable` unless they match."""
        if not pem:
            raise Unusable("there was none")
        with reading():
            key = load_pem_private_key(pem, password=None)
            certificate, signer = x509.load_pem_x509_certificates(pem)
            certificate.verify_directly_issued_by(signer)
            is_pair = key.public_key() == certificate.public_key()
        if not isinstance(key, EllipticCurvePrivateKey) or not is_pair:
            raise Unusable("the old one is damaged")
        return cls(key, certificate, signer)

    def demand(self, names: list[Name], now: datetime) -> None:
        """Raise `Unusable` unless it is valid for all the names, and for some time.

        A clock that is behind (a small computer that just started) is not a reason to
        replace a certificate.
        """
        end = self.certificate.not_valid_after_utc
        if end - now <= RENEW_BEFORE:
            tense = "expires" if end > now else "expired"
            raise Unusable(f"the old one {tense} on {end:%Y-%m-%d}")
        for name in names:
            if not self.is_for(name):
                raise Unusable(f"the old one is not for {name.value}")

    def is_for(self, name: Name) -> bool:
        """Whether the certificate is valid for the name. Raises `Unusable`."""
        with reading():
            return name in names_of(self.certificate)


class Authority(Credential):
    """The issuer's key and certificate, signed by the root."""

    @classmethod
    def make(cls, names: list[Name], now: datetime) -> Self:
        """A new CA that may sign for the names and those below them."""
        # Trust stores confuse CAs of the same name, so each has its own.
        mark = secrets.token_hex(4)
        root = _new_party(f"Unwrapped local CA {mark}")
        issuer = _new_party(f"Unwrapped issuer {mark}")
        begin, end = now - CLOCK_SKEW, now - CLOCK_SKEW + AUTHORITY_LIFETIME
        limits = x509.NameConstraints(list(dict.fromkeys(map(constraint, names))), None)
        return cls(
            issuer.key,
            _certify(issuer, root, begin, end, 0, limits, _FOR_SERVERS),
            _certify(root, root, begin, end, 1, limits),
        )

    @property
    def root(self) -> x509.Certificate:
        """The certificate to trust."""
        return self.signer

    def demand(self, names: list[Name], now: datetime) -> None:
        with reading():
            self.root.verify_directly_issued_by(self.root)
        super().demand(names, now)

    def is_for(self, name: Name) -> bool:
        """Whether the issuer may sign for the name. Raises `Unusable`."""
        with reading():
            extensions = self.certificate.extensions
            limits = extensions.get_extension_for_class(x509.NameConstraints).value
        return any(is_permitted(name, one) for one in limits.permitted_subtrees or ())

    def sign(self, names: list[Name], now: datetime) -> Credential:
        """A new server certificate, within the lifetime of the CA."""
        server = _new_party("Unwrapped server")
        issuer = _Party(self.certificate.subject, self.key)
        begin = max(now - CLOCK_SKEW, self.certificate.not_valid_before_utc)
        end = min(begin + SERVER_LIFETIME, self.certificate.not_valid_after_utc)
        alternatives = x509.SubjectAlternativeName(names)
        certificate = _certify(
            server, issuer, begin, end, None, alternatives, _FOR_SERVERS
        )
        return Credential(server.key, certificate, self.certificate)


class _Party(NamedTuple):
    """The subject or issuer of a certificate."""

    name: x509.Name
    key: EllipticCurvePrivateKey


def _new_party(common_name: str) -> _Party:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    return _Party(name, generate_private_key(SECP256R1()))


def _certify(
    holder: _Party,
    signer: _Party,
    begin: datetime,
    end: datetime,
    path_length: int | None,
    *extensions: x509.ExtensionType,
) -> x509.Certificate:
    """A certificate of a CA with this path length; None: not of a CA."""
    key, is_ca = holder.key.public_key(), path_length is not None
    builder = x509.CertificateBuilder(
        subject_name=holder.name,
        issuer_name=signer.name,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=begin,
        not_valid_after=end,
    )
    for extension in (
        x509.BasicConstraints(is_ca, path_length),
        _key_usage(is_ca=is_ca),
        x509.SubjectKeyIdentifier.from_public_key(key),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()),
        *extensions,
    ):
        critical = isinstance(extension, _CRITICAL)
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer.key, SHA256())


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
