"""`unwrapped restore`: restores an installation from a backup."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unwrapped.cli.options import ask_passphrase, passphrase_option
from unwrapped.core.exceptions import Invalid

if TYPE_CHECKING:
    from unwrapped.core.backup.manifest import Manifest
    from unwrapped.core.backup.restoring import Restored


class PassphraseNeeded(Invalid):
    """The backup contains a secret; there is no passphrase, nor `--without-secret`."""

    code = "passphrase_needed"

    def __init__(self) -> None:
        super().__init__(
            "The backup contains the secret of its installation, encrypted: give the"
            " passphrase with --passphrase-file, or leave the secret out with"
            " --without-secret."
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@passphrase_option
@click.option("--without-secret", is_flag=True, help="Do not restore the secret in the backup.")  # fmt: skip
@click.option("--check", is_flag=True, help="Only verify that the backup is complete; nothing is started or changed.")  # fmt: skip
def restore(
    file: Path, passphrase_file: Path | None, *, without_secret: bool, check: bool
) -> None:
    """Restore the backup in FILE into an empty installation, entirely or not at all.

    Such an installation is a new UNWRAPPED_HOME, or an empty database at DATABASE_URL.
    Stop the service first.
    """
    from unwrapped.cli.configuration import read_configuration
    from unwrapped.core.backup.home_secret import is_in_home
    from unwrapped.core.backup.restoring import restore_backup, verified_backup
    from unwrapped.main import DOMAINS

    configuration = read_configuration()
    with verified_backup(file) as backup:
        if check:
            click.echo(f"The backup is complete: {_described(backup.manifest)}.")
            return
        secret = None
        if not without_secret and is_in_home(configuration.core):
            secret = _secret(backup.manifest, passphrase_file)
        restored = asyncio.run(restore_backup(configuration, DOMAINS, backup, secret))
    _say(restored)


def _secret(manifest: "Manifest", file: Path | None) -> str | None:
    """Return the secret in the backup; None if there is none."""
    from unwrapped.core.backup.passphrase import unseal

    if manifest.secret is None:
        return None
    if file is None and not sys.stdin.isatty():
        raise PassphraseNeeded
    return unseal(manifest.secret, ask_passphrase(file))


def _described(manifest: "Manifest") -> str:
    return (
        f"{manifest.rows:,} rows of {len(manifest.tables)} tables and"
        f" {len(manifest.uploads)} uploads, the state of"
        f" {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, made by Unwrapped {manifest.product}"
    )


def _say(restored: "Restored") -> None:
    click.echo(f"Restored: {_described(restored.manifest)}.")
    if restored.migrated:
        click.echo(f"Brought up to date by {restored.migrated} migrations.")
    click.echo(
        "Everything is as it was at that moment: accounts, tokens and shares that were"
        " deleted later exist again, and passwords are the earlier ones. Everybody must"
        " sign in again; active tasks continue when a worker starts."
    )
    if restored.manifest.secret is not None and not restored.has_secret:
        click.echo("The secret in the backup is not used.")
    if restored.unreadable:
        click.echo(
            f"No key here decrypts the secrets of {restored.unreadable} linked accounts"
            " and scrobbling tokens: people must link their accounts with providers"
            " again, and clients of Last.fm's protocol need a new token."
        )
