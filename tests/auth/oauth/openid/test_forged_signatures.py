"""id_tokens that the provider's key did not sign for this use: nobody gets in."""

from collections.abc import Callable
from functools import partial

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.responses import JSONResponse

from tests.attacks import attack
from tests.auth.oauth.openid.conftest import Identify, TurnedAway
from tests.auth.oauth.openid.provider import Provider
from tests.auth.oauth.openid.tokens import (
    Json,
    encoded,
    hmac_by,
    rsa_key,
    token,
    unsigned,
    written,
)
from unwrapped.auth.oauth.clients.client import OAuthClient
from unwrapped.auth.oauth.errors import SignInRefused
from unwrapped.shared.api_client import UnexpectedAnswer

type Forge = Callable[[Provider, Json], object]


def headed(**header: object) -> Forge:
    """A token with another header, signed by the right key."""
    return lambda its, claims: token(its.key.header | header, claims, its.key.sign)


def foreign(**header: object) -> Forge:
    """A token with this header, signed by a key that is not the provider's."""
    return lambda its, claims: token(
        its.key.header | header, claims, rsa_key("another").sign
    )


def bringing_its_key(**header: object) -> Forge:
    """The same, with the key that verifies it in the header."""

    def forge(its: Provider, claims: Json) -> object:
        return foreign(**header, jwk=rsa_key("another").jwk)(its, claims)

    return forge


def by_public_key(encoding: Encoding) -> Forge:
    """A token that is signed by HMAC with the public key as the secret."""
    return lambda its, claims: token(
        its.key.header | {"alg": "HS256"}, claims, hmac_by(its.key.public(encoding))
    )


def by_client_secret(its: Provider, claims: Json) -> str:
    sign = hmac_by(its.client_secret.encode())
    return token({"alg": "HS256", "typ": "JWT"}, claims, sign)


def without_signature(alg: object, **header: object) -> Forge:
    return lambda its, claims: token(
        its.key.header | {"alg": alg} | header, claims, unsigned
    )


def stripped(its: Provider, claims: Json) -> str:
    return its.signed(claims).rpartition(".")[0] + "."


def of_other_claims(its: Provider, claims: Json) -> str:
    """The claims of one token, with the signature of another."""
    header, _, signature = its.signed(claims).split(".")
    return f"{header}.{written(claims | {'sub': 'somebody-else'})}.{signature}"


def of_other_header(its: Provider, claims: Json) -> str:
    """A signed token whose header has been replaced."""
    _, payload, signature = its.signed(claims).split(".")
    return f"{written(its.key.header | {'x': 1})}.{payload}.{signature}"


def nested(its: Provider, claims: Json) -> str:
    """An honest token inside another one."""
    return token(its.key.header | {"cty": "JWT"}, its.signed(claims), its.key.sign)


def encrypted(its: Provider, claims: Json) -> str:
    header = written({"alg": "dir", "enc": "A128GCM", "kid": its.key.kid})
    return f"{header}..{encoded(b'i' * 12)}.{written(claims)}.{encoded(b't' * 16)}"


def deep(its: Provider, claims: Json) -> str:
    return token(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, claims, its.key.sign)


KNOWN = {
    "The provider's statement of who signed in cannot be trusted.",
    "The sign-in is signed with an unknown key.",
}
"""The message does not say which check failed, which would only help forgers."""

ELSEWHERE = "http://169.254.169.254/keys"

