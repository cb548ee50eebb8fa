"""`unwrapped user`: the accounts of a server, for its operator."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx2
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from tests.auth.factories import (
    HASHED,
    PASSWORD,
    SignedIn,
    bearer,
    make_personal_token,
    make_session,
    sign_in,
)
from tests.auth.personal_rows import (
    assert_nothing_personal,
    make_personal_rows,
)
from tests.conftest import SECRET, MakeClient
from unwrapped.auth.models import User
from unwrapped.cli.main import cli
from unwrapped.core.exceptions import AppException
from unwrapped.core.process_resources import Resources

ME, TOKEN = "/api/v1/auth/me", "/api/v1/auth/token"
OTHER = "another battery, horse"

type Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def run(cloned_resources: Resources) -> Run:
    """Run `unwrapped user …` on the test's database, in a thread beside its loop."""
    env = {
        "DATABASE_URL": cloned_resources.database.address.for_asyncpg(),
        "SECRET_KEY": SECRET,
        "UNWRAPPED_HOME": str(cloned_resources.settings.home),
    }

    async def invoke(
        *arguments: str, said: str | bytes = "", **variables: str
    ) -> Result:
        runner = CliRunner(env=env | variables)
        command = ["user", *arguments]
        return await asyncio.to_thread(runner.invoke, cli, command, input=said)

    return invoke


def done(result: Result) -> str:
    """The output of a command that succeeded."""
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refusal(result: Result) -> AppException:
    """The error of a command, which `main` prints in one line."""
    assert isinstance(result.exception, AppException), (
        result.output,
        result.exception,
    )
    return result.exception


@pytest.fixture
async def client(make_client: MakeClient, cloned_resources: Resources) -> httpx2.AsyncClient:  # fmt: skip
    """A client of a server on the same database."""
    return make_client(cloned_resources)


async def signs_in(client: httpx2.AsyncClient, username: str, password: str) -> int:
    form = {"username": username, "password": password}
    return (await client.post(TOKEN, data=form)).status_code


@pytest.fixture
async def ada(cloned_resources: Resources) -> SignedIn:
    """Somebody with an account."""
    return await sign_in(cloned_resources, username="ada", password_hash=HASHED)


async def personal_token(resources: Resources, user: SignedIn) -> dict[str, str]:
    async with resources.database.session() as session:
        return bearer(await make_personal_token(session, user.id))


async def test_an_account_is_created_while_registration_is_closed(
    run: Run, client: httpx2.AsyncClient
) -> None:
    stdin, asked = ["--password-stdin"], list[str]()
    for number, (options, said) in enumerate(
        (
            (stdin, f"{PASSWORD}\n"),
            (stdin, f"{PASSWORD}\r\n"),
            (stdin, PASSWORD),
            (asked, f"{PASSWORD}\n{PASSWORD}\n"),
            (asked, f"{PASSWORD}\nmistyped\n{PASSWORD}\n{PASSWORD}\n"),
        )
    ):
        create = ("create", f"Bob{number}", *options)
        made = done(await run(*create, said=said, REGISTRATION="closed"))
        assert made.splitlines()[-1] == f"Bob{number} can sign in."
        assert PASSWORD not in made
        assert await signs_in(client, f"bob{number}", PASSWORD) == 200


async def test_an_account_is_created_with_its_options(
    run: Run, cloned_resources: Resources
) -> None:
    await run(
        *("create", "bob", "--password-stdin", "--display-name", "Bob B."),
        *("--email", "bob@example.org", "--time-zone", "Europe/Berlin"),
        said=PASSWORD,
    )
    async with cloned_resources.database.session() as session:
        (user,) = await session.scalars(select(User))
    assert (user.username, user.display_name) == ("bob", "Bob B.")
    assert (user.email, user.time_zone) == ("bob@example.org", "Europe/Berlin")


