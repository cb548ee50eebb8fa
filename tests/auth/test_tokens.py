"""Tokens that attackers make: all are refused in the very same words."""

import base64
import json
import math
from collections.abc import Callable
from itertools import product

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.attacks import attack
from tests.auth.factories import sign_in
from tests.auth.tokens import Forge, segment, signed
from unwrapped.auth.sessions.caller_lookup import COOKIE_SECRET, PERSONAL_TOKEN
from unwrapped.auth.sessions.refreshing import REFRESH_TOKEN
from unwrapped.core.process_resources import Resources

ME = "/api/v1/auth/me"
PAST, FUTURE = 1_000_000_000, 4_102_444_800
ODD = (math.nan, math.inf, -math.inf)
MISSING = ("iss", "aud", "exp", "iat", "sub", "sid", "typ", "kid", "alg")

BAD_CLAIMS: dict[str, tuple[object, ...]] = {
    "exp": (PAST, 0, -1, -(10**40), True, "", "soon", str(FUTURE), [FUTURE], {}, *ODD),
    "iat": (FUTURE, 10**400, "now", str(PAST), [PAST], {}, *ODD),
    "nbf": (FUTURE, 10**400, "now", str(PAST), [PAST], {}, *ODD),
    "aud": ("other", "", "Unwrapped", 1, {"unwrapped": 1}, ["unwrapped"], ["other"]),
    "iss": ("other", "", "Unwrapped", 1, {"unwrapped": 1}, ["unwrapped"]),
    "sub": (
        *("", "0", "-1", "01", "1 ", "1\n", "+1", "1.0", "1e3", "1 OR 1=1", "\x00"),
        *("\u0661", "\u00b2", "\ud800", "9" * 19, "9" * 5000, 1, 1.5, True, ["1"], {}),
    ),
    "sid": (
        *("", "x", "\x00", "\ud800", "0" * 31, "0" * 5000, 1, True, ["x"], {}),
        "13ef0698-2003-4811-a6f9-0cf19e40b1c2",
    ),
}
BAD_HEADERS: dict[str, tuple[object, ...]] = {
    "kid": (
        *("", "k2", "K1", "../../dev/null", "' OR 1=1 --", "k" * 9999, "\ud800"),
        *(None, 1, ["k1"], {"k1": 1}),
    ),
    "typ": ("", "JWT", "AT+JWT", "at+jwt ", "rt+jwt", None, 1, ["at+jwt"]),
    "alg": (
        *("", "HS384", "HS512", "RS256", "ES256", "hs256", "A" * 9999),
        *(None, 1, ["HS256"], {"HS256": 1}),
    ),
    "crit": (["exp"], ["b64"], ["unknown"], [], "exp", 1, None),
    "b64": (False,),
}

type Forgery = Callable[[Forge], str]


@pytest.fixture
async def forge(resources: Resources) -> Forge:
    """Forges tokens for the session of a user."""
    ada = await sign_in(resources)
    own = ada.headers["Authorization"].removeprefix("Bearer ")
    claims = resources.signer.verify_token(own)
    return Forge(resources.signer, claims.user_id, claims.session_id)


