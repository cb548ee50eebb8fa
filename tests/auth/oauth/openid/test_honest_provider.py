"""Valid answers of an OpenID Connect provider, in all their forms."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.oauth.openid.conftest import Identify
from tests.auth.oauth.openid.provider import CONFIGURATION, SUBJECT, Provider
from tests.auth.oauth.openid.tokens import Json, encoded, token
from tests.auth.oauth.openid.visitor import Visitor
from unwrapped.auth.models import LinkedAccount


async def test_somebody_signs_in(
    visitor: Visitor, provider: Provider, session: AsyncSession
) -> None:
    answer = await visitor.sign_in(next="/api/v1/auth/me")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/v1/auth/me")
    assert await visitor.username() == "WrenOmbstack"
    account = await session.scalar(select(LinkedAccount))
    assert account is not None
    assert (account.issuer, account.subject) == (provider.issuer, SUBJECT)
    assert set(provider.asked) == {CONFIGURATION, "token", "keys"}


def by_curve(its: Provider, claims: Json) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    at = key.public_key().public_numbers()
    x, y = encoded(at.x.to_bytes(32)), encoded(at.y.to_bytes(32))
    its.keys = {"keys": [{"kty": "EC", "crv": "P-256", "x": x, "y": y}]}

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return token({"alg": "ES256"}, claims, sign)


def by_edwards_curve(alg: str) -> Callable[[Provider, Json], str]:
    key = ed25519.Ed25519PrivateKey.generate()
    x = encoded(key.public_key().public_bytes_raw())
    shown = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "ed"}

    def made(its: Provider, claims: Json) -> str:
        its.keys = {"keys": [shown]}
        return token({"alg": alg, "kid": "ed"}, claims, key.sign)

    return made


TRUE: dict[str, Callable[[Provider, Json], str]] = {
    "no kid, one key": lambda its, claims: token(
        {"alg": "RS256"}, claims, its.key.sign
    ),
    "ES256": by_curve,
    "EdDSA": by_edwards_curve("EdDSA"),
    "Ed25519": by_edwards_curve("Ed25519"),
    "a member more in the header": lambda its, claims: token(
        its.key.header | {"x": 1}, claims, its.key.sign
    ),
    "a certificate in the header": lambda its, claims: token(
        its.key.header | {"x5t": "t", "x5c": ["M" * 2000] * 3}, claims, its.key.sign
    ),
    "aud a list": lambda its, claims: its.signed(claims | {"aud": ["unwrapped"]}),
    "aud shared with azp": lambda its, claims: its.signed(
        claims | {"aud": ["another", "unwrapped"], "azp": "unwrapped"}
    ),
    "times as floats": lambda its, claims: its.signed(
        claims | {"exp": claims["exp"] + 0.5, "iat": claims["iat"] - 0.5}
    ),
    "a clock that is fast": lambda its, claims: its.signed(
        claims | {"iat": claims["iat"] + 15, "nbf": claims["iat"] + 15}
    ),
    "claims that nobody knows": lambda its, claims: its.signed(
        claims | {"value": 1, "\ud800": [], "picture": "http://10.0.0.1/a.png"}
    ),
}


@pytest.mark.parametrize("made", TRUE.values(), ids=TRUE.keys())
async def test_a_valid_token_identifies_somebody(
    provider: Provider, identify: Identify, made: Callable[[Provider, Json], str]
) -> None:
    provider.id_token = lambda claims: made(provider, claims)
    assert (await identify()).subject == SUBJECT
    assert set(provider.asked) == {CONFIGURATION, "keys"}
