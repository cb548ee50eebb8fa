"""Certificates as clients see them: real handshakes, and what a folder may hold."""

import http.client
import os
import socket
import ssl
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from multiprocessing import get_context
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from starlette.types import Receive, Scope, Send

from tests.attacks import attack
from unwrapped.core.exceptions import Unavailable
from unwrapped.core.files import NotWritten
from unwrapped.core.tls.certificates import (
    Certificates,
    NotReadable,
    TlsOptions,
    ensure_certificates,
    make_certificates,
    server_tls_options,
)
from unwrapped.core.tls.names import UnusableName

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOBODY = 65534
OWN = ("localhost", "127.0.0.1", "::1")
FILES = {
    "authority.pem": 0o600,
    "ca.crt": 0o644,
    "server.crt": 0o644,
    "server.key": 0o600,
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"served"})


@contextmanager
def served(
    options: TlsOptions, host: str = "127.0.0.1", *, lax: bool = False
) -> Iterator[int]:
    """The port of a uvicorn with these options; a `lax` one also allows old versions of
    TLS and weak ciphers.
    """

    def lax_context(
        _: uvicorn.Config, default: Callable[[], ssl.SSLContext]
    ) -> ssl.SSLContext:
        context = default()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = ssl.TLSVersion.TLSv1
        return context

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.bind((host, 0))
        config = uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            log_config=None,
            ssl_context_factory=lax_context if lax else None,
            **options,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            for _ in range(1000):
                if server.started:
                    break
                time.sleep(0.01)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)
        assert not thread.is_alive()


def trusting(made: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(made.ca_certificate)
    return context


def shake_hands(
    port: int, context: ssl.SSLContext, name: str = "localhost", host: str = "127.0.0.1"
) -> str:
    """The version of TLS; one byte of an answer is read, as alerts may come late."""
    with (
        socket.create_connection((host, port), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname=name) as tls,
    ):
        tls.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert tls.recv(1) == b"H"
        return str(tls.version())


def chain(made: Certificates) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(made.certificate.read_bytes())


def root(made: Certificates) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.ca_certificate.read_bytes())


