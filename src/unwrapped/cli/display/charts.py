"""Charts made of characters; `plain` charts use only ASCII."""

from itertools import groupby

from rich.text import Text

from unwrapped.music.critic.verdict import AxisReading
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.profile.times.rhythm import Clock
from unwrapped.music.profile.volume import Month

EIGHTHS = " ▁▂▃▄▅▆▇█"
CLOCK_ROWS = 6
HALF_WIDTH, HALF_HEIGHT = 20, 5


def draw_clock(clock: Clock, *, plain: bool) -> Text:
    """Draw 24 columns of plays, three characters wide, above the hours."""
    most = max(clock.hours)
    text = Text()
    for row in reversed(range(CLOCK_ROWS)):
        for plays in clock.hours:
            filled = plays / most * CLOCK_ROWS - row
            text.append(_cell(filled, plain=plain) * 2 + " ", "cyan")
        text.append("\n")
    text.append("".join(f"{hour:<9}" for hour in range(0, 24, 3)), "dim")
    return text


def draw_months(months: list[Month], *, plain: bool) -> Text:
    """Draw a row for each year: its months, and its hours; or plays, if the time of too
    few plays is known.
    """
    shown, noun = _hours_of, "hours"
    if not shows_hours(months):
        shown, noun = _plays_of, "plays"
    most = max(map(shown, months)) or 1.0
    text = Text("     " + "".join(f"{name:>4}" for name in "JFMAMJJASOND"), "dim")
    for year, of_year in groupby(months, key=lambda month: month.month.year):
        amounts = {month.month.month: shown(month) for month in of_year}
        text.append(f"\n{year} ", "dim")
        for number in range(1, 13):
            text.append(_month(amounts.get(number), most, plain=plain), "cyan")
        text.append(f"  {sum(amounts.values()):,.0f} {noun}", "dim")
    return text


def draw_quadrant(axes: list[AxisReading], *, plain: bool) -> Text:
    """Draw the first axis from left to right and, if known, the second upwards."""
    across, up = axes
    width = 2 * HALF_WIDTH + 1
    horizontal, vertical, cross, dot = "-|+O" if plain else "─│┼●"
    column = HALF_WIDTH + round((across.value or 0.0) * HALF_WIDTH)
    row = HALF_HEIGHT - round((up.value or 0.0) * HALF_HEIGHT)
    rows = range(2 * HALF_HEIGHT + 1) if up.value is not None else [HALF_HEIGHT]
    text = Text()
    if up.value is not None:
        text.append(f"{up.high:^{width}}\n", "dim")
    for y in rows:
        line = [horizontal if y == HALF_HEIGHT else " "] * width
        line[HALF_WIDTH] = cross if y == HALF_HEIGHT else vertical
        if y == row:
            line[column] = dot
        text.append("".join(line) + "\n", "magenta" if y == row else "dim")
    if up.value is not None:
        text.append(f"{up.low:^{width}}\n", "dim")
    gap = width - len(across.low) - len(across.high)
    text.append(across.low + " " * gap + across.high, "dim")
    return text


def _cell(filled: float, *, plain: bool) -> str:
    """One character of a column, filled from below (1 = whole)."""
    inside = min(max(filled, 0.0), 1.0)
    if plain:
        return "#" if inside >= 0.5 else " "
    return EIGHTHS[round(inside * 8)]


def _hours_of(month: Month) -> float:
    return month.hours or 0.0


def _plays_of(month: Month) -> float:
    return month.plays


def _month(amount: float | None, most: float, *, plain: bool) -> str:
    if amount is None:
        return "    "
    if plain:
        return f"{amount:>4.0f}"
    bar = EIGHTHS[max(1, round(amount / most * 8))] if amount else "·"
    return f"  {bar * 2}"
