"""A sign-in ends once, in the browser that began it, and nowhere else."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.oauth.openid.conftest import NewVisitor, count
from tests.auth.oauth.openid.provider import Provider, changed
from tests.auth.oauth.openid.visitor import Visitor
from tests.conftest import MakeClient
from unwrapped.auth.models import LinkedAccount, OAuthState, User, UserSession
from unwrapped.auth.oauth.cookie import COOKIE
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import TokenKind

AT_ONCE = 10


@attack(1, "login-csrf")
@pytest.mark.parametrize("has_begun", [False, True], ids=["new", "has-begun-too"])
async def test_the_callback_of_another_browser_signs_nobody_in(
    visitor: Visitor,
    new_visitor: NewVisitor,
    provider: Provider,
    session: AsyncSession,
    *,
    has_begun: bool,
) -> None:
    attacker, victim = visitor, new_visitor()
    reply = provider.agree(await attacker.begin(), "the-attacker")
    if has_begun:
        await victim.begin()
    refused = await victim.come_back(reply)
    assert (refused.status_code, refused.json()["code"]) == (400, "state_not_found")
    assert victim.session is None
    assert await count(session, UserSession) == 0
    assert "token" not in provider.asked
    # The browser that began it can still finish it.
    assert await count(session, OAuthState) == 1 + has_begun
    assert (await attacker.come_back(reply)).status_code == 303


@attack(1, "swapped-states")
async def test_two_browsers_cannot_swap_their_states(
    visitor: Visitor, new_visitor: NewVisitor, provider: Provider
) -> None:
    pair = [visitor, new_visitor()]
    reply = [
        provider.agree(await one.begin(), f"subject-{number}")
        for number, one in enumerate(pair)
    ]
    for one, of_other in zip(pair, reversed(reply), strict=True):
        assert (await one.come_back(of_other)).status_code == 400
        assert one.session is None
    for one, own in zip(pair, reply, strict=True):
        assert (await one.come_back(own)).status_code == 303
    assert len({one.session for one in pair}) == 2


@attack(1, "cookie")
async def test_the_cookie_of_the_browser_is_needed(
    visitor: Visitor, provider: Provider
) -> None:
    reply = provider.agree(await visitor.begin())
    own = visitor.state_secret or ""
    other = TokenKind("unwrapped_ob_").create()
    visitor.client.cookies.clear()
    planted: dict[str, dict[str, str]] = {
        "missing": {},
        "empty": {"Cookie": f"{COOKIE}="},
        "unsound": {
            "Cookie": f"{COOKIE}={own[:-1]}{'1' if own.endswith('0') else '0'}"
        },
        "sound": {"Cookie": f"{COOKIE}={other}"},
        "twice": {"Cookie": f"{COOKIE}={own}; {COOKIE}={other}"},
    }
    for name, headers in planted.items():
        refused = await visitor.come_back(reply, **headers)
        assert refused.status_code == 400, name
        assert refused.json()["code"] == "state_not_found", name
    again = await visitor.come_back(reply, Cookie=f"{COOKIE}={own}")
    assert again.status_code == 303


@attack(2, "replay")
async def test_a_callback_is_accepted_once(
    visitor: Visitor, provider: Provider, session: AsyncSession
) -> None:
    reply = provider.agree(await visitor.begin())
    assert (await visitor.come_back(reply)).status_code == 303
    before = visitor.session
    again = await visitor.come_back(reply)
    assert (again.status_code, again.json()["code"]) == (400, "state_not_found")
    assert visitor.session == before
    assert await count(session, UserSession) == 1
    assert provider.asked.count("token") == 1


@attack(2, "at-once")
async def test_of_concurrent_callbacks_one_signs_in(
    make_client: MakeClient, cloned_resources: Resources, provider: Provider
) -> None:
    visitor = Visitor(make_client(cloned_resources), provider)
    reply = provider.agree(await visitor.begin())
    answers = await asyncio.gather(*(visitor.come_back(reply) for _ in range(AT_ONCE)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {303: 1, 400: AT_ONCE - 1}
    assert provider.asked.count("token") == 1
    async with cloned_resources.database.session() as session:
        assert await count(session, UserSession) == 1
        assert await count(session, OAuthState) == 0


async def test_a_new_person_in_browsers_at_once_gets_one_account(
    make_client: MakeClient, cloned_resources: Resources, provider: Provider
) -> None:
    client = make_client(cloned_resources)
    visitors = [Visitor(client, provider) for _ in range(4)]
    reply = [provider.agree(await one.begin()) for one in visitors]
    answers = await asyncio.gather(
        *(one.come_back(own) for one, own in zip(visitors, reply, strict=True))
    )
    assert {answer.status_code for answer in answers} == {303}
    async with cloned_resources.database.session() as session:
        assert await count(session, User) == 1
        assert await count(session, LinkedAccount) == 1
        assert await count(session, UserSession) == 4


STATES = {
    "missing": None,
    "empty": "",
    "short": "x",
    "sound": TokenKind("unwrapped_os_").create(),
    "of another kind": TokenKind("unwrapped_pat_").create(),
    "NUL": "\0",
    "SQL": "' OR true --",
    "script": "<script>alert(1)</script>",
    "long": "s" * 10_000,
}


@attack(3, "state")
async def test_a_callback_needs_the_state_of_a_sign_in(
    visitor: Visitor, provider: Provider, session: AsyncSession
) -> None:
    reply = provider.agree(await visitor.begin())
    for name, state in STATES.items():
        query = {"code": reply["code"]} | ({} if state is None else {"state": state})
        refused = await visitor.come_back(query)
        assert refused.status_code == 400, name
        assert refused.json()["code"] == "state_not_found", name
        assert state is None or len(state) < 2 or state not in refused.text
    assert visitor.session is None
    assert "token" not in provider.asked
    assert await count(session, OAuthState) == 1


@attack(3, "expired-state")
async def test_a_sign_in_that_has_expired_must_begin_again(
    visitor: Visitor, provider: Provider, session: AsyncSession
) -> None:
    reply = provider.agree(await visitor.begin())
    left = await session.scalar(
        select(col(OAuthState.expires_at) - func.clock_timestamp())
    )
    assert left is not None
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    just_now = datetime.now(UTC) - timedelta(seconds=1)
    await session.execute(update(OAuthState).values(expires_at=just_now))
    refused = await visitor.come_back(reply)
    assert (refused.status_code, refused.json()["code"]) == (400, "state_not_found")
    assert "token" not in provider.asked


@attack(4, "pkce")
async def test_the_code_is_bound_to_the_browser(visitor: Visitor) -> None:
    asked = parse_qs(urlsplit(await visitor.begin()).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert asked["response_type"] == ["code"]


@attack(4, "pkce-plain-only")
async def test_a_provider_cannot_choose_a_weaker_challenge(
    visitor: Visitor, provider: Provider
) -> None:
    provider.metadata["code_challenge_methods_supported"] = ["plain"]
    assert "code_challenge_method=S256" in await visitor.begin()


@attack(4, "pkce-stripped")
@pytest.mark.parametrize(
    "parameters",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
    ],
    ids=["stripped", "plain", "of the attacker"],
)
async def test_a_challenge_that_was_changed_on_the_way_ends_the_sign_in(
    visitor: Visitor, provider: Provider, parameters: dict[str, str | None]
) -> None:
    reply = provider.agree(changed(await visitor.begin(), **parameters))
    refused = await visitor.come_back(reply)
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")
    assert visitor.session is None


@attack(5, "code-injection")
async def test_a_code_of_another_browser_is_refused(
    visitor: Visitor, new_visitor: NewVisitor, provider: Provider
) -> None:
    victim, attacker = visitor, new_visitor()
    stolen = provider.agree(await victim.begin(), "the-victim")["code"]
    reply = provider.agree(await attacker.begin(), "the-attacker") | {"code": stolen}
    refused = await attacker.come_back(reply)
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")
    assert attacker.session is None


@attack(5, "code-of-same-browser")
async def test_a_code_of_another_sign_in_of_the_same_browser_is_refused(
    visitor: Visitor, provider: Provider
) -> None:
    first = provider.agree(await visitor.begin())
    second = provider.agree(await visitor.begin())
    refused = await visitor.come_back(first | {"code": second["code"]})
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")
    assert visitor.session is None


@attack(5, "code-replay")
async def test_a_code_is_accepted_once(visitor: Visitor, provider: Provider) -> None:
    first = provider.agree(await visitor.begin())
    assert (await visitor.come_back(first)).status_code == 303
    second = provider.agree(await visitor.begin())
    refused = await visitor.come_back(second | {"code": first["code"]})
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")


@attack(7, "repeated-parameter")
async def test_a_repeated_parameter_is_refused(
    visitor: Visitor, provider: Provider, session: AsyncSession
) -> None:
    reply = provider.agree(await visitor.begin())
    said = reply | {"iss": provider.issuer, "error": "x"}
    for name, twice in [*said.items(), *dict.fromkeys(said, "y").items()]:
        members = list((reply | {name: said[name]}).items())
        refused = await visitor.come_back([*members, (name, twice)])
        assert refused.status_code == 400, (name, twice)
        assert refused.json()["code"] == "sign_in_refused", (name, twice)
    assert visitor.session is None
    assert "token" not in provider.asked
    assert await count(session, OAuthState) == 1


@attack(19, "looking-ahead")
async def test_a_callback_must_be_a_get(visitor: Visitor, provider: Provider) -> None:
    reply = provider.agree(await visitor.begin())
    path = f"/api/v1/auth/{visitor.name}/callback"
    for method in ("HEAD", "POST", "PUT", "DELETE"):
        answer = await visitor.client.request(method, path, params=reply)
        assert answer.status_code in {403, 405}, method
    assert (await visitor.come_back(reply)).status_code == 303
