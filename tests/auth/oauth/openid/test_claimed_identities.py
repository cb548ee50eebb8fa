"""Addresses and names from a provider identify nobody."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import HASHED, cookie, make_user, make_web_session
from tests.auth.oauth.browser import AUTH
from tests.auth.oauth.openid.conftest import NewVisitor, count
from tests.auth.oauth.openid.provider import Provider, ProviderServer
from tests.auth.oauth.openid.visitor import Visitor, set_up
from tests.conftest import Configure
from unwrapped.auth.models import LinkedAccount, User, UserSession
from unwrapped.core.process_resources import Resources

EMAIL = "wren@example.org"
NAMES = (
    *("wren", "WREN", "w r e n", "\uff57\uff52\uff45\uff4e", " wren\u200b"),
    *("admin", "<b>", "\u202ewren"),
)


@attack(11, "claimed-email")
@pytest.mark.parametrize("verified", [True, "true"], ids=["yes", "text"])
async def test_an_email_address_gives_access_to_no_account(
    visitor: Visitor, provider: Provider, session: AsyncSession, verified: object
) -> None:
    victim = await make_user(
        session, username="wren", email=EMAIL, password_hash=HASHED
    )
    provider.claims = {
        "email": EMAIL,
        "email_verified": verified,
        "preferred_username": "wren",
        "name": "wren",
    }
    assert (await visitor.sign_in()).status_code == 303
    username = await visitor.username()
    assert username not in {"wren", None}
    account = await session.scalar(select(LinkedAccount))
    assert account is not None
    assert account.user_id != victim.id
    rows = await session.execute(select(col(User.username), col(User.email)))
    assert {(name, email) for name, email in rows} == {
        ("wren", EMAIL),
        (username, None),
    }


@attack(11, "claimed-name")
async def test_a_name_gives_access_to_no_account(
    visitor: Visitor, provider: Provider, session: AsyncSession
) -> None:
    victim = await make_user(session, username="wren")
    for number, name in enumerate(NAMES):
        provider.claims = {"preferred_username": name}
        assert (await visitor.sign_in(f"subject-{number}")).status_code == 303
    assert await count(session, User) == 1 + len(NAMES)
    theirs = select(UserSession).where(col(UserSession.user_id) == victim.id)
    assert await session.scalar(theirs) is None


@attack(11, "subject")
async def test_a_subject_is_compared_exactly(
    new_visitor: NewVisitor, session: AsyncSession
) -> None:
    for subject in ("wren", "WREN", "wre%6E", "wren'--", "wren."):
        assert (await new_visitor().sign_in(subject)).status_code == 303
    assert await count(session, User) == 5
    assert (await new_visitor().sign_in("wren")).status_code == 303
    assert await count(session, User) == 5


@attack(11, "subject-of-another-issuer")
async def test_a_subject_belongs_to_one_issuer(
    visitor: Visitor,
    providers: ProviderServer,
    configure: Configure,
    session: AsyncSession,
) -> None:
    other = providers.provider()
    set_up(configure, other, "other")
    await visitor.sign_in()
    first = visitor.session
    assert (await Visitor(visitor.client, other, "other").sign_in()).status_code == 303
    assert visitor.session != first
    assert await count(session, User) == 2


@attack(17, "sign-in-with-a-provider")
async def test_a_planted_session_is_not_the_one_that_is_signed_in(
    visitor: Visitor, session: AsyncSession
) -> None:
    attacker = await make_user(session, username="mallory")
    planted = await make_web_session(session, attacker.id or 0)
    callback = f"{AUTH}/{visitor.name}/callback"
    reply = visitor.provider.agree(await visitor.begin())
    state = f"__Host-Http-oauth={visitor.state_secret}"
    both = {"Cookie": f"{state}; {cookie(planted)['Cookie']}"}
    visitor.client.cookies.clear()
    answer = await visitor.client.get(callback, params=reply, headers=both)
    assert answer.status_code == 303
    assert visitor.session not in {planted, None}
    assert await visitor.username() == "WrenOmbstack"


@attack(21, "linked-account")
async def test_nobody_unlinks_the_account_of_somebody_else(
    visitor: Visitor, resources: Resources, session: AsyncSession
) -> None:
    await visitor.sign_in()
    stranger = await make_user(session, username="odo")
    theirs = cookie(await make_web_session(session, stranger.id or 0))
    theirs["Sec-Fetch-Site"] = "same-origin"
    visitor.client.cookies.clear()
    answers = [
        await visitor.client.delete(f"{AUTH}/{name}/link", headers=theirs)
        for name in (visitor.name, "nobody")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert await count(session, LinkedAccount) == 1
