"""The keys of a provider are requested seldom, whatever its answers and requests are."""

import asyncio
import gc
from collections.abc import Callable
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.attacks import attack
from tests.auth.logs import written_log
from tests.auth.oauth.openid.conftest import Identify, TurnedAway
from tests.auth.oauth.openid.provider import CONFIGURATION, SUBJECT, Provider
from tests.auth.oauth.openid.tokens import (
    Json,
    SigningKey,
    encoded,
    hmac_by,
    rsa_key,
    token,
)
from unwrapped.auth.oauth.clients.openid import KEYS_ASKED_SECONDS, Kept
from unwrapped.auth.oauth.errors import SignInRefused
from unwrapped.core.config import Settings
from unwrapped.shared.api_client import UnexpectedAnswer

FLOOD = 30


@attack(8, "unknown-kid-flood")
async def test_unknown_keys_do_not_cause_a_request_each_time(
    provider: Provider, identify: Identify
) -> None:
    kids = (f"unknown-{number}" for number in count())
    provider.id_token = lambda claims: token(
        provider.key.header | {"kid": next(kids)}, claims, provider.key.sign
    )

    async def refused() -> None:
        with pytest.raises(SignInRefused):
            await identify()

    await asyncio.gather(*(refused() for _ in range(FLOOD)))
    for _ in range(3):
        await refused()
    assert provider.asked.count("keys") <= 2
    assert provider.asked.count(CONFIGURATION) == 1


class Source:
    """Counts its requests; can be set to fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def __call__(self) -> int:
        self.asked += 1
        await self.goes_on.wait()
        if self.fails:
            raise SignInRefused("not now")
        return self.asked


async def test_a_cached_value_is_requested_again_when_it_is_too_old() -> None:
    source = Source()
    kept = Kept(source)
    assert [await kept.get() for _ in range(3)] == [1, 1, 1]
    assert await kept.get(at_most_old=KEYS_ASKED_SECONDS) == 1
    # Simulates that the seconds have passed.
    assert await kept.get(at_most_old=-1) == 2
    assert await kept.get(at_most_old=KEYS_ASKED_SECONDS) == 2


async def test_all_who_wait_share_one_request() -> None:
    source = Source()
    source.goes_on.clear()
    kept = Kept(source)
    waiting = [asyncio.create_task(kept.get(at_most_old=-1)) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    source.goes_on.set()
    first, *others = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert others == [1] * 19


async def test_a_failure_is_not_cached() -> None:
    source = Source()
    source.fails = True
    kept = Kept(source)
    for _ in range(2):
        with pytest.raises(SignInRefused):
            await kept.get()
    source.fails = False
    assert await kept.get() == 3


def nonsense(number: int) -> list[object]:
    """Invalid and foreign keys, a number of each."""
    kinds: list[object] = [
        None,
        "key",
        {},
        {"kty": "RSA"},
        {"kty": "RSA", "n": "!", "e": 1, "kid": "one"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "one"},
        {"kty": "OKP", "crv": "X448", "x": "", "kid": "one"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "one"},
        {"kty": "quantum", "kid": "one"},
        {"kty": ["RSA"], "kid": {}},
        rsa_key("one").jwk | {"use": "enc", "n": rsa_key("another").jwk["n"]},
        rsa_key("one").jwk | {"e": ""},
    ]
    return kinds * number


async def test_the_key_is_found_among_nonsense(
    provider: Provider, identify: Identify
) -> None:
    provider.keys = {"keys": [*nonsense(5), provider.key.jwk, None], "more": {}}
    assert (await identify()).subject == SUBJECT


UNFIT: dict[str, Callable[[Json], object]] = {
    "no keys": lambda jwk: {"keys": []},
    "keys no list": lambda jwk: {"keys": jwk},
    "keys null": lambda jwk: {"keys": None},
    "no set": lambda jwk: jwk,
    "a list": lambda jwk: [jwk],
    "nonsense alone": lambda jwk: {"keys": nonsense(5)},
    "for encryption": lambda jwk: {"keys": [jwk | {"use": "enc"}]},
    "for another alg": lambda jwk: {"keys": [jwk | {"alg": "PS256"}]},
    "10000 keys": lambda jwk: {"keys": [jwk] * 10_000},
    "behind a thousand others": lambda jwk: {
        "keys": [*({"kid": str(n)} for n in range(1000)), jwk]
    },
    "under another kid": lambda jwk: {"keys": [jwk | {"kid": "two"}]},
    "without a kid": lambda jwk: {"keys": [{k: jwk[k] for k in ("kty", "n", "e")}]},
    "another under the same kid": lambda jwk: {
        "keys": [rsa_key("another").jwk | {"kid": "one"}, jwk]
    },
}


@attack(8, "unfit-keys")
@pytest.mark.parametrize("keys", UNFIT.values(), ids=UNFIT.keys())
async def test_nobody_is_identified_without_the_key(
    provider: Provider, identify: Identify, keys: Callable[[Json], object]
) -> None:
    provider.keys = keys(provider.key.jwk)
    with pytest.raises((SignInRefused, UnexpectedAnswer)):
        await identify()


@attack(8, "small-key")
async def test_a_key_that_is_too_short_is_refused(
    provider: Provider, turned_away: TurnedAway
) -> None:
    provider.key = SigningKey("one", generate_private_key(65537, 1024))  # noqa: S505 - the attack
    provider.keys = {"keys": [provider.key.jwk]}
    assert (await turned_away()).status_code == 400


@attack(8, "published-secret")
async def test_a_shared_secret_among_the_keys_is_refused(
    provider: Provider, identify: Identify
) -> None:
    secret = b"that everybody can read, 32 bytes"
    shown = {"kty": "oct", "k": encoded(secret), "kid": "one", "alg": "HS256"}
    provider.keys = {"keys": [shown]}
    provider.id_token = lambda claims: token(
        {"alg": "HS256", "typ": "JWT", "kid": "one"}, claims, hmac_by(secret)
    )
    with pytest.raises(SignInRefused):
        await identify()


async def test_a_failure_that_nobody_waits_for_logs_no_traceback(
    settings: Settings,
) -> None:
    source = Source()
    source.fails = True
    source.goes_on.clear()
    waiting = asyncio.create_task(Kept(source).get())
    await asyncio.sleep(0)
    waiting.cancel()
    with written_log(settings) as log:
        await asyncio.wait([waiting])
        source.goes_on.set()
        await asyncio.sleep(0.01)
        del waiting
        gc.collect()
    assert log.text == ""