def verify(
    made: Certificates,
    name: str,
    at: datetime = NOW,
    certificates: list[x509.Certificate] | None = None,
) -> None:
    """Verify with `cryptography`, as strictly as browsers do.

    Raises `VerificationError`.
    """
    try:
        subject: x509.DNSName | x509.IPAddress = x509.IPAddress(ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    store = PolicyBuilder().store(Store([root(made)])).time(at)
    leaf, *between = certificates or chain(made)
    store.build_server_verifier(subject).verify(leaf, between)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certs")
    return make_certificates(folder, ["nas.lan", "*.nas.lan"])


@pytest.fixture(scope="module")
def port(made: Certificates) -> Iterator[int]:
    with served(server_tls_options(made)) as port:
        yield port


class TestHandshakes:
    @pytest.mark.parametrize(
        "name", ["localhost", "127.0.0.1", "::1", "nas.lan", "music.nas.lan"]
    )
    def test_a_client_that_trusts_the_ca_is_content(
        self, made: Certificates, port: int, name: str
    ) -> None:
        assert shake_hands(port, trusting(made), name) == "TLSv1.3"

    def test_a_request_over_ipv6_is_answered(self, made: Certificates) -> None:
        with served(server_tls_options(made), "::1") as port:
            client = http.client.HTTPSConnection("::1", port, context=trusting(made))
            client.request("GET", "/")
            assert client.getresponse().read() == b"served"
            client.close()

    @pytest.mark.parametrize(
        "name", ["evil.example", "lan", "a.b.nas.lan", "127.0.0.2", "192.168.1.5"]
    )
    def test_other_names_are_refused(
        self, made: Certificates, port: int, name: str
    ) -> None:
        with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid"):
            shake_hands(port, trusting(made), name)

    def test_a_client_that_does_not_trust_the_ca_refuses(self, port: int) -> None:
        with pytest.raises(ssl.SSLCertVerificationError, match="local issuer"):
            shake_hands(port, ssl.create_default_context())

    # uvicorn closes the connection without an alert. A server that accepts these clients
    # proves that the refusal is the server's.

    @attack(48, "tls-1.1")
    def test_tls_1_1_is_refused(self, made: Certificates, port: int) -> None:
        client = self.old_client(made)
        with pytest.raises(ssl.SSLError, match="EOF"):
            shake_hands(port, client)
        with served(server_tls_options(made), lax=True) as lax_port:
            assert shake_hands(lax_port, client) == "TLSv1.1"

    @attack(48, "cbc-suites")
    @pytest.mark.parametrize(
        "suite",
        [
            "ECDHE-ECDSA-AES128-SHA256",
            "ECDHE-ECDSA-AES256-SHA384",
            "ECDHE-ECDSA-AES128-SHA",
        ],
    )
    def test_cbc_suites_are_refused(
        self, made: Certificates, port: int, suite: str
    ) -> None:
        client = self.offering(made, suite)
        with pytest.raises(ssl.SSLError, match="EOF"):
            shake_hands(port, client)
        with served(server_tls_options(made), lax=True) as lax_port:
            assert shake_hands(lax_port, client) == "TLSv1.2"

    @attack(48, "aead-suites")
    @pytest.mark.parametrize(
        "suite",
        [
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
        ],
    )
    def test_aead_suites_are_taken_in_tls_1_2(
        self, made: Certificates, port: int, suite: str
    ) -> None:
        assert shake_hands(port, self.offering(made, suite)) == "TLSv1.2"

    def test_a_certificate_for_a_name_beyond_the_issuers_is_refused(
        self, made: Certificates, tmp_path: Path
    ) -> None:
        """A stolen issuer's key signs for no other names."""
        forged = forge(made, tmp_path, "evil.example")
        with (
            served(server_tls_options(forged)) as port,
            pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"),
        ):
            shake_hands(port, trusting(made), "evil.example")
        with pytest.raises(VerificationError):
            verify(made, "evil.example", datetime.now(UTC), chain(forged))

    def old_client(self, made: Certificates) -> ssl.SSLContext:
        context = trusting(made)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context

    def offering(self, made: Certificates, suite: str) -> ssl.SSLContext:
        context = trusting(made)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite)
        return context


def forge(made: Certificates, folder: Path, name: str) -> Certificates:
    """A certificate for `name`, signed with the key that lies in the CA's folder."""
    pem = (made.ca_certificate.parent / "authority.pem").read_bytes()
    signer = load_pem_private_key(pem, password=None)
    assert isinstance(signer, EllipticCurvePrivateKey)
    leaf, issuer = chain(made)
    key = generate_private_key(SECP256R1())
    builder = x509.CertificateBuilder(
        issuer_name=issuer.subject,
        subject_name=leaf.subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=leaf.not_valid_before_utc,
        not_valid_after=leaf.not_valid_after_utc,
        extensions=[
            e
            for e in leaf.extensions
            if not isinstance(
                e.value, x509.SubjectAlternativeName | x509.SubjectKeyIdentifier
            )
        ],
    )
    forged = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
    ).sign(signer, SHA256())
    crt, key_file = folder / "forged.crt", folder / "forged.key"
    crt.write_bytes(
        forged.public_bytes(Encoding.PEM) + issuer.public_bytes(Encoding.PEM)
    )
    key_file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return Certificates(
        made.ca_certificate, crt, key_file, (name,), made.expires, "", None, None
    )


