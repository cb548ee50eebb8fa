"""Metadata of providers with unsafe addresses, or with another issuer."""

from contextlib import suppress

from tests.attacks import attack
from tests.auth.oauth.openid.conftest import TurnedAway
from tests.auth.oauth.openid.provider import CONFIGURATION, Provider
from tests.auth.oauth.openid.visitor import Visitor
from unwrapped.auth.oauth.clients.client import OAuthClient
from unwrapped.shared.api_client import UnexpectedAnswer

ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "revocation_endpoint",
)
UNSAFE = [
    "http://accounts.example.org/token",
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "http://127.0.0.2:8000/",
    "https://127.0.0.2/",
    "https://127.0.0.2./",
    "https://127.2/",
    "https://0177.0.0.2/",
    "https://2130706434/",
    "https://0x7f000002/",
    "https://0x7f.2/",
    "https://0x7F.2/",
    "https://0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[fe80::1%25eth0]/",
    "https://localhost/",
    "http://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://accounts.example.org@10.0.0.1/",
    "https://accounts.example.org\\@10.0.0.1/",
    "https://\uff11\uff12\uff17.\uff10.\uff10.\uff12/",
    "https://127\u30020\u30020\u30022/",
    "https://\u2460\u2461\u2466.2/",
    "https://[::1",
    "https://",
    "https:///token",
    "https:accounts.example.org",
    "//accounts.example.org/token",
    "/token",
    "token",
    "",
    "javascript:alert(document.domain)",
    "data:text/html,token",
    "file:///etc/passwd",
    "ftp://accounts.example.org/",
    "unix:///run/docker.sock",
]


@attack(32, "unsafe-address")
async def test_no_unsafe_address_is_called(
    provider: Provider, turned_away: TurnedAway
) -> None:
    provider.metadata["token_endpoint"] = UNSAFE[0]
    answer = await turned_away()
    assert (answer.status_code, answer.json()["code"]) == (502, "unexpected_answer")
    assert provider.asked == [CONFIGURATION]


@attack(32, "unsafe-address")
async def test_every_unsafe_address_is_refused(
    provider: Provider, oauth_client: OAuthClient
) -> None:
    accepted = []
    for address in UNSAFE:
        provider.metadata["token_endpoint"] = address
        with suppress(UnexpectedAnswer):
            accepted.append(await oauth_client.endpoints())
    assert accepted == []
    assert provider.asked == [CONFIGURATION] * len(UNSAFE)


@attack(32, "unsafe-endpoint")
async def test_no_endpoint_may_be_unsafe(
    provider: Provider, oauth_client: OAuthClient
) -> None:
    honest, accepted = provider.metadata, []
    for endpoint in ENDPOINTS:
        provider.metadata = honest | {endpoint: "http://169.254.169.254/"}
        with suppress(UnexpectedAnswer):
            accepted.append((endpoint, await oauth_client.endpoints()))
    assert accepted == []


@attack(6, "another-name")
async def test_the_issuer_in_the_metadata_must_be_the_one_of_the_settings(
    provider: Provider, oauth_client: OAuthClient
) -> None:
    own, accepted = provider.issuer, []
    others = ("https://accounts.example.org", f"{own}/", f"{own} ", f"{own}#", "")
    for name in (*others, None, [own], {own: 1}):
        provider.metadata["issuer"] = name
        with suppress(UnexpectedAnswer):
            accepted.append((name, await oauth_client.endpoints()))
    assert accepted == []


@attack(36, "line-end-in-metadata")
async def test_a_line_end_in_the_metadata_gets_into_no_header(
    visitor: Visitor, provider: Provider
) -> None:
    provider.metadata["authorization_endpoint"] += "\r\nSet-Cookie: a=b"
    answer = await visitor.ask()
    assert "a" not in answer.cookies
    for _, value in answer.headers.raw:
        assert not {*b"\r\n"} & {*value}


async def test_a_provider_may_have_several_hosts(
    visitor: Visitor, provider: Provider
) -> None:
    provider.metadata["authorization_endpoint"] = "https://login.example.org/a?b=c"
    location = await visitor.begin()
    assert location.startswith("https://login.example.org/a?b=c&response_type=code&")


async def test_metadata_and_keys_are_requested_once(
    visitor: Visitor, provider: Provider
) -> None:
    for _ in range(3):
        assert (await visitor.sign_in()).status_code == 303
    assert provider.asked.count(CONFIGURATION) == 1
    assert provider.asked.count("keys") == 1
    assert provider.asked.count("token") == 3
