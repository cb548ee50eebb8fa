"""Options that several commands have."""

import click

period_option = click.option(
    "--period",
    "period_text",
    default="all",
    show_default=True,
    metavar="PERIOD",
    help="all, 2025, 2025-11, 2025-11-30, 2025-01-01..2025-06-30, last-7|30|90|365,"
    " this-week|month|year or last-week|month|year.",
)

zone_option = click.option(
    "--tz",
    "zone_name",
    metavar="ZONE",
    help="Time zone of days and hours, like Europe/Berlin.  [default: this machine's]",
)