async def answer_to(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.get(ME, headers={"Authorization": f"Bearer {token}"})


async def assert_refused(client: httpx2.AsyncClient, *tokens: str) -> None:
    nobody = await client.get(ME)
    for number, token in enumerate(tokens):
        answer = await answer_to(client, token)
        assert answer.status_code == nobody.status_code == 401, number
        assert answer.content == nobody.content, number
        for name in ("Content-Type", "WWW-Authenticate"):
            assert answer.headers[name] == nobody.headers[name], number


async def test_a_correct_token_made_by_hand_is_accepted(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    answer = await answer_to(client, forge.token())
    assert answer.status_code == 200, "the attacks below would prove nothing"


async def test_the_refusal_is_a_problem_that_asks_for_a_token(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get(ME)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_token"


@attack(13, "member-missing")
async def test_a_token_must_have_every_member(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    await assert_refused(client, *(forge.token(without=one) for one in MISSING))


@attack(13, "bad-claim")
async def test_a_claim_must_be_as_the_service_writes_it(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    for claim, values in BAD_CLAIMS.items():
        tokens = (forge.token(claims={claim: value}) for value in values)
        await assert_refused(client, *tokens)


@attack(13, "bad-header")
async def test_a_header_must_be_as_the_service_writes_it(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    for member, values in BAD_HEADERS.items():
        tokens = (forge.token(header={member: value}) for value in values)
        await assert_refused(client, *tokens)


@attack(13, "other-algorithm")
async def test_only_the_algorithm_of_the_settings_is_accepted(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    await assert_refused(
        client,
        *(
            forge.token(header={"alg": said}, algorithm=used)
            for said, used in product(("HS256", "HS384", "HS512"), ("HS384", "HS512"))
        ),
    )


@attack(13, "unsigned")
async def test_a_token_must_be_signed(client: httpx2.AsyncClient, forge: Forge) -> None:
    spellings = ("none", "None", "nOnE", "NONE", "none ", "", None)
    await assert_refused(client, *map(forge.unsigned, spellings))


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


@attack(13, "own-keys")
async def test_keys_inside_a_token_are_not_used(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    own = rsa.generate_private_key(65537, 2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key()))
    secret = base64.urlsafe_b64encode(b"s" * 32).decode()
    for brought in (
        {"jwk": public},
        {"jku": "https://attacker.example/keys.json"},
        {"x5u": "https://attacker.example/cert.pem"},
        {"x5c": [base64.b64encode(public_pem(own)).decode()]},
    ):
        header = forge.header | brought | {"alg": "RS256"}
        await assert_refused(
            client, jwt.encode(forge.claims, own, algorithm="RS256", headers=header)
        )
    brought_secret = {"jwk": {"kty": "oct", "k": secret, "kid": forge.kid}}
    await assert_refused(client, forge.token(header=brought_secret, key=b"s" * 32))
    pem = public_pem(own)
    for algorithm in ("HS256", "RS256"):
        header = forge.header | {"alg": algorithm}
        await assert_refused(client, signed(header, forge.claims, pem, "HS256"))


def changed(token: str) -> str:
    """Change the first letter of the signature: the last one has unused bits."""
    reply, _, signature = token.rpartition(".")
    return f"{reply}.{'B' if signature.startswith('A') else 'A'}{signature[1:]}"


GARBAGE: dict[str, Forgery] = {
    "nothing": lambda forge: "",
    "dots": lambda forge: "..",
    "five parts": lambda forge: "a.b.c.d.e",
    "no base64": lambda forge: "!!!.???.***",
    "two parts": lambda forge: forge.token().rpartition(".")[0],
    "four parts": lambda forge: forge.token() + ".x",
    "no signature": lambda forge: forge.token().rpartition(".")[0] + ".",
    "another signature": lambda forge: changed(forge.token()),
    "a cut signature": lambda forge: forge.token()[:-8],
    "another key": lambda forge: forge.token(key=b"x" * 32),
    "an empty key": lambda forge: signed(forge.header, forge.claims, b"", "HS256"),
    "the id as key": lambda forge: forge.token(key=forge.kid.encode()),
    "claims of another": lambda forge: ".".join(
        [
            forge.token().split(".")[0],
            segment(forge.claims | {"sub": "1"}),
            forge.token().split(".")[2],
        ]
    ),
    "header is a list": lambda forge: signed([], forge.claims, forge.key, "HS256"),
    "header is a text": lambda forge: signed("x", forge.claims, forge.key, "HS256"),
    "header is no JSON": lambda forge: signed(b"{", forge.claims, forge.key, "HS256"),
    "header is no UTF-8": lambda forge: signed(b"\xff", {}, forge.key, "HS256"),
    "header is deep": lambda forge: signed(b"[" * 45_000, {}, forge.key, "HS256"),
    "header is deep in objects": lambda forge: signed(
        b'{"a":' * 9_000, {}, forge.key, "HS256"
    ),
    "header has a huge number": lambda forge: signed(
        b'{"kid":' + b"9" * 5000 + b"}", {}, forge.key, "HS256"
    ),
    "claims are a list": lambda forge: signed(forge.header, [], forge.key, "HS256"),
    "claims are null": lambda forge: signed(forge.header, None, forge.key, "HS256"),
    "claims are no JSON": lambda forge: signed(forge.header, b"{", forge.key, "HS256"),
    "claims are deep": lambda forge: signed(
        forge.header, b"[" * 45_000, forge.key, "HS256"
    ),
    "claims are no UTF-8": lambda forge: signed(
        forge.header, b"\xff", forge.key, "HS256"
    ),
    "huge": lambda forge: forge.token(claims={"more": "x" * 1_000_000}, key=b"x" * 32),
    "huge in garbage": lambda forge: "x" * 1_000_000,
    "a million dots": lambda forge: "." * 1_000_000,
    "a NUL": lambda forge: forge.token() + "\x00",
    "a space within": lambda forge: forge.token().replace(".", " .", 1),
}


@attack(13, "garbage")
async def test_garbage_is_refused(client: httpx2.AsyncClient, forge: Forge) -> None:
    await assert_refused(client, *(forgery(forge) for forgery in GARBAGE.values()))


async def test_a_token_needs_the_bearer_scheme(
    client: httpx2.AsyncClient, forge: Forge, subtests: pytest.Subtests
) -> None:
    refusal = (await client.get(ME)).content
    for header in (
        *("", "Bearer", "Bearer ", "Basic {}", "Token {}", "{}"),
        *("Bearer Bearer {}", "Bearer,{}"),
    ):
        with subtests.test(header):
            answer = await client.get(
                ME, headers={"Authorization": header.format(forge.token())}
            )
            assert (answer.status_code, answer.content) == (401, refusal)


async def test_a_token_is_accepted_only_in_its_header(
    client: httpx2.AsyncClient, forge: Forge
) -> None:
    token = forge.token()
    in_query = await client.get(ME, params={"access_token": token, "token": token})
    in_cookie = await client.get(ME, headers={"Cookie": f"access_token={token}"})
    # An unknown parameter is refused before anybody asks who is calling.
    assert (in_query.status_code, in_cookie.status_code) == (422, 401)


@attack(13, "session-of-another")
async def test_a_session_authenticates_only_its_own_user(
    client: httpx2.AsyncClient, resources: Resources, forge: Forge
) -> None:
    other = await sign_in(resources)
    await assert_refused(client, forge.token(claims={"sub": str(other.id)}))


@attack(14, "another-kind-of-token")
async def test_a_token_of_another_kind_is_no_access_token(
    client: httpx2.AsyncClient,
) -> None:
    kinds = (REFRESH_TOKEN, COOKIE_SECRET, PERSONAL_TOKEN)
    await assert_refused(client, *(kind.create() for kind in kinds))
