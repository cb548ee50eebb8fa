"""`unwrapped backup`: everything that cannot be recreated, in one file."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unwrapped.cli.options import ask_passphrase, passphrase_option

if TYPE_CHECKING:
    from unwrapped.core.backup.manifest import Manifest, SealedSecret
    from unwrapped.core.config import Settings

LEFT_OUT = (
    "The secret of this installation is NOT in the backup: after a restore elsewhere"
    " people must link their accounts with providers again, and clients of Last.fm's"
    " protocol need a new token. --passphrase or --passphrase-file includes the secret,"
    " encrypted."
)
KEPT_APART = (
    "SECRET_KEY is not in the backup, as it is a setting: keep it separately, and set"
    " the same value where you restore."
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@passphrase_option
@click.option("--passphrase", "asks", is_flag=True, help="Ask for a passphrase, and include the secret, as with --passphrase-file.")  # fmt: skip
def backup(file: Path, passphrase_file: Path | None, *, asks: bool) -> None:
    """Write a backup of everything to FILE, whether or not the service runs.

    It contains the database and the uploads that wait for their import. Only its owner
    can read the file. Its content is not encrypted, except for the secret.
    """
    from unwrapped.cli.configuration import read_core_settings
    from unwrapped.core.backup.archive import require_new
    from unwrapped.core.backup.home_secret import is_in_home

    settings = read_core_settings()
    require_new(file)
    secret = None
    if asks or passphrase_file is not None:
        secret = _sealed(settings, ask_passphrase(passphrase_file, confirm=True))
    _say(file, asyncio.run(_write(settings, file, secret)))
    if not is_in_home(settings):
        click.echo(KEPT_APART)
    elif secret is None:
        click.echo(LEFT_OUT)


async def _write(
    settings: "Settings", file: Path, secret: "SealedSecret | None"
) -> "Manifest":
    from unwrapped.core.backup.writing import write_backup
    from unwrapped.core.object_store import ObjectStore
    from unwrapped.core.postgres.embedded import require_cluster
    from unwrapped.core.process_resources import open_database

    if settings.is_embedded:
        require_cluster(settings.home)
    async with open_database(settings) as address:
        return await write_backup(address, ObjectStore(settings), file, secret)


def _sealed(settings: "Settings", passphrase: str) -> "SealedSecret | None":
    from unwrapped.core.backup.home_secret import kept_secret
    from unwrapped.core.backup.passphrase import seal

    secret = kept_secret(settings)
    return None if secret is None else seal(secret, passphrase)


def _say(file: Path, manifest: "Manifest") -> None:
    size = file.stat().st_size / 1_000_000
    click.echo(
        f"{file}: {manifest.rows:,} rows of {len(manifest.tables)} tables,"
        f" {len(manifest.uploads)} waiting uploads, {size:,.1f} MB; the state of"
        f" {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, version {manifest.revision}."
    )
