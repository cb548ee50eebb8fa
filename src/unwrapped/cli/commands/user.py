"""`unwrapped user`: the accounts of a server, for its operator."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from unwrapped.core.exceptions import Invalid
from unwrapped.core.printable import printable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from unwrapped.auth.operator_accounts import Account, OperatorAccountService
    from unwrapped.auth.storage_usage import Usage
    from unwrapped.core.personal_data import PersonalData
    from unwrapped.core.schemas import Schema

HEADINGS = ("user", "role", "created", "last sign-in", "disabled", "sessions", "listens", "size")  # fmt: skip
LISTENS = "listen"
MB = 1_000_000

ROLES = ("listener", "administrator")
"""The values of `auth.models.Role`, which a help text should not load."""

password_option = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from a line of standard input, instead of asking for it.",
)


class InvalidAccount(Invalid):
    """The values given for an account are not valid."""

    code = "invalid_account"


@click.group()
def user() -> None:
    """Create, list, disable and delete accounts, whether or not the server runs."""


@user.command()
@click.argument("username")
@click.option(
    "--display-name", help="Name that is shown for the person.  [default: USERNAME]"
)
@click.option(
    "--email",
    help="E-mail address, for the operator of the server; nothing is sent to it.",
)
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    help="IANA name of the person's time zone.",
)
@password_option
def create(
    username: str,
    display_name: str | None,
    email: str | None,
    time_zone: str,
    *,
    password_stdin: bool,
) -> None:
    """Create an account, even if registration is closed."""
    from unwrapped.auth.schemas import UserCreate

    new = _checked(
        UserCreate,
        username=username,
        password=_ask_password(from_stdin=password_stdin),
        display_name=display_name,
        email=email,
        time_zone=time_zone,
    )
    _administer(lambda accounts: accounts.create(new))
    click.echo(f"{new.username} can sign in.")


@user.command("list")
def list_users() -> None:
    """List all accounts, the oldest first; times are UTC.

    The size is an estimate: the account's share of the tables and indexes, by rows.
    """
    from unwrapped.auth.operator_accounts import OperatorAccountService
    from unwrapped.auth.storage_usage import Usage, read_usage

    async def read(session: "AsyncSession") -> list[tuple[str, ...]]:
        accounts = await OperatorAccountService(session).list_accounts()
        usage = await read_usage(session, _personal_data())
        return [_row(one, usage.get(one.id, Usage())) for one in accounts]

    _print_table([HEADINGS, *_in_transaction(read)])


@user.command()
@click.argument("username")
def disable(username: str) -> None:
    """Sign somebody out everywhere, and refuse all their credentials."""
    _administer(lambda accounts: accounts.disable(username))
    click.echo(f"{username} is signed out and cannot sign in.")


@user.command()
@click.argument("username")
def enable(username: str) -> None:
    """Let somebody sign in again; their personal tokens are valid again, too."""
    _administer(lambda accounts: accounts.enable(username))
    click.echo(f"{username} can sign in.")


@user.command()
@click.argument("username")
@click.argument("role", type=click.Choice(ROLES))
def role(username: str, role: str) -> None:
    """Make somebody an administrator, who manages accounts, or a listener."""
    from unwrapped.auth.models import Role

    _administer(lambda accounts: accounts.give_role(username, Role(role)))
    click.echo(f"{username} is {'an' if role[0] == 'a' else 'a'} {role}.")


@user.command()
@click.argument("username")
@password_option
def reset_password(username: str, *, password_stdin: bool) -> None:
    """Set a new password; the sessions and personal tokens of the account end.

    Scrobbling tokens stay valid.
    """
    from unwrapped.auth.schemas import PasswordReset

    given = _ask_password(from_stdin=password_stdin)
    new = _checked(PasswordReset, password=given).password
    _administer(lambda accounts: accounts.reset_password(username, new))
    click.echo(f"{username} can sign in with the new password only.")


@user.command()
@click.argument("username")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
def delete(username: str, *, yes: bool) -> None:
    """Delete an account and everything that belongs to it, which is listed first."""
    if not yes:
        contents = _in_transaction(lambda session: _contents(session, username))
        for name, count in contents.items():
            click.echo(f"{count:>12,}  {name.replace('_', ' ')}")
        click.confirm(
            f"Delete {username} with all their data, permanently?", abort=True
        )
    _administer(lambda accounts: accounts.delete(username))
    click.echo(
        f"{username} is deleted; their uploads are deleted within about an hour."
        " Earlier backups still contain them."
    )


async def _contents(session: "AsyncSession", username: str) -> dict[str, int]:
    from unwrapped.auth.operator_accounts import OperatorAccountService
    from unwrapped.auth.storage_usage import read_contents

    user = await OperatorAccountService(session).find_user(username)
    return await read_contents(session, user.id or 0, _personal_data())


def _personal_data() -> "list[PersonalData]":
    from unwrapped.main import DOMAINS

    return [part for domain in DOMAINS for part in domain.personal_data]


def _row(account: "Account", usage: "Usage") -> tuple[str, ...]:
    return (
        account.username,
        account.role,
        _day(account.created_at),
        _day(account.signed_in_at),
        _day(account.disabled_at),
        str(account.sessions),
        f"{usage.rows.get(LISTENS, 0):,}",
        f"{usage.bytes / MB:,.1f} MB",
    )


def _administer[T](work: Callable[["OperatorAccountService"], Awaitable[T]]) -> T:
    """Run `work` on the accounts of this installation, in a transaction."""
    from unwrapped.auth.operator_accounts import OperatorAccountService

    return _in_transaction(lambda session: work(OperatorAccountService(session)))


def _in_transaction[T](work: Callable[["AsyncSession"], Awaitable[T]]) -> T:
    from unwrapped.cli.configuration import read_configuration
    from unwrapped.core.process_resources import open_resources

    async def run() -> T:
        async with (
            open_resources(read_configuration()) as resources,
            resources.database.session() as session,
        ):
            return await work(session)

    return asyncio.run(run())


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        line = sys.stdin.buffer.readline()
        # A password that is not UTF-8 is refused later, like any invalid value.
        return line.decode(errors="surrogateescape").rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _checked[S: Schema](kind: type[S], **given: str | None) -> S:
    """Validate the values, as those of a request. Raises `InvalidAccount`."""
    from pydantic import ValidationError

    try:
        return kind(**given)
    except ValidationError as error:
        faults = "; ".join(
            f"{fault['loc'][0]}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise InvalidAccount(
            f"The account cannot have these values: {faults}."
        ) from None


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    from rich.cells import cell_len  # a name can be twice as wide as it is long

    rows = [tuple(map(printable, row)) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        line = "  ".join(text + " " * (width - cell_len(text)) for text, width in cells)
        click.echo(line.rstrip())
