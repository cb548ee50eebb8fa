"""`unwrapped doctor`: checks an installation, and says what to do."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from unwrapped.core.printable import printable_json, readable

if TYPE_CHECKING:
    from unwrapped.cli.checks.findings import Finding


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(*, as_json: bool) -> None:
    """Check the installation: home, disk, database, workers, certificate, address.

    Nothing is changed. The exit code is 1 if something has to be fixed. Run it as the
    user that runs the service, with the same settings.
    """
    from unwrapped.cli.checks.findings import State

    findings = asyncio.run(_examine())
    if as_json:
        _print_json(findings)
    else:
        _print_lines(findings)
    if any(finding.state is State.PROBLEM for finding in findings):
        sys.exit(1)


async def _examine() -> "list[Finding]":
    from datetime import UTC, datetime

    from unwrapped.cli.checks.database import check_database
    from unwrapped.cli.checks.findings import ok, problem
    from unwrapped.cli.checks.home import check_home
    from unwrapped.cli.checks.reachability import check_service
    from unwrapped.cli.configuration import read_configuration
    from unwrapped.core.logging import configure_logging
    from unwrapped.core.settings_sources import InvalidSettings
    from unwrapped.main import DOMAINS

    try:
        configuration = read_configuration()
        for check in (domain.check for domain in DOMAINS if domain.check is not None):
            check(configuration)
    except InvalidSettings as error:
        return [problem("settings", error.message, ".env.example lists all settings.")]
    settings = configuration.core
    configure_logging(settings)  # to standard error
    found = [ok("settings", "readable"), *check_home(settings, datetime.now(UTC))]
    # The service is checked first: checking the database can start its server.
    service = await asyncio.to_thread(lambda: list(check_service(settings)))
    return [*found, *[one async for one in check_database(settings)], *service]


def _print_lines(findings: "list[Finding]") -> None:
    for finding in findings:
        said = readable(finding.said)
        click.echo(f"{finding.state:<8} {finding.check:<12} {said}")
        if finding.advice:
            click.echo(f"{'':<8} {'':<12} -> {finding.advice}")


def _print_json(findings: "list[Finding]") -> None:
    import msgspec

    from unwrapped.cli.checks.findings import State

    is_well = all(finding.state is not State.PROBLEM for finding in findings)
    document = msgspec.json.encode({"ok": is_well, "checks": findings})
    click.echo(printable_json(msgspec.json.format(document, indent=2).decode()))