async def test_invalid_values_are_refused(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    for arguments, said, words in (
        (["b"], PASSWORD, "username: "),
        (["b b b"], PASSWORD, "username: "),
        (["bob"], "short", "password: "),
        (["bob"], "password12", "attacker tries"),
        (["bob"], "bobbobbob1", "the user name"),
        (["admin"], PASSWORD, "reserved"),
        (["bob"], "", "password: "),
        (["bob"], b"\xff\xfe" * 9, "password: "),
        (["bob", "--email", "nobody"], PASSWORD, "email: "),
        (["bob", "--time-zone", "Mars"], PASSWORD, "time_zone: "),
        (["ADA"], PASSWORD, "This user name is taken."),
    ):
        error = refusal(await run("create", "--password-stdin", *arguments, said=said))
        assert words in error.message
        assert "\n" not in error.message
        assert PASSWORD not in error.message
    async with cloned_resources.database.session() as session:
        assert await session.scalar(select(func.count()).select_from(User)) == 1


async def test_the_list_shows_all_accounts(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    eve = await sign_in(cloned_resources, username="漢字", disabled_at=func.now())
    async with cloned_resources.database.session() as session:
        now = await session.scalar(select(func.now()))
        assert now is not None
        await make_session(session, ada.id)
        await make_session(session, eve.id, expires_at=now)
        await make_session(session, eve.id, id=UUID(int=1), expires_at=now)
    day = f"{now:%Y-%m-%d}"
    lines = done(await run("list")).splitlines()
    assert [line.rpartition("  ")[0].rstrip() for line in lines] == [
        "user  role      created     last sign-in  disabled    sessions  listens",
        f"ada   listener  {day}  -             -           2         0",
        f"漢字  listener  {day}  -             {day}  1         0",
    ]


async def test_a_role_is_given_and_taken(
    run: Run, cloned_resources: Resources, ada: SignedIn
) -> None:
    for role, article in (("administrator", "an"), ("listener", "a")):
        assert done(await run("role", "ADA", role)) == f"ADA is {article} {role}.\n"
        async with cloned_resources.database.session() as session:
            user = await session.get(User, ada.id)
        assert user is not None
        assert user.role == role


async def test_a_disabled_person_is_signed_out_until_enabled(
    run: Run, client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    token = await personal_token(cloned_resources, ada)
    bob = await sign_in(cloned_resources, username="bob")
    for _ in range(2):
        assert "cannot sign in" in done(await run("disable", "ADA"))
    for headers in (ada.headers, token):
        assert (await client.get(ME, headers=headers)).status_code == 401
    assert await signs_in(client, "ada", PASSWORD) == 403
    assert (await client.get(ME, headers=bob.headers)).status_code == 200
    assert "can sign in" in done(await run("enable", "ada"))
    assert await signs_in(client, "ada", PASSWORD) == 200
    # Her sessions stay ended; her personal tokens are valid again.
    assert (await client.get(ME, headers=ada.headers)).status_code == 401
    assert (await client.get(ME, headers=token)).status_code == 200


async def test_a_reset_of_the_password_ends_sessions_and_tokens(
    run: Run, client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    token = await personal_token(cloned_resources, ada)
    reset = done(await run("reset-password", "ada", "--password-stdin", said=OTHER))
    assert OTHER not in reset
    for headers in (ada.headers, token):
        assert (await client.get(ME, headers=headers)).status_code == 401
    assert await signs_in(client, "ada", PASSWORD) == 401
    assert await signs_in(client, "ada", OTHER) == 200


async def test_what_is_deleted_is_listed_before_the_question_and_then_gone(
    run: Run, cloned_resources: Resources
) -> None:
    for username in ("ada", "bob"):
        await make_personal_rows(cloned_resources, username)
    for line in done(await run("list")).splitlines()[1:]:
        _, *_, listens, size, unit = line.split()
        assert (listens, unit) == ("2", "MB")
        assert float(size) > 0
    said = (await run("delete", "ada", said="n\n")).output
    before, asked, _ = said.partition("Delete ada with all their data")
    assert asked
    counts = {words: int(count) for count, words in (line.strip().split("  ") for line in before.splitlines())}  # fmt: skip
    assert counts["account"] == counts["shares"] == 1
    assert counts["listens"] == 2
    assert counts.keys() >= {"sessions", "uploads", "corrections", "scrobbling tokens"}
    assert "ada is deleted" in done(await run("delete", "ada", said="y\n"))
    assert "bob is deleted" in done(await run("delete", "bob", "--yes"))
    await assert_nothing_personal(cloned_resources)


async def test_without_a_confirmation_nobody_is_deleted(
    run: Run, client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for said in ("n\n", "\n", ""):
        assert (await run("delete", "ada", said=said)).exit_code == 1
    assert (await client.get(ME, headers=ada.headers)).status_code == 200


async def test_an_unknown_user_name_is_refused(run: Run, ada: SignedIn) -> None:
    for arguments in (
        *(["enable", name] for name in ("eve", "", "a\x00da", "\udcff")),
        *(["disable", "eve"], ["delete", "eve", "--yes"]),
        ["reset-password", "eve", "--password-stdin"],
    ):
        result = await run(*arguments, said=PASSWORD)
        assert refusal(result).code == "user_not_found", arguments