class TestWhatIsMade:
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ("nas.lan", "nas.lan"),
            ("NAS.lan.", "nas.lan"),
            ("*.home.arpa", "radio.home.arpa"),
            ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
            ("192.168.1.5", "192.168.1.5"),
            ("FD00::5", "fd00::5"),
            ("pi", "pi"),
        ],
    )
    def test_the_chain_is_valid_for_each_name(
        self, tmp_path: Path, given: str, name: str
    ) -> None:
        made = make_certificates(tmp_path, [given], now=NOW)
        for each in (*OWN, name):
            verify(made, each)
        with pytest.raises(VerificationError):
            verify(made, "other.example")
        assert made.names[:3] == OWN
        assert len(made.names) == 4

    def test_lifetimes_are_what_browsers_accept(self, tmp_path: Path) -> None:
        made = make_certificates(tmp_path, [], now=NOW)
        leaf, issuer = chain(made)
        assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(397)
        assert leaf.not_valid_before_utc <= NOW - timedelta(hours=12)
        assert made.expires == leaf.not_valid_after_utc
        for authority in (issuer, root(made)):
            lifetime = authority.not_valid_after_utc - authority.not_valid_before_utc
            assert lifetime == timedelta(3650)
        with pytest.raises(VerificationError):
            verify(made, "localhost", NOW + timedelta(397))

    def test_extensions_say_what_each_may_do(self, tmp_path: Path) -> None:
        made = make_certificates(tmp_path, ["*.nas.lan", "10.0.0.7"], now=NOW)
        leaf, issuer = chain(made)
        lengths = {leaf: None, issuer: 0, root(made): 1}
        for certificate, length in lengths.items():
            extensions = certificate.extensions
            basic = extensions.get_extension_for_class(x509.BasicConstraints)
            usage = extensions.get_extension_for_class(x509.KeyUsage)
            assert basic.critical
            assert usage.critical
            assert basic.value.ca is (certificate is not leaf)
            assert basic.value.path_length == length
            assert usage.value.key_cert_sign is (certificate is not leaf)
            assert usage.value.digital_signature is (certificate is leaf)
            extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        for certificate in (leaf, issuer):
            purposes = certificate.extensions.get_extension_for_class(
                x509.ExtendedKeyUsage
            )
            assert list(purposes.value) == [ExtendedKeyUsageOID.SERVER_AUTH]
            certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        for certificate in (issuer, root(made)):
            limits = certificate.extensions.get_extension_for_class(
                x509.NameConstraints
            )
            assert limits.critical
            permitted = limits.value.permitted_subtrees or []
            assert [str(name.value) for name in permitted] == [
                "localhost", "127.0.0.1/32", "::1/128", "nas.lan", "10.0.0.7/32",
            ]  # fmt: skip

    def test_keys_are_for_their_owner_only(self, tmp_path: Path) -> None:
        (tmp_path / "server.key").touch(0o644)
        old = os.umask(0)
        try:
            make_certificates(tmp_path, [], now=NOW)
        finally:
            os.umask(old)
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        assert modes == FILES

    def test_the_key_of_the_root_is_nowhere(self, tmp_path: Path) -> None:
        made = make_certificates(tmp_path, [], now=NOW)
        for name in ("authority.pem", "server.key"):
            pem = (tmp_path / name).read_bytes()
            assert pem.count(b"PRIVATE KEY") == 2
            key = load_pem_private_key(pem, password=None)
            assert key.public_key() != root(made).public_key()

    @pytest.mark.parametrize(
        "bad",
        [
            "", " ", ".", "*", "*.", "*.lan", "a.*.lan", "*a.lan", "*.*.lan", "a..b", "-a.lan", "a-.lan",
            "https://nas.lan", "nas.lan:8443", "nas.lan/x", "[::1]", "me@nas.lan", "my_nas", "a b", "a\nb",
            "x" * 64, ".".join(["abcdefghi"] * 26), "300.1.1.1", "127.1", "10.0.0.0/8", "fe80::1%eth0",
            "0.0.0" + ".0", "::", "224.0.0.1", "münchen.example", "\x1b[31mred", "\ud800", "nas.lan\0",
        ],
    )  # fmt: skip
    def test_bad_names_are_refused_in_one_line(self, tmp_path: Path, bad: str) -> None:
        folder = tmp_path / "certs"
        with pytest.raises(UnusableName) as refusal:
            make_certificates(folder, [bad])
        assert refusal.value.message.isprintable()
        assert len(refusal.value.message) < 250
        assert not folder.exists()

    def test_repeated_names_count_once(self, tmp_path: Path) -> None:
        made = make_certificates(tmp_path, ["nas.lan", "NAS.LAN", "0:0::1"], now=NOW)
        assert made.names == (*OWN, "nas.lan")


