"""The start of a listen, from what its log has."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.music.history.made_up import LOGS
from unwrapped.music.history.start_times import started_at

LOGGED = datetime(2023, 5, 1, 10, 0, 30, 123_000, UTC)


@pytest.mark.parametrize(
    ("log", "ms", "expected"),
    [
        ("end", 30_001, datetime(2023, 5, 1, 10, 0, 0, 122_000, UTC)),
        ("end", None, LOGGED),
        ("end", 2**31 - 1, datetime(2023, 4, 6, 13, 29, 6, 476_000, UTC)),
        ("end_minute", 60_000, datetime(2023, 5, 1, 9, 59, 30, 123_000, UTC)),
        ("start", 30_001, LOGGED),
        ("near_end", 30_001, LOGGED),
        ("api", None, LOGGED),
    ],
)
def test_a_start_is_of_log_time_and_duration_alone(
    log: str, ms: int | None, expected: datetime
) -> None:
    row = pl.DataFrame(
        {"log": [log], "logged_at": [LOGGED], "ms_played": [ms], "length_ms": [9]},
        schema={
            "log": pl.Enum([name.value for name in LOGS]),
            "logged_at": pl.Datetime("us", "UTC"),
            "ms_played": pl.Int64(),
            "length_ms": pl.Int32(),
        },
    )
    assert row.select(started_at(LOGS)).to_dict(as_series=False) == {
        "started_at": [expected]
    }
