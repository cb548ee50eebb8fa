"""Write docs/formats.md: the logs and what each is, from their records.

Run with `uv run task schema` after a change; a test fails when it is not up to date.
"""

from pathlib import Path

from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.logs import LOGS, RICH_TO_POOR, Log, LogName
from unwrapped.music.sources.reasons import AsideReason

FILE = Path(__file__).parents[1] / "docs" / "formats.md"
INTRODUCTION = Path(__file__).with_name("formats_intro.md")
"""What is written by hand."""

_MOMENTS = {"start": "start", "end": "end", "near_end": "near the end"}


def formats_page() -> str:
    """The page as text."""
    heads = (
        "Log",
        "Title",
        "Code",
        "The time is the",
        "Precision",
        "Earliest year",
        "Read from",
    )
    lines = [heads, tuple("---" for _ in heads)]
    lines += [_cells(name, LOGS[name]) for name in RICH_TO_POOR]
    reasons = [
        (f"`{reason.value}`", reason.many, "yes" if reason.damage else "no")
        for reason in AsideReason
    ]
    return f"""{INTRODUCTION.read_text(encoding="utf-8")}
{_table(lines)}

## Reasons

Rows that are not listens to a track are counted by their reason. Only damaged rows count towards refusing an upload.

{_table([("Reason", "Rows", "Damaged"), ("---",) * 3, *reasons])}
"""


def _cells(name: LogName, log: Log) -> tuple[str, ...]:
    modules = [type(form).__module__ for form in FORMATS if name in form.logs]
    read_from = ", ".join(f"`{module.rpartition('.')[2]}`" for module in modules)
    if log.forgotten_with:
        read_from = f"the API; deleted when `{log.forgotten_with}` is unlinked"
    if log.received:
        read_from = "submissions of players to this server"
    moment, year = _MOMENTS[log.logs], str(log.earliest_year)
    return (
        f"`{name.value}`", log.title, str(log.code), moment, log.precision, year, read_from
    )  # fmt: skip


def _table(rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    FILE.write_text(formats_page(), encoding="utf-8")