class TestWhatIsKept:
    def test_the_ca_goes_on_and_the_certificate_is_new(self, tmp_path: Path) -> None:
        first = make_certificates(tmp_path, ["nas.lan"], now=NOW)
        before = contents(tmp_path)
        second = make_certificates(tmp_path, [], now=NOW)
        after = contents(tmp_path)
        assert first.ca_made_because == "there was none"
        assert second.ca_made_because is None
        assert second.ca_name == first.ca_name
        assert second.names == OWN
        changed = {name for name in FILES if before[name] != after[name]}
        assert changed == {"server.crt", "server.key"}
        verify(second, "localhost")

    @pytest.mark.parametrize("name", ["radio.nas.lan", "*.nas.lan", "nas.lan"])
    def test_the_ca_goes_on_for_names_below_its_own(
        self, tmp_path: Path, name: str
    ) -> None:
        make_certificates(tmp_path, ["nas.lan"], now=NOW)
        made = make_certificates(tmp_path, [name], now=NOW)
        assert made.ca_made_because is None
        verify(made, name.replace("*", "any"))

    @pytest.mark.parametrize("name", ["pi.lan", "xnas.lan", "lan", "10.0.0.8", "::2"])
    def test_a_name_beyond_the_ca_makes_a_new_one(
        self, tmp_path: Path, name: str
    ) -> None:
        first = make_certificates(tmp_path, ["nas.lan", "10.0.0.7"], now=NOW)
        second = make_certificates(tmp_path, [name], now=NOW)
        assert second.ca_made_because == f"the old one is not for {name}"
        assert second.ca_name != first.ca_name
        verify(second, name)

    def test_nothing_is_done_if_all_is_well(self, tmp_path: Path) -> None:
        first = ensure_certificates(tmp_path, ["nas.lan"], now=NOW)
        before = contents(tmp_path)
        second = ensure_certificates(tmp_path, [], now=NOW + timedelta(300))
        assert (first.ca_made_because, first.made_because) == ("there was none",) * 2
        assert (second.ca_made_because, second.made_because) == (None, None)
        assert second.names == (*OWN, "nas.lan")
        assert contents(tmp_path) == before

    def test_a_certificate_that_nears_its_end_is_renewed_with_its_names(
        self, tmp_path: Path
    ) -> None:
        first = ensure_certificates(tmp_path, ["nas.lan"], now=NOW)
        later = first.expires - timedelta(days=30)
        assert (
            ensure_certificates(
                tmp_path, [], now=later - timedelta(seconds=1)
            ).made_because
            is None
        )
        renewed = ensure_certificates(tmp_path, [], now=later)
        assert (
            renewed.made_because == f"the old one expires on {first.expires:%Y-%m-%d}"
        )
        assert renewed.ca_made_because is None
        assert renewed.names == (*OWN, "nas.lan")
        verify(renewed, "nas.lan", later)

    def test_a_missing_name_is_added(self, tmp_path: Path) -> None:
        make_certificates(tmp_path, ["*.nas.lan"], now=NOW)
        made = ensure_certificates(tmp_path, ["radio.nas.lan"], now=NOW)
        assert made.made_because == "the old one is not for radio.nas.lan"
        assert made.ca_made_because is None
        assert made.names == (*OWN, "radio.nas.lan", "*.nas.lan")

    def test_a_certificate_never_outlives_its_ca(self, tmp_path: Path) -> None:
        ca = root(make_certificates(tmp_path, [], now=NOW)).not_valid_after_utc
        late = make_certificates(tmp_path, [], now=ca - timedelta(days=31))
        assert late.ca_made_because is None
        assert late.expires == ca
        verify(late, "localhost", ca - timedelta(days=1))
        last = ensure_certificates(tmp_path, [], now=ca - timedelta(days=30))
        assert last.ca_made_because == f"the old one expires on {ca:%Y-%m-%d}"
        assert last.made_because == "the old one is of another CA"
        gone = make_certificates(tmp_path, [], now=NOW + timedelta(9999))
        assert "expired" in str(gone.ca_made_because)

    def test_a_clock_that_is_behind_loses_nobody_their_ca(self, tmp_path: Path) -> None:
        make_certificates(tmp_path, [], now=NOW)
        before = contents(tmp_path)
        made = ensure_certificates(tmp_path, [], now=datetime(1970, 1, 2, tzinfo=UTC))
        assert (made.ca_made_because, made.made_because) == (None, None)
        assert contents(tmp_path) == before
        again = make_certificates(tmp_path, [], now=datetime(1970, 1, 2, tzinfo=UTC))
        assert again.ca_made_because is None
        verify(again, "localhost", NOW)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that belongs to the user of `without_privileges`."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() == 0:
            os.chown(name, NOBODY, NOBODY)
        yield Path(name)
        Path(name).chmod(0o700)


