"""`unwrapped stats`: the figures of an export, without a server."""

from datetime import UTC, datetime
from pathlib import Path

import click

from unwrapped.cli.options import period_option, zone_option

KINDS = ("artists", "albums", "tracks")


@click.command()
@click.argument("paths", metavar="EXPORT...", nargs=-1, required=True, type=Path)
@click.option("--top", "kind", type=click.Choice(KINDS), help="Rank only these.  [default: all kinds]")  # fmt: skip
@click.option("--by", default="plays", show_default=True, type=click.Choice(["plays", "time"]),
              help="What a ranking is ordered by.")  # fmt: skip
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000),
              help="Length of a ranking.")  # fmt: skip
@period_option
@zone_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, in the form of the API."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the rankings as CSV.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def stats(
    paths: tuple[Path, ...],
    kind: str | None,
    by: str,
    limit: int,
    period_text: str,
    zone_name: str | None,
    *,
    as_json: bool,
    as_csv: bool,
    quiet: bool,
) -> None:
    """Count a listening history: totals, and what was played most.

    EXPORT is the zip that the streaming service sent, a folder, or single files. Nothing
    leaves this machine. Plays, time and days are counted as in `analyze` and the API.
    """
    from unwrapped.cli.display.progress import show_progress
    from unwrapped.cli.display.statistics import print_statistics
    from unwrapped.music.history.building import build_history
    from unwrapped.music.read_model.columns import columns_of
    from unwrapped.music.sources.upload_reading import read_upload
    from unwrapped.music.statistics.answering import Questions
    from unwrapped.music.statistics.question import Asked, Ranking
    from unwrapped.music.statistics.schemas import By, Kind
    from unwrapped.shared.zones import machine_zone, parse_zone

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    zone = parse_zone(zone_name) if zone_name else machine_zone()
    asked = Asked.parse(period_text, zone, datetime.now(UTC))
    with show_progress(wanted=not quiet) as on_progress:
        history = build_history(read_upload(paths, on_progress=on_progress))
        questions = Questions(columns_of(history.listens))
        tops = {
            one: questions.top(asked, Ranking(Kind(one), By(by)), limit)
            for one in ([kind] if kind else KINDS)
        }
        summary = questions.summary(asked)
    print_statistics(summary, tops, as_json=as_json, as_csv=as_csv)
