"""Write, check and apply the migrations: `uv run python -m tools.migrate COMMAND`.

Commands that need an empty database create one and drop it: on TEST_DATABASE_URL, or on
an embedded server in `.task/`.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

from tools.migrate import ROOT
from tools.migrate.atlas import Atlas, new_files
from tools.migrate.databases import service_database
from tools.migrate.schema import desired_schema, queue_schema
from unwrapped.core.postgres.addresses import DatabaseAddress

DIRECTORY = ROOT / "src" / "unwrapped" / "migrations"
NO_CHANGES = "no changes to be made"


@click.group()
@click.option("--dir", "directory", type=Path, default=DIRECTORY, show_default=True)
@click.pass_context
def cli(context: click.Context, directory: Path) -> None:
    """Write, check and apply the migrations, with Atlas's engine (tools/atlas)."""
    context.obj = Atlas(directory)


@cli.command()
@click.argument("name")
@click.pass_obj
def diff(atlas: Atlas, name: str) -> None:
    """Write a new file with the changes that bring the migrations up to the models."""
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise click.BadParameter("lower case letters, digits and underscores")
    before = set(atlas.directory.glob("*.sql"))
    _show(atlas.diff(name))
    for path in sorted(set(atlas.directory.glob("*.sql")) - before):
        click.echo(f"Wrote {path}: read it, and commit it with atlas.sum.")


@cli.command()
@click.option("--latest", type=click.IntRange(min=0), help="Default: the new files.")
@click.pass_obj
def lint(atlas: Atlas, latest: int | None) -> None:
    """Search the new files for statements that could lose data."""
    _lint(atlas, new_files(atlas.directory) if latest is None else latest)


@cli.command()
@click.pass_obj
def check(atlas: Atlas) -> None:
    """Do what CI does: validate, compare with the models, lint the new files."""
    _show(atlas.validate())
    missing = atlas.diff("missing", "--dry-run")
    _show(missing)
    if NO_CHANGES not in missing.stdout:
        click.echo(
            "Models and migrations differ: run `task db:migrate:diff -- NAME`.",
            err=True,
        )
        sys.exit(1)
    _lint(atlas, new_files(atlas.directory))


@cli.command(name="hash")
@click.pass_obj
def hash_(atlas: Atlas) -> None:
    """Write atlas.sum again, after an edit by hand."""
    _show(atlas.hash())


@cli.command()
@click.pass_obj
def status(atlas: Atlas) -> None:
    """Show which migrations the service's database has."""
    _on_service_database(atlas.status)


@cli.command()
@click.pass_obj
def apply(atlas: Atlas) -> None:
    """Apply the pending migrations to the service's database."""
    _on_service_database(atlas.apply)


@cli.command()
def schema() -> None:
    """Print the models as DDL."""
    click.echo(desired_schema(), nl=False)


@cli.command(name="queue-schema")
def queue_schema_() -> None:
    """Print PgQueuer's tables as a migration."""
    click.echo(queue_schema(), nl=False)


def _lint(atlas: Atlas, count: int) -> None:
    if count == 0:
        click.echo("No new migration files.")
        return
    _show(atlas.lint(count))
    click.echo(f"New migration files: {count}. None would lose data.")


def _on_service_database(
    command: Callable[[DatabaseAddress], subprocess.CompletedProcess[str]],
) -> None:
    with service_database() as address:
        run = command(address)
    _show(run)


def _show(run: subprocess.CompletedProcess[str]) -> None:
    """Print the output of a command; exit with its code if it failed."""
    click.echo(run.stdout, nl=False)
    click.echo(run.stderr, nl=False, err=True)
    if run.returncode:
        sys.exit(run.returncode)


if __name__ == "__main__":
    cli()
