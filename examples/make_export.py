r"""Make a made-up but lifelike Spotify export, to try the program out or to test it.

The example beside this file was made by

    uv run python examples/make_export.py examples/my_spotify_data.zip \
        --listener nostalgic --seed 20 --format both

The same arguments give the same files in the zip on every machine, and the same zip
wherever zlib is the same. In Python:

    from examples.make_export import make_listens, write_export
    write_export(path, make_listens("nightowl", seed=3, rows=5_000), "both")
"""

import sys
from pathlib import Path

import click

if not __package__:  # run as a script: find the modules beside this one
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examples.export_rows import (
    account_audiobook_rows,
    account_podcast_rows,
    account_rows,
    extended_rows,
)
from examples.export_zip import FORMS, Form, write_export
from examples.listen import Listen
from examples.listener_habits import Habits
from examples.listener_traits import KINDS, habits_of, traits_of
from examples.listening import Years, make_listens

__all__ = [
    "FORMS",
    "KINDS",
    "Form",
    "Habits",
    "Listen",
    "Years",
    "account_audiobook_rows",
    "account_podcast_rows",
    "account_rows",
    "extended_rows",
    "habits_of",
    "main",
    "make_listens",
    "traits_of",
    "write_export",
]


class YearsType(click.ParamType[Years]):
    """`2019-2025`, or a single year."""

    name = "years"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Years:
        first, _, last = str(value).partition("-")
        try:
            years = int(first), int(last or first)
        except ValueError:
            self.fail(
                f"{value} is neither one year nor a range like 2019-2025.", param, ctx
            )
        if not 2008 <= years[0] <= years[1] <= 2099:
            self.fail(
                f"{value}: years are from 2008 to 2099, the first one first.",
                param,
                ctx,
            )
        return years


@click.command(help="Write the export of a made-up listener to OUT, a zip.")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--listener", "kind", type=click.Choice(KINDS), default="omnivore")
@click.option("--rows", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--years", type=YearsType(), default="2021-2025", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--format", "form", type=click.Choice(FORMS), default="extended")
@click.option("--list", "only_list", is_flag=True, help="List listeners and habits.")
def main(
    out: Path | None,
    kind: str,
    rows: int,
    years: Years,
    seed: int,
    form: Form,
    only_list: bool,
) -> None:
    if only_list:
        for name in KINDS:
            click.echo(f"{name:13} {', '.join(traits_of(name, seed))}")
    elif out is None:
        raise click.UsageError("Name the zip to write, or use --list.")
    else:
        write_export(out, make_listens(kind, seed=seed, rows=rows, years=years), form)
        click.echo(f"{out}: {rows:,} rows of a made-up {kind}.")


if __name__ == "__main__":
    main()
