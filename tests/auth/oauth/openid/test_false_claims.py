"""id_tokens with false claims, signed by the right key: nobody gets in."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from tests.attacks import attack
from tests.auth.oauth.openid.conftest import Identify, TurnedAway
from tests.auth.oauth.openid.provider import Provider
from tests.auth.oauth.openid.tokens import Json, SigningKey, token
from unwrapped.auth.oauth.errors import SignInRefused

type Change = Callable[[Json], object]

LONG_AGO, FAR_OFF = 1_000_000_000, 32_503_680_000


def says(**members: object) -> Change:
    """Replace these claims."""
    return lambda claims: claims | members


def lacks(name: str) -> Change:
    """Leave one claim out."""
    return lambda claims: {k: v for k, v in claims.items() if k != name}


def wrote(name: str, value: str) -> Change:
    """Write a claim as JSON that a library reads, but would not write."""
    return lambda claims: (
        json.dumps(claims | {name: "@"}).replace('"@"', value).encode()
    )


def soon(claims: Json) -> Json:
    return claims | {"nbf": time.time() + 120}


def times_of(name: str) -> dict[str, Change]:
    """Values of a claim that are not valid times."""
    return {
        f"{name} missing": lacks(name),
        f"{name} null": says(**{name: None}),
        f"{name} a text": says(**{name: str(FAR_OFF if name == "exp" else LONG_AGO)}),
        f"{name} true": says(**{name: True}),
        f"{name} a list": says(**{name: [FAR_OFF]}),
        f"{name} NaN": wrote(name, "NaN"),
        f"{name} infinite": wrote(name, "Infinity"),
        f"{name} minus infinite": wrote(name, "-Infinity"),
        f"{name} beyond a float": wrote(name, "1e999"),
        f"{name} of 5000 digits": wrote(name, "1" * 5000),
    }


FALSE: dict[str, Change] = {
    "iss another": says(iss="https://accounts.example.org"),
    "iss with a slash more": lambda claims: claims | {"iss": claims["iss"] + "/"},
    "iss in capitals": lambda claims: claims | {"iss": claims["iss"].upper()},
    "iss with a blank": lambda claims: claims | {"iss": claims["iss"] + " "},
    "iss a list": lambda claims: claims | {"iss": [claims["iss"]]},
    "iss null": says(iss=None),
    "iss missing": lacks("iss"),
    "aud another": says(aud="another-client"),
    "aud missing": lacks("aud"),
    "aud empty": says(aud=[]),
    "aud a number": says(aud=1),
    "aud a list of others": says(aud=["another-client", "a-third"]),
    "aud a list of lists": says(aud=[["unwrapped"]]),
    "aud an object": says(aud={"unwrapped": 1}),
    "aud in part": says(aud="unwrapped-too"),
    "aud shared, azp another": says(aud=["unwrapped", "another"], azp="another"),
    "aud shared, azp missing": says(aud=["unwrapped", "another"]),
    "aud shared, azp a list": says(aud=["unwrapped", "another"], azp=["unwrapped"]),
    "aud ours, azp another": says(azp="another"),
    "aud ours, azp null": says(azp=None),
    "nonce another": says(nonce="n" * 43),
    "nonce missing": lacks("nonce"),
    "nonce null": says(nonce=None),
    "nonce empty": says(nonce=""),
    "nonce true": says(nonce=True),
    "nonce of an object": says(nonce={}),
    "sub missing": lacks("sub"),
    "sub null": says(sub=None),
    "sub empty": says(sub=""),
    "sub a blank": says(sub=" "),
    "sub a number": says(sub=1),
    "sub true": says(sub=True),
    "sub a list": says(sub=["subject-of-wren"]),
    "sub of 300 letters": says(sub="s" * 300),
    "sub with a NUL": says(sub="wren\0"),
    "sub with a line end": says(sub="wren\n"),
    "sub no ASCII": says(sub="wr\u0435n"),
    "sub a surrogate": says(sub="\ud800"),
    "a list": lambda claims: [claims],
    "a text": lambda claims: "claims",
    "null": lambda claims: None,
    "half": lambda claims: json.dumps(claims)[:-1].encode(),
    "nothing": lambda claims: b"",
    "no UTF-8": lambda claims: b'{"sub":"\xff"}',
    "deep": lambda claims: b"[" * 50_000,
}


FALSE_TIMES: dict[str, Change] = {
    "exp past": says(exp=LONG_AGO),
    "exp nought": says(exp=0),
    "nbf in the future": soon,
    "nbf NaN": wrote("nbf", "NaN"),
    "nbf a text": says(nbf="0"),
    "iat in the future": lambda claims: claims | {"iat": claims["exp"]},
    **times_of("exp"),
    **times_of("iat"),
}


@attack(8, "false-claims")
async def test_nobody_gets_in_by_false_claims(
    provider: Provider, turned_away: TurnedAway
) -> None:
    for name in ("nonce another", "sub a surrogate"):
        provider.id_token = partial(changed_token, provider.key, FALSE[name])
        answer = await turned_away()
        assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")


@attack(8, "false-claims")
async def test_no_false_claims_are_accepted(
    provider: Provider, identify: Identify
) -> None:
    accepted = []
    for name, change in (FALSE | FALSE_TIMES).items():
        provider.id_token = partial(changed_token, provider.key, change)
        with suppress(SignInRefused):
            accepted.append((name, await identify()))
    assert accepted == []


def changed_token(key: SigningKey, change: Change, claims: Json) -> str:
    """A token with changed claims, signed by the provider's key."""
    return token(key.header, change(claims), key.sign)


@attack(8, "swapped-subject")
@pytest.mark.parametrize(
    "reply",
    [
        {"sub": "somebody-else"},
        {"name": "Wren"},
        {"sub": None},
        {"sub": ["subject-of-wren"]},
    ],
    ids=["another", "none", "null", "list"],
)
async def test_nobody_gets_in_if_userinfo_has_another_subject(
    provider: Provider, identify: Identify, reply: Json
) -> None:
    provider.claims = {}
    provider.userinfo = reply
    with pytest.raises(SignInRefused):
        await identify()
    assert "userinfo" in provider.asked