FORGED: dict[str, Forge] = {
    "alg none": without_signature("none"),
    "alg nOnE": without_signature("nOnE"),
    "alg none, with a signature": headed(alg="none"),
    "alg empty": without_signature(""),
    "alg null": without_signature(None),
    "alg a list": without_signature(["RS256"]),
    "no signature": without_signature("RS256"),
    "signature cut off": stripped,
    "HS256 by the public key, PEM": by_public_key(Encoding.PEM),
    "HS256 by the public key, DER": by_public_key(Encoding.DER),
    "HS256 by the client's secret": by_client_secret,
    "HS256 in name only": headed(alg="HS256"),
    "RS512 in name only": headed(alg="RS512"),
    "PS256 in name only": headed(alg="PS256"),
    "ES256 by an RSA key": headed(alg="ES256"),
    "another key, same kid": foreign(),
    "another key, its own kid": foreign(kid="another"),
    "another key, no kid": foreign(kid=None),
    "another key in the header": bringing_its_key(kid="another"),
    "another key in the header, same kid": bringing_its_key(),
    "another key's address": foreign(jku=ELSEWHERE),
    "another certificate's address": foreign(x5u=ELSEWHERE),
    "another certificate": foreign(x5c=["MIIB"]),
    "kid a path": foreign(kid="../../../../../dev/null"),
    "kid an address": foreign(kid=ELSEWHERE),
    "kid of SQL": foreign(kid="one' OR '1'='1"),
    "kid a number": headed(kid=1),
    "kid a list": headed(kid=["one"]),
    "kid an object": headed(kid={"one": 1}),
    "kid unknown": headed(kid="two"),
    "crit": headed(crit=["exp"], exp=1),
    "crit unknown": headed(crit=["http://example.org/x"]),
    "crit empty": headed(crit=[]),
    "crit of no list": headed(crit="exp"),
    "b64 false": headed(b64=False, crit=["b64"]),
    "an access token": headed(typ="at+jwt"),
    "an access token, in full": headed(typ="application/at+jwt"),
    "a token of another kind": headed(typ="logout+jwt"),
    "typ a list": headed(typ=["JWT"]),
    "claims of another token": of_other_claims,
    "header of another token": of_other_header,
    "nested": nested,
    "encrypted": encrypted,
    "deep header": deep,
    "header a list": lambda its, claims: token([its.key.header], claims, its.key.sign),
    "header no JSON": lambda its, claims: token(b"{", claims, its.key.sign),
    "header no UTF-8": lambda its, claims: token(b'"\xff"', claims, its.key.sign),
    "nothing": lambda its, claims: "",
    "one part": lambda its, claims: "token",
    "two dots": lambda its, claims: "..",
    "four parts": lambda its, claims: its.signed(claims) + ".x",
    "no base64": lambda its, claims: "!.!.!",
    "no ASCII": lambda its, claims: its.signed(claims) + "\u00e9",
    "a surrogate": lambda its, claims: its.signed(claims) + "\ud800",
    "a line more": lambda its, claims: its.signed(claims) + "\n",
}


@attack(8, "forged-id-token")
async def test_nobody_gets_in_by_a_forged_token(
    provider: Provider, turned_away: TurnedAway
) -> None:
    provider.id_token = partial(foreign(), provider)
    answer = await turned_away()
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert answer.json()["detail"] in KNOWN


@attack(8, "forged-id-token")
async def test_no_forged_token_is_accepted(
    provider: Provider, identify: Identify
) -> None:
    refusals: dict[str, str | None] = dict.fromkeys(FORGED)
    for name, forge in FORGED.items():
        provider.id_token = partial(forge, provider)
        try:
            await identify()
        except SignInRefused as refusal:
            refusals[name] = refusal.message
    assert {name: said for name, said in refusals.items() if said not in KNOWN} == {}


@attack(8, "no-id-token")
@pytest.mark.parametrize(
    ("members", "status"),
    [({"id_token": None}, 400), ({"id_token": 1}, 502)],
    ids=str,
)
async def test_nobody_gets_in_by_an_answer_without_tokens(
    provider: Provider, turned_away: TurnedAway, members: Json, status: int
) -> None:
    provider.tokens = members
    assert (await turned_away()).status_code == status


@pytest.mark.parametrize(
    "members",
    [
        {"id_token": ["a.b.c"]},
        {"token_type": "mac"},
        {"token_type": None},
        {"token_type": ["Bearer"]},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "x" * 20_000},
        {"expires_in": -1},
        {"expires_in": "soon"},
        {"refresh_token": {}},
    ],
    ids=str,
)
async def test_an_unusable_answer_of_the_token_endpoint_is_refused(
    provider: Provider, oauth_client: OAuthClient, members: Json
) -> None:
    answer = {"access_token": "a", "token_type": "Bearer", "id_token": "t"} | members
    provider.answers["token"] = lambda: JSONResponse(answer)
    with pytest.raises(UnexpectedAnswer):
        await oauth_client.exchange_code_for_token("code", "verifier")
