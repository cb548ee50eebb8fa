"""When a listen started, from what its log says alone."""

import polars as pl

from unwrapped.music.sources.logs import LOGS

_LOG_ENDS = [name.value for name, log in LOGS.items() if log.logs == "end"]


def started_at() -> pl.Expr:
    """The start of a listen, from `log`, `logged_at` and `ms_played`.

    It is fixed for ever, as part of the exact key. Where only the end is logged and not
    what was played, and where the moment is near the end, it is the logged time.
    """
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    ended = pl.col("log").is_in(_LOG_ENDS)
    return pl.when(ended).then(pl.col("logged_at") - played).otherwise("logged_at")
