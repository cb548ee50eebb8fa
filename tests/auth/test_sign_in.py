"""Signing in by the form of OAuth 2, and what ends a session."""

from datetime import UTC, datetime, timedelta

import httpx2
import jwt
import pytest
from sqlalchemy import Delete, Update, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import HASHED, PASSWORD, make_user, sign_in
from tests.auth.session_ends import SESSION_ENDS
from tests.conftest import Configure
from unwrapped.auth.models import User, UserSession
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.process_resources import Resources

ME, TOKEN = "/api/v1/auth/me", "/api/v1/auth/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def ada(session: AsyncSession) -> User:
    """A user with a password."""
    return await make_user(session, username="Ada", password_hash=HASHED)


async def post_form(client: httpx2.AsyncClient, **form: str) -> httpx2.Response:
    return await client.post(
        TOKEN, data={"username": "Ada", "password": PASSWORD} | form
    )


async def test_a_user_signs_in_by_any_spelling_of_the_name(
    client: httpx2.AsyncClient, ada: User
) -> None:
    for name in ("Ada", "ADA", "\uff21\uff44\uff41"):
        assert (await post_form(client, username=name)).status_code == 200, name
    reply = (await post_form(client, username="ada", grant_type="password")).json()
    assert (reply["token_type"], reply["expires_in"]) == ("bearer", 15 * 60)
    claims = jwt.decode(reply["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert claims["sub"] == str(ada.id)
    me = await client.get(
        ME, headers={"Authorization": f"Bearer {reply['access_token']}"}
    )
    assert me.json()["username"] == "Ada"


@pytest.mark.parametrize("typed", ["zoë horse battery", "zoe\u0308 horse battery"])
async def test_a_password_is_the_same_on_every_keyboard(
    client: httpx2.AsyncClient, typed: str
) -> None:
    account = {"username": "zoe", "password": "zoë horse battery"}
    await client.post("/api/v1/auth/register", json=account)
    assert (await post_form(client, username="zoe", password=typed)).status_code == 200


WRONG = (
    {"password": "wrong"},
    {"username": "disabled", "password": "wrong"},
    {"password": PASSWORD + " "},
    {"password": PASSWORD.upper()},
    {"password": "\x00" * 20},
    {"username": "nobody"},
    {"username": " Ada"},
    {"username": "Ada\x00"},
    {"username": "\x00"},
    {"username": "\u202eadA"},
    {"username": "a" * 200},
    {"username": "\ufdfa" * 200},
    {"username": "' OR 1=1 --"},
    {"username": "%"},
)


@attack(40, "sign-in")
async def test_wrong_credentials_are_shown_in_the_same_words(
    client: httpx2.AsyncClient,
    configure: Configure,
    resources: Resources,
    ada: User,
) -> None:
    configure(AuthSettings, sign_ins_per_address=1000, sign_ins_per_account=1000)
    async with resources.database.session() as session:
        now = datetime.now(UTC)
        await make_user(
            session, username="disabled", password_hash=HASHED, disabled_at=now
        )
    unknown = await post_form(client, username="somebody")
    assert unknown.json()["code"] == "wrong_credentials"
    for form in WRONG:
        answer = await post_form(client, **form)
        assert (answer.status_code, answer.content) == (401, unknown.content), form


async def test_only_the_right_password_reveals_that_an_account_is_disabled(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    now = datetime.now(UTC)
    await make_user(session, username="Ada", password_hash=HASHED, disabled_at=now)
    answer = await post_form(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")
    assert await session.scalar(select(UserSession)) is None


@attack(40, "no-password-at-all")
async def test_somebody_without_a_password_cannot_sign_in_with_one(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await make_user(session, username="grace")
    known = "nobody's password"  # the password that is hashed for accounts without one
    answer = await post_form(client, username="grace", password=known)
    assert answer.status_code == 401


async def test_an_invalid_form_is_refused(
    client: httpx2.AsyncClient, ada: User
) -> None:
    for member, value in (
        ("username", "a" * 201),
        ("password", "a" * 257),
        ("grant_type", "client_credentials"),
        ("is_admin", "true"),
        ("user_id", "1"),
    ):
        answer = await post_form(client, **{member: value})
        assert answer.status_code == 422, member
        assert answer.json()["faults"][0]["where"] == f"body.{member}"


async def test_a_form_has_what_its_grant_needs_and_no_more(
    client: httpx2.AsyncClient, ada: User
) -> None:
    for form, missing in (
        ({"username": ""}, "password and username"),
        ({"password": ""}, "password and username"),
        ({"refresh_token": "x"}, "password and username"),
        ({"grant_type": "refresh_token"}, "refresh_token"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "refresh_token"),
    ):
        answer = await post_form(client, **form)
        assert answer.status_code == 422, form
        [fault] = answer.json()["faults"]
        assert fault["where"] == "body"
        assert fault["message"].endswith(f"needs {missing}")


NO_FORMS = (
    (FORM["Content-Type"], b""),
    (FORM["Content-Type"], b"username=Ada"),
    (FORM["Content-Type"], b"username=%ED%A0%80&password=x"),
    (FORM["Content-Type"], b"username=Ada&password=%ED%A0%80"),
    (FORM["Content-Type"], b"username=%FF%FE&password=%FF"),
    (FORM["Content-Type"], b"\xff\xfe=\xff&username=Ada&password=x"),
    (FORM["Content-Type"], b"%ED%A0%80=1&username=Ada&password=x"),
    (FORM["Content-Type"], b"username=Ada&username=Eve&password=x"),
    (FORM["Content-Type"], b"a=1&" * 5000),
    (FORM["Content-Type"], b"username"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=x", b"--x--\r\n"),
    ("application/json", b'{"username": "Ada", "password": "x"}'),
    ("text/plain", b"username=Ada&password=x"),
)


async def test_bodies_that_are_no_form_are_refused(
    client: httpx2.AsyncClient, ada: User
) -> None:
    for kind, body in NO_FORMS:
        sent = {"Content-Type": kind}
        answer = await client.post(TOKEN, content=body, headers=sent)
        assert answer.status_code in {400, 401, 422}, (kind, body)
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_each_sign_in_is_a_session_of_its_own(
    client: httpx2.AsyncClient, ada: User, session: AsyncSession
) -> None:
    for _ in range(2):
        await post_form(client)
    sessions = (await session.scalars(select(UserSession))).all()
    assert [one.user_id for one in sessions] == [ada.id, ada.id]
    ends_in = sessions[0].expires_at - datetime.now(UTC)
    assert timedelta(days=89) < ends_in <= timedelta(days=90)


@pytest.fixture
async def signed_in(resources: Resources) -> dict[str, str]:
    """The headers of a user who is signed in."""
    user = await sign_in(resources)
    return user.headers


@attack(15, "session-ended")
@pytest.mark.parametrize("ending", SESSION_ENDS)
async def test_a_session_ends_at_the_next_request(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    signed_in: dict[str, str],
    ending: Delete | Update,
) -> None:
    assert (await client.get(ME, headers=signed_in)).status_code == 200
    await session.execute(ending)
    await session.flush()
    after = await client.get(ME, headers=signed_in)
    assert (after.status_code, after.content) == (
        401,
        (await client.get(ME)).content,
    )


async def test_one_session_ends_and_the_others_stay_valid(
    client: httpx2.AsyncClient, ada: User, session: AsyncSession
) -> None:
    tokens = [(await post_form(client)).json()["access_token"] for _ in range(2)]
    ended = jwt.decode(tokens[0], options={"verify_signature": False})["sid"]
    await session.execute(delete(UserSession).where(col(UserSession.id) == ended))
    statuses = [
        (await client.get(ME, headers={"Authorization": f"Bearer {token}"})).status_code
        for token in tokens
    ]
    assert statuses == [401, 200]
