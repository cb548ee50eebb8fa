"""Statistics in the terminal, as JSON and as CSV."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from unwrapped.cli.display.terminal import open_console
from unwrapped.core.printable import printable, printable_json
from unwrapped.music.profile.basis.listening_time import ENOUGH_KNOWN, MS_PER_HOUR
from unwrapped.music.statistics.schemas import Amounts, Ranked, Summary
from unwrapped.shared.spreadsheets import cell

_ROWS = {
    "Plays": "plays",
    "Listens": "listens",
    "Hours": "ms",
    "Artists": "artists",
    "Albums": "albums",
    "Tracks": "tracks",
    "New artists": "new_artists",
    "New albums": "new_albums",
    "New tracks": "new_tracks",
    "Days with music": "active_days",
    "Longest streak": "streak_days",
}

type Tops = Mapping[str, Sequence[Ranked]]
"""Rankings, by kind."""


def print_statistics(
    summary: Summary, tops: Tops, *, as_json: bool, as_csv: bool
) -> None:
    """Print totals and rankings; CSV only has the rankings."""
    if as_json:
        _print_json(summary, tops)
    elif as_csv:
        _print_csv(tops)
    else:
        _draw(summary, tops)


def _print_json(summary: Summary, tops: Tops) -> None:
    answer = {
        "summary": summary.model_dump(mode="json"),
        "top": {
            kind: [row.model_dump(mode="json") for row in rows]
            for kind, rows in tops.items()
        },
    }
    written = json.dumps(answer, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(f"{printable_json(written)}\n".encode())
    sys.stdout.buffer.flush()


def _print_csv(tops: Tops) -> None:
    names = ["kind", *Ranked.model_fields]
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    for kind, rows in tops.items():
        for row in rows:
            values = row.model_dump(mode="json")
            writer.writerow(
                {"kind": kind} | {name: cell(value) for name, value in values.items()}
            )


def _draw(summary: Summary, tops: Tops) -> None:
    console = open_console()
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(Text(summary.period.text))
    table.add_column("", justify="right")
    if summary.before is not None:
        table.add_column(Text(summary.before.text), justify="right", style="dim")
    for label, name in _ROWS.items():
        cells = [_figure(summary.amounts, name)]
        if summary.before_amounts is not None:
            cells.append(_figure(summary.before_amounts, name))
        table.add_row(label, *cells)
    console.print(table)
    for kind, rows in tops.items():
        console.print()
        console.print(_ranking(kind, rows))


def _ranking(kind: str, rows: Sequence[Ranked]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("", justify="right", style="dim")
    table.add_column(
        kind.capitalize(), no_wrap=True, overflow="ellipsis", min_width=30, max_width=52
    )
    for figure in ("Plays", "Hours", "Share"):
        table.add_column(figure, justify="right")
    for row in rows:
        name = Text(printable(row.name))
        if kind != "artists":
            name.append(f" by {printable(row.artist)}", "dim")
        hours = _hours(row.ms, row.known_share)
        table.add_row(str(row.rank), name, f"{row.plays:,}", hours, f"{row.share:.1%}")
    return table


def _figure(amounts: Amounts, name: str) -> str:
    value = getattr(amounts, name)
    if name == "ms":
        return _hours(value, amounts.known_share)
    return "–" if value is None else f"{value:,}"


def _hours(ms: int | None, known_share: float) -> str:
    is_known = ms is not None and known_share >= ENOUGH_KNOWN
    return f"{(ms or 0) / MS_PER_HOUR:,.1f}" if is_known else "–"
