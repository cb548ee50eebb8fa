"""`unwrapped analyze`: a verdict on an export."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unwrapped.cli.options import period_option, zone_option

if TYPE_CHECKING:
    from unwrapped.music.analysis.portrait import Portrait
    from unwrapped.music.critic.language_model.settings import CriticSettings


@click.command()
@click.argument("paths", metavar="EXPORT...", nargs=-1, required=True, type=Path)
@period_option
@zone_option
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 100),
              help="Length of the top lists.")  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON (docs/verdict-schema.md)."
)
@click.option("--html", "html_file", metavar="FILE", type=click.Path(path_type=Path),
              help="Also write the portrait as one self-contained page.")  # fmt: skip
@click.option("--open", "opened", is_flag=True, help="Open the page of --html in the browser.")  # fmt: skip
@click.option(
    "--books",
    "with_books",
    is_flag=True,
    help="Show what happened to each file's rows.",
)
@click.option(
    "--quiet",
    is_flag=True,
    help="Print only the verdict's title and its one-line summary.",
)
@click.option("--critic", type=click.Choice(["house", "model"]), default="house",
              show_default=True, help="Who writes the verdict: rules on this machine (house), or the model at MODEL_URL (docs/model-critic.md).")  # fmt: skip
@click.option("--yes", is_flag=True, help="Agree to what --critic model sends, without being asked.")  # fmt: skip
def analyze(
    paths: tuple[Path, ...],
    period_text: str,
    zone_name: str | None,
    top: int,
    *,
    as_json: bool,
    html_file: Path | None,
    opened: bool,
    with_books: bool,
    quiet: bool,
    critic: str,
    yes: bool,
) -> None:
    """Judge the taste in a listening history.

    EXPORT is the zip that Spotify or ListenBrainz sent, a table or JSON of a Last.fm
    history, a folder, or single files. Nothing leaves this machine,
    except with --critic model.
    """
    from unwrapped.cli.display.output import print_json, print_portrait, warn
    from unwrapped.music.sources.recognition import is_named_like_history

    if opened and html_file is None:
        raise click.UsageError("--open opens the page that --html FILE writes: give both.")  # fmt: skip
    settings = None
    if critic == "model":
        from unwrapped.cli.model_verdict import agreed_settings

        settings = agreed_settings(yes=yes)
    portrait = _portrait(paths, period_text, zone_name, top, settings, quiet=quiet)
    if html_file is not None:
        _write_page(portrait, html_file, quiet=quiet)
        if opened:
            _open_page(html_file)
    for file in portrait.books.skipped:
        if file.warning:
            named = "named like listening history, but is "
            is_so = named if is_named_like_history(file.path) else ""
            warn(f"{file.path} is {is_so}{file.looks_like}. It was left out.")
    for reason in portrait.verdict.replaced:
        warn(reason)
    if as_json:
        print_json(portrait)
    else:
        print_portrait(portrait, with_books=with_books, quiet=quiet)


def _portrait(
    paths: tuple[Path, ...],
    period_text: str,
    zone_name: str | None,
    top: int,
    settings: "CriticSettings | None",
    *,
    quiet: bool,
) -> "Portrait":
    from unwrapped.cli.display.progress import show_progress
    from unwrapped.music.analysis.portrait import paint_portrait
    from unwrapped.music.critic.house_critic import HouseCritic
    from unwrapped.music.history.building import build_history
    from unwrapped.music.history.period import Period
    from unwrapped.music.sources.upload_reading import read_upload
    from unwrapped.shared.zones import machine_zone, parse_zone

    zone = parse_zone(zone_name) if zone_name else machine_zone()
    period = Period.parse(period_text, datetime.now(zone).date())
    with show_progress(wanted=not quiet) as on_progress:
        history = build_history(read_upload(paths, on_progress=on_progress))
        house = HouseCritic()
        portrait = paint_portrait(history, period, zone, house, top)
        if settings is None:
            return portrait
        from unwrapped.cli.model_verdict import written_by_model
        from unwrapped.music.analysis.model_input import draft_brief

        brief = draft_brief(history, portrait, period, zone, house)
        return written_by_model(portrait, brief, settings)


def _write_page(portrait: "Portrait", file: Path, *, quiet: bool) -> None:
    from unwrapped.cli.display.output import say
    from unwrapped.core.files import write_whole
    from unwrapped.web.portrait_page import render_portrait

    write_whole(file, render_portrait(portrait))
    if not quiet:
        say(f"The page is {file} ({file.stat().st_size / 1024:,.0f} KiB).")


def _open_page(file: Path) -> None:
    import webbrowser

    from unwrapped.cli.display.output import warn

    if not webbrowser.open(file.absolute().as_uri()):
        warn(f"No browser was found here: open {file} yourself.")
