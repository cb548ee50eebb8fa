"""`unwrapped db`: the migrations of the database."""

import asyncio

import click


@click.group()
def db() -> None:
    """Migrate the database, or show the state of its migrations."""


@db.command()
def upgrade() -> None:
    """Apply all pending migrations."""
    asyncio.run(_upgrade())


@db.command()
def status() -> None:
    """Show which migrations are applied and which are pending."""
    asyncio.run(_status())


async def _upgrade() -> None:
    from unwrapped.cli.configuration import read_core_settings
    from unwrapped.core.migrations.upgrade import apply_migrations
    from unwrapped.core.process_resources import open_database

    async with open_database(read_core_settings()) as address:
        applied = await apply_migrations(address)
    for name in applied:
        click.echo(f"applied {name}")
    click.echo("The database is up to date.")


async def _status() -> None:
    from unwrapped.cli.configuration import read_core_settings
    from unwrapped.core.migrations.upgrade import migration_status
    from unwrapped.core.process_resources import open_database

    async with open_database(read_core_settings()) as address:
        status = await migration_status(address)
    click.echo(f"current version: {status.current or 'none'}")
    click.echo(f"applied: {len(status.applied)}, pending: {len(status.pending)}")
    for name in status.pending:
        click.echo(f"  {name}")
    if status.pending:
        click.echo("Run: unwrapped db upgrade")
