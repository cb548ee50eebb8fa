"""`unwrapped keys`: the keys that sign access tokens and encrypt stored secrets."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from unwrapped.core.config import Configuration


@click.group()
def keys() -> None:
    """Show or renew the keys of a server that are stored in its home."""


@keys.command("list")
def list_keys() -> None:
    """List the keys, without their values."""
    from unwrapped.cli.configuration import read_core_settings
    from unwrapped.core.secrets.key_ring import day_of, kept_ring

    ring = kept_ring(read_core_settings())
    for kid in ring.keys:
        does = "signs and verifies" if kid == ring.signing_id else "verifies"
        day = day_of(kid)
        click.echo(f"{kid:<16}  {does}" + (f"  created on {day}" if day else ""))


@keys.command()
@click.option("--keep", type=click.IntRange(1, 10), default=2, show_default=True,
              help="Number of keys to keep; access tokens signed with a dropped key end at once. Stop the server before you keep only 1.")  # fmt: skip
def rotate(keep: int) -> None:
    """Create a new key, which signs and encrypts; earlier keys are kept while they are
    needed.
    """
    import asyncio
    from datetime import UTC, datetime

    from unwrapped.cli.configuration import read_configuration
    from unwrapped.core.exceptions import Unavailable
    from unwrapped.core.secrets.key_ring import KeyRing, kept_ring, key_file

    configuration = read_configuration()
    settings = configuration.core
    today = datetime.now(UTC).date()
    file = key_file(settings)

    def changed(change: Callable[[KeyRing], KeyRing]) -> KeyRing:
        file.change(lambda text: change(KeyRing.parse(text, settings.algorithm)).text)
        return kept_ring(settings)

    # A key is dropped only after the texts that it encrypts are encrypted again.
    ring = changed(lambda ring: ring.rotated(today, len(ring.keys) + 1))
    try:
        renewed, needed = asyncio.run(_reencrypt(configuration))
    except Unavailable as error:
        click.echo(f"Nothing is encrypted again yet, and no key was dropped: {error.message}", err=True)  # fmt: skip
    else:
        ring = changed(lambda ring: ring.shortened(keep, needed))
        if renewed:
            click.echo(
                f"Secrets that were encrypted again, with the new key: {renewed}."
            )
        if held := [kid for kid in list(ring.keys)[keep:] if kid in needed]:
            click.echo(f"Kept, since stored secrets still need it: {', '.join(held)}.")
    first, *others = ring.keys
    click.echo(f"{first} signs from now on; also kept: {', '.join(others) or 'none'}.")  # fmt: skip
    click.echo(
        "Restart running processes: they only know the keys that they started with."
    )


async def _reencrypt(configuration: "Configuration") -> tuple[int, set[str]]:
    """Encrypt stored texts with the new key, if there is a database already.

    Returns the number of rows, and the keys that are still needed.
    """
    from unwrapped.core.database import MAY_BE_LOST, is_lost_connection
    from unwrapped.core.exceptions import Unavailable
    from unwrapped.core.postgres.embedded import has_cluster
    from unwrapped.core.process_resources import open_resources
    from unwrapped.main import DOMAINS

    if not has_cluster(configuration.core.home):
        return 0, set()
    renewed, needed = 0, set[str]()
    try:
        async with open_resources(configuration) as resources:
            for sealed in (one for domain in DOMAINS for one in domain.sealed):
                renewed += await sealed.reencrypt(resources)
                needed |= await sealed.keys_in_use(resources)
    except MAY_BE_LOST as error:
        if not is_lost_connection(error):
            raise
        raise Unavailable("The connection to the database was lost.") from error
    return renewed, needed
