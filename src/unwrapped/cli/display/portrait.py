"""The portrait in a terminal of 80 columns or more."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from unwrapped.cli.display.books_report import draw_books
from unwrapped.cli.display.charts import draw_clock, draw_months, draw_quadrant
from unwrapped.core.printable import printable
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.critic.evidence import Evidence, written
from unwrapped.music.critic.verdict import CLOSING, Beat, Observation, Verdict
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.profile.most_played.top_lists import (
    Favourites,
    TopArtist,
    TopTrack,
)
from unwrapped.shared.zones import zone_title

WIDE = 120
TEXT_WIDTH = 100


def draw_portrait(console: Console, portrait: Portrait, *, with_books: bool) -> None:
    """Print the whole portrait."""
    profile, verdict = portrait.profile, portrait.verdict
    plain = console.options.ascii_only
    wide = console.width >= WIDE
    console.print(_headline(portrait, min(console.width, TEXT_WIDTH)))
    if verdict.model is not None:
        console.print(Text(f"  Written by a model, {printable(verdict.model)}.", "dim"))
    for beat in verdict.beats or verdict.observations:
        console.print(_beat(beat, wide=wide), width=min(console.width, WIDE))
    quadrant = draw_quadrant(verdict.axes, plain=plain)
    months = draw_months(profile.months, plain=plain)
    clock = draw_clock(profile.clock, plain=plain)
    _section(
        console, "Where you stand", _beside([quadrant, _standing(verdict)], wide=wide)
    )
    _section(console, "Listening clock: plays by hour of the day", clock)
    heading = "Hours per month" if shows_hours(profile.months) else "Plays per month"
    _section(console, heading, months)
    tables = [_artists(profile.favourites), _tracks(profile.favourites)]
    _section(console, "Most played", _beside(tables, wide=wide))
    if verdict.unsaid:
        _section(console, "What cannot be said", Text("\n".join(verdict.unsaid), "dim"))
    _section(console, "The books", draw_books(portrait.books, with_files=with_books))


def _section(console: Console, heading: str, body: RenderableType) -> None:
    console.print()
    console.print(Text(heading, "bold"))
    console.print(Padding(body, (0, 0, 0, 2)))


def _beside(parts: Sequence[RenderableType], *, wide: bool) -> RenderableType:
    """Side by side if there is space, otherwise below each other."""
    if not wide:
        return Group(*parts)
    grid = Table.grid(padding=(0, 4))
    grid.add_row(*parts)
    return grid


def _headline(portrait: Portrait, width: int) -> Panel:
    period, verdict = portrait.period, portrait.verdict
    days = f"{written(period.first_day, 'day')} to {written(period.last_day, 'day')}, {zone_title(portrait.zone)}"
    return Panel(
        Text.assemble((verdict.title, "bold magenta"), "\n", verdict.line),
        title="Unwrapped",
        subtitle=Text(days, "dim"),
        title_align="left",
        subtitle_align="right",
        padding=(1, 2),
        width=width,
    )


def _beat(beat: Beat | Observation, *, wide: bool) -> RenderableType:
    """A part of the text with its evidence, beside it if there is space."""
    text, why = Text(beat.text), Text(_listed(beat.evidence), "dim italic")
    if isinstance(beat, Beat) and beat.role == CLOSING:
        return Padding(text, (1, 2, 0, 2))
    if not wide:
        return Padding(Group(text, why), (1, 2, 0, 2))
    grid = Table.grid(padding=(0, 4))
    grid.add_column(ratio=3)
    grid.add_column(ratio=2)
    grid.add_row(text, why)
    return Padding(grid, (1, 2, 0, 2))


def _listed(evidence: list[Evidence]) -> str:
    return "; ".join(f"{fact.label}: {fact.text}" for fact in evidence)


def _standing(verdict: Verdict) -> RenderableType:
    lines = [
        Text.assemble(
            (f"{axis.low} to {axis.high}: ", "bold"),
            "unknown" if axis.value is None else f"{axis.value:+.2f}",
            (f"\n{_listed(axis.evidence)}" if axis.evidence else "", "dim"),
        )
        for axis in verdict.axes
    ]
    return Group(*lines)


def _artists(favourites: Favourites) -> Table:
    table = _table("Artist", "Plays", "Hours")
    for rank, artist in enumerate(favourites.artists, start=1):
        name = Text(printable(artist.artist))
        table.add_row(str(rank), name, f"{artist.plays:,}", _hours(artist))
    return table


def _tracks(favourites: Favourites) -> Table:
    table = _table("Track", "Plays", "Hours")
    for rank, track in enumerate(favourites.tracks, start=1):
        name = Text(printable(track.title))
        name.append(f" by {printable(track.artist)}", "dim")
        table.add_row(str(rank), name, f"{track.plays:,}", _hours(track))
    return table


def _hours(top: TopArtist | TopTrack) -> str:
    return f"{top.hours:,.1f}" if top.hours and shows_hours([top]) else "–"


def _table(name: str, *figures: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("", justify="right", style="dim")
    table.add_column(
        name, no_wrap=True, overflow="ellipsis", min_width=30, max_width=52
    )
    for figure in figures:
        table.add_column(figure, justify="right")
    return table