class TestFolders:
    @pytest.mark.parametrize("how", ["gone", "empty", "cut", "noise", "other"])
    @pytest.mark.parametrize("name", FILES)
    def test_a_damaged_file_is_replaced(
        self, tmp_path: Path, name: str, how: str
    ) -> None:
        folder, elsewhere = tmp_path / "certs", tmp_path / "other"
        first = make_certificates(folder, ["nas.lan"], now=NOW)
        if how == "other":
            make_certificates(elsewhere, ["nas.lan"], now=NOW)
        spoil(folder / name, how, elsewhere / name)
        made = ensure_certificates(folder, [], now=NOW)
        verify(made, "localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        assert (made.ca_made_because is None) == (name != "authority.pem" or how == "other")  # fmt: skip
        assert (made.made_because is None) == (name == "ca.crt")
        assert (made.ca_name == first.ca_name) == (name != "authority.pem")
        if name != "server.crt" or how == "other":
            assert "nas.lan" in made.names
        again = ensure_certificates(folder, [], now=NOW)
        assert (again.ca_made_because, again.made_because) == (None, None)

    @pytest.mark.parametrize(
        "key", [generate_private_key(SECP256R1()), Ed25519PrivateKey.generate()]
    )
    def test_a_ca_that_is_not_ours_is_not_used(
        self, tmp_path: Path, key: EllipticCurvePrivateKey | Ed25519PrivateKey
    ) -> None:
        """Without name constraints, as other tools make them."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elsewhere")])
        certificate = x509.CertificateBuilder(
            name, name, key.public_key(), 1, NOW, NOW + timedelta(days=999)
        ).sign(key, SHA256() if isinstance(key, EllipticCurvePrivateKey) else None)
        pem = certificate.public_bytes(Encoding.PEM) * 2
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "authority.pem").write_bytes(private + pem)
        (tmp_path / "server.crt").write_bytes(pem)
        made = ensure_certificates(tmp_path, [], now=NOW)
        assert made.ca_made_because == "the old one is damaged"
        verify(made, "localhost")

    def test_names_of_a_strange_certificate_cost_nobody_their_ca(
        self, tmp_path: Path
    ) -> None:
        make_certificates(tmp_path / "other", ["x.example"], now=NOW)
        make_certificates(tmp_path / "certs", [], now=NOW)
        strange = (tmp_path / "other" / "server.crt").read_bytes()
        (tmp_path / "certs" / "server.crt").write_bytes(strange)
        made = ensure_certificates(tmp_path / "certs", [], now=NOW)
        assert made.ca_made_because is None
        assert made.names == OWN

    @pytest.mark.parametrize("name", ["", "*", "*.lan", ".", "my_nas"])
    def test_a_new_ca_takes_over_no_name_that_could_not_be_asked_for(
        self, tmp_path: Path, name: str
    ) -> None:
        """An empty name constraint would permit every name there is."""
        key = generate_private_key(SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elsewhere")])
        builder = x509.CertificateBuilder(
            subject, subject, key.public_key(), 1, NOW, NOW + timedelta(days=999)
        ).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        pem = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
        (tmp_path / "server.crt").write_bytes(pem)
        assert ensure_certificates(tmp_path, [], now=NOW).names == OWN

    def test_a_flipped_bit_is_only_a_reason_for_a_new_certificate(
        self, tmp_path: Path
    ) -> None:
        make_certificates(tmp_path, [], now=NOW)
        whole = contents(tmp_path)
        for name, content in whole.items():
            for place in range(0, len(content), 151):
                spoiled = bytearray(content)
                spoiled[place] ^= 1
                (tmp_path / name).write_bytes(spoiled)
                verify(ensure_certificates(tmp_path, [], now=NOW), "localhost")
                for file, text in whole.items():
                    (tmp_path / file).write_bytes(text)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x03"),
            (b"\x06\x03\x55\x1d\x0e", b"\x06\x03\x55\x1d\x0f"),
            (b"\x82\x09localhost", b"\xa3\x09localhost"),
        ],
        ids=["no such version", "an extension twice", "a strange kind of name"],
    )
    def test_a_certificate_that_the_library_does_not_take(
        self, tmp_path: Path, old: bytes, new: bytes
    ) -> None:
        leaf, issuer = chain(make_certificates(tmp_path, [], now=NOW))
        whole = leaf.public_bytes(Encoding.DER)
        assert whole.count(old) == 1
        spoiled = ssl.DER_cert_to_PEM_cert(whole.replace(old, new))
        (tmp_path / "server.crt").write_bytes(
            spoiled.encode() + issuer.public_bytes(Encoding.PEM)
        )
        made = ensure_certificates(tmp_path, [], now=NOW)
        assert made.made_because == "the old one is damaged"
        assert made.ca_made_because is None

    def test_a_file_in_place_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "certs").touch()
        for folder in (tmp_path / "certs", tmp_path / "certs" / "deeper"):
            with pytest.raises(NotWritten, match=r"certs.* cannot be created"):
                make_certificates(folder, [])

    @pytest.mark.parametrize("name", FILES)
    def test_a_folder_in_place_of_a_file(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).mkdir()
        with pytest.raises(Unavailable, match=name):
            ensure_certificates(tmp_path, [])
        assert not list(tmp_path.glob(".unwrapped-*"))

    def test_a_folder_where_nothing_may_be_written(self, reachable: Path) -> None:
        reachable.chmod(0o555)
        with without_privileges():
            with pytest.raises(NotWritten, match=r"authority\.pem cannot be written"):
                make_certificates(reachable, [])
            with pytest.raises(NotWritten, match=r"new cannot be created"):
                make_certificates(reachable / "new", [])
        assert list(reachable.iterdir()) == []

    def test_a_folder_where_nothing_may_be_read(self, reachable: Path) -> None:
        reachable.chmod(0)
        with without_privileges(), pytest.raises(NotReadable, match="cannot be read"):
            make_certificates(reachable, [])

    def test_usable_certificates_need_no_writing(self, reachable: Path) -> None:
        with without_privileges():
            make_certificates(reachable, [], now=NOW)
            reachable.chmod(0o555)
            made = ensure_certificates(reachable, [], now=NOW)
        assert (made.ca_made_because, made.made_because) == (None, None)

    @pytest.mark.parametrize("name", FILES)
    def test_a_file_that_may_not_be_read_is_not_replaced(
        self, reachable: Path, name: str
    ) -> None:
        with without_privileges():
            make_certificates(reachable, [], now=NOW)
            before = contents(reachable)
            (reachable / name).chmod(0)
            with pytest.raises(NotReadable, match=name):
                ensure_certificates(reachable, [], now=NOW)
            (reachable / name).chmod(0o600)
            assert contents(reachable) == before

    def test_a_disk_that_is_full_leaves_what_was_there(self, tmp_path: Path) -> None:
        import resource

        make_certificates(tmp_path, [], now=NOW)
        before = contents(tmp_path)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            with pytest.raises(NotWritten, match=r"server\.key"):
                make_certificates(tmp_path, [], now=NOW)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert contents(tmp_path) == before

    def test_processes_that_begin_together_agree(self, tmp_path: Path) -> None:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            made = list(pool.map(ensure_certificates, [tmp_path] * 4, [["a.lan"]] * 4))
        assert len({each.ca_name for each in made}) == 1
        assert sum(each.made_because is not None for each in made) == 1
        assert set(contents(tmp_path)) == set(FILES)


def spoil(file: Path, how: str, other: Path) -> None:
    whole = file.read_bytes()
    if how == "gone":
        file.unlink()
    elif how == "other":
        file.write_bytes(other.read_bytes())
    else:
        spoiled = {
            "empty": b"",
            "cut": whole[: len(whole) // 2],
            "noise": b"\xff\0" * 99,
        }
        file.write_bytes(spoiled[how])


@contextmanager
def without_privileges() -> Iterator[None]:
    """Run without root's privileges, which allow writing anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
