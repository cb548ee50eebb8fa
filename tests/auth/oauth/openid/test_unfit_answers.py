"""Providers whose answers cannot be read, or do not end: nobody gets in, nothing gets out."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable

import pytest

from tests.attacks import attack
from tests.auth.logs import Written
from tests.auth.oauth.openid.answers import (
    FAILING,
    UNFIT,
    Huge,
    bomb,
    dripping,
    packed,
    silent,
)
from tests.auth.oauth.openid.conftest import PATIENCE_SECONDS, Identify, TurnedAway
from tests.auth.oauth.openid.provider import (
    CONFIGURATION,
    SAYS,
    SUBJECT,
    Answer,
    Provider,
    ProviderServer,
)
from tests.auth.oauth.openid.visitor import Visitor, set_up
from tests.cli.service import free_port
from tests.conftest import Configure, MakeClient
from unwrapped.auth.oauth.clients.client import Identity, OAuthClient
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.process_resources import Resources
from unwrapped.shared import api_client

ENDPOINTS = [CONFIGURATION, "keys", "token"]
NAMELESS = {name: UNFIT[name] for name in UNFIT if name != "an empty object"}
"""Answers without a subject; an empty object has another test."""

MOST_SENT = 24 * 2**20
"""The most that socket buffers may hold of an answer that is not read to its end."""

MOST_MEMORY = 8 * 2**20


type Ask = Callable[[str], Awaitable[object]]


@pytest.fixture
def ask(oauth_client: OAuthClient, identify: Identify) -> Ask:
    """Does what needs an answer of this endpoint."""
    return lambda endpoint: (
        oauth_client.endpoints()
        if endpoint == CONFIGURATION
        else identify()
        if endpoint == "keys"
        else oauth_client.exchange_code_for_token("code", "verifier")
    )


@attack(9, "unfit-answer")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_invalid_answer_signs_nobody_in(
    provider: Provider, turned_away: TurnedAway, endpoint: str
) -> None:
    provider.answers[endpoint] = UNFIT["half JSON"]
    assert (await turned_away()).status_code == 502
    assert provider.asked.count(endpoint) == 1


@attack(9, "unfit-answer")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_invalid_answer_is_refused_and_not_repeated(
    provider: Provider, ask: Ask, endpoint: str
) -> None:
    for name, answer in UNFIT.items():
        provider.asked.clear()
        provider.answers[endpoint] = answer
        with pytest.raises(ExternalAPIError) as caught:
            await ask(endpoint)
        assert SAYS not in caught.value.message, name
        assert provider.asked.count(endpoint) == 1, name


@attack(9, "failing-provider")
@pytest.mark.parametrize(
    ("endpoint", "tries"), [(CONFIGURATION, 3), ("keys", 3), ("token", 1)]
)
@pytest.mark.parametrize("answer", FAILING.values(), ids=FAILING.keys())
async def test_a_provider_that_fails_is_asked_again_where_that_is_safe(
    provider: Provider, ask: Ask, endpoint: str, tries: int, answer: Answer
) -> None:
    provider.answers[endpoint] = answer
    with pytest.raises(ExternalAPIError) as caught:
        await ask(endpoint)
    assert SAYS not in caught.value.message
    assert provider.asked.count(endpoint) == tries


@attack(9, "unfit-userinfo")
async def test_a_missing_name_does_not_end_the_sign_in(
    provider: Provider, visitor: Visitor, identify: Identify, log: Written
) -> None:
    provider.claims = {}
    for name, answer in NAMELESS.items():
        provider.answers["userinfo"] = answer
        provider.asked.clear()
        assert await identify() == Identity(provider.issuer, SUBJECT, None, None), name
        assert provider.asked.count("userinfo") == 1, name
    provider.asked.clear()
    signed_in = await visitor.sign_in()
    assert signed_in.status_code == 303, signed_in.text
    assert provider.asked.count("userinfo") == 1
    assert await visitor.username() == visitor.name
    assert SAYS not in log.text


@attack(9, "huge-answer")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_a_huge_answer_takes_little_memory(
    provider: Provider, ask: Ask, endpoint: str
) -> None:
    huge = Huge()
    provider.answers[endpoint] = huge
    tracemalloc.start()
    try:
        with pytest.raises(ExternalAPIError):
            await ask(endpoint)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < huge.sent < MOST_SENT
    assert peak < MOST_MEMORY


@attack(9, "packed-answer")
async def test_a_compressed_answer_is_not_decompressed(
    provider: Provider, ask: Ask
) -> None:
    provider.answers["token"] = bomb
    assert packed()  # before memory is counted
    tracemalloc.start()
    try:
        with pytest.raises(ExternalAPIError):
            await ask("token")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@attack(9, "nobody-listens")
async def test_an_issuer_that_cannot_be_reached_signs_nobody_in(
    visitor: Visitor, turned_away: TurnedAway, configure: Configure
) -> None:
    issuer = f"http://127.0.0.1:{free_port()}"
    set_up(configure, visitor.provider, issuer=issuer)
    reply = await turned_away()
    assert (reply.status_code, reply.json()["code"]) == (502, "service_unreachable")


@attack(9, "slow-answer")
async def test_a_slow_provider_is_not_waited_for(
    providers: ProviderServer,
    make_client: MakeClient,
    cloned_resources: Resources,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_client, "SECONDS", 2.0)
    slow = {
        "a": (CONFIGURATION, silent),
        "b": ("keys", silent),
        "c": ("token", dripping),
        "d": ("token", silent),
    }
    visitors = []
    for name, (endpoint, answer) in slow.items():
        provider = providers.provider()
        provider.answers[endpoint] = answer
        set_up(configure, provider, name)
        visitors.append(Visitor(make_client(cloned_resources), provider, name))
    async with asyncio.timeout(PATIENCE_SECONDS):
        reply = await asyncio.gather(*(visitor.sign_in() for visitor in visitors))
    for visitor, problem in zip(visitors, reply, strict=True):
        assert problem.status_code == 502
        assert problem.json()["code"] == "service_unreachable"
        assert visitor.session is None
