"""New accounts: what is taken, what is refused, and that names are unique."""

import asyncio
import json

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.conftest import MakeClient
from unwrapped.auth.models import User
from unwrapped.auth.names import username_key
from unwrapped.core.process_resources import Resources

REGISTER, TOKEN = "/api/v1/auth/register", "/api/v1/auth/token"
JSON = {"Content-Type": "application/json"}
BROKEN = "ada\ud800"
PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


async def register(
    client: httpx2.AsyncClient, username: str, **more: object
) -> httpx2.Response:
    account = {"username": username, "password": PASSWORD} | more
    return await client.post(REGISTER, json=account)


async def test_an_account_has_the_given_values(client: httpx2.AsyncClient) -> None:
    answer = await register(
        client,
        "Ada",
        display_name="  Ada L. ",
        email="Ada@Example.org",
        time_zone="US/Pacific",
    )
    assert answer.status_code == 201
    reply = answer.json()
    assert (reply.pop("id"), reply.pop("created_at")) != (None, None)
    assert reply == {
        "username": "Ada",
        "display_name": "Ada L.",
        "email": "Ada@example.org",
        "time_zone": "US/Pacific",
    }


async def test_omitted_members_have_defaults(client: httpx2.AsyncClient) -> None:
    reply = (await register(client, "Ada")).json()
    assert (reply["display_name"], reply["email"], reply["time_zone"]) == (
        "Ada",
        None,
        "UTC",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada", "ada"),
        ("ada", "\uff21\uff24\uff21"),  # full width
        ("straße", "STRASSE"),
        ("zoë", "zoe\u0308"),
    ],
)
async def test_a_name_is_taken_in_any_case_and_width(
    client: httpx2.AsyncClient, first: str, second: str
) -> None:
    assert (await register(client, first)).status_code == 201
    again = await register(client, second)
    assert (again.status_code, again.json().get("code")) == (409, "username_taken")


def test_the_key_of_a_key_is_the_same_key() -> None:
    """Holds for every character: otherwise two spellings of one name would have two keys.

    Unicode has assigned none between the planes of texts and the last ones.
    """
    planes = (range(0xD800), range(0xE000, 0x40000), range(0xE0000, 0xF0000))
    characters = [chr(code) for plane in planes for code in plane]
    keys = {character: username_key(character) for character in characters}
    changed = {key for one, key in keys.items() if key != one}
    assert [key for key in changed if username_key(key) != key] == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada", "ADA"),
        ("ada", "\uff41\uff44\uff41"),  # full width
        ("fiona", "ﬁona"),
        ("ada", "\U0001d400da"),  # bold
        ("ada", "\U0001d538\U0001d53b\U0001d538"),
    ],
)
def test_the_spellings_of_a_name_have_one_key(first: str, second: str) -> None:
    assert username_key(first) == username_key(second)


async def test_of_concurrent_registrations_one_creates_an_account(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    client = make_client(cloned_resources)
    answers = await asyncio.gather(*(register(client, "ada") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    async with cloned_resources.database.session() as session:
        assert await session.scalar(select(func.count()).select_from(User)) == 1


async def test_a_refused_name_leaves_the_account_as_it_is(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await register(client, "ada")
    await register(client, "ADA", display_name="Eve")
    found = await session.execute(select(col(User.username), col(User.display_name)))
    assert [tuple(row) for row in found] == [("ada", "ada")]
    signed_in = await client.post(TOKEN, data={"username": "ada", "password": PASSWORD})
    assert signed_in.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian has such joiners
        "\u0915\u094d\u200d\u0937",  # Hindi, too
        "ada\u00ad",
        "a\u202eda",
        "ada\U0001f600",
        "ada\ufe0f",
        "\u0378\u0379\u0380",  # not assigned
    ],
)
async def test_every_name_that_can_be_registered_can_sign_in(
    client: httpx2.AsyncClient, name: str
) -> None:
    registered = await register(client, name)
    signed_in = await client.post(TOKEN, data={"username": name, "password": PASSWORD})
    assert (registered.status_code, signed_in.status_code) in {(201, 200), (422, 401)}


BAD: dict[str, tuple[object, ...]] = {
    "username": (
        "",
        "ad",
        "a" * 65,
        "a da",
        "a\x00da",
        "a\tda",
        "a\u00a0da",
        BROKEN,
        5,
    ),
    "password": ("", "a" * 9, "a" * 257, BROKEN * 9, None, 12345678, [PASSWORD]),
    "display_name": ("", " ", "a" * 201, "a\x00", "a\nb", BROKEN, 5),
    "email": (
        "",
        "ada",
        "@",
        "a@b@c",
        "a\x00@example.org",
        BROKEN,
        5,
        "a" * 999 + "@b.c",
    ),
    "time_zone": ("", "Mars", "utc", "../etc/passwd", "UTC\x00", BROKEN, None),
    **dict.fromkeys(("id", "user_id", "is_admin", "password_hash", "roles"), (1,)),
}


async def test_invalid_values_are_refused(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    account: dict[str, object] = {"username": "ada", "password": PASSWORD}
    for member, value in (
        (member, value) for member, values in BAD.items() for value in values
    ):
        body = json.dumps(account | {member: value})
        answer = await client.post(REGISTER, content=body, headers=JSON)
        assert answer.status_code == 422, body
        assert answer.json()["faults"][0]["where"] == f"body.{member}"
    assert await session.scalar(select(func.count()).select_from(User)) == 0
