"""Charts made of characters, as a terminal shows them."""

from dataclasses import replace
from datetime import date

import pytest

from unwrapped.cli.display.charts import draw_clock, draw_months, draw_quadrant
from unwrapped.music.critic.verdict import AxisReading
from unwrapped.music.profile.times.rhythm import Clock
from unwrapped.music.profile.volume import Month

BREADTH = AxisReading(
    name="breadth", low="devoted", high="omnivorous", value=0.5, evidence=[]
)
NOVELTY = AxisReading(
    name="novelty", low="nostalgic", high="exploring", value=-1.0, evidence=[]
)
CLOCK = Clock(
    hours=[0] * 12 + [6, 3] + [0] * 10,
    weekdays=[9, 0, 0, 0, 0, 0, 0],
    night_share=0.0,
    morning_share=0.0,
    office_share=1.0,
    evening_share=0.0,
    weekend_share=0.0,
    peak_hour=12,
    peak_share=2 / 3,
    effective_hours=1.9,
)


@pytest.mark.parametrize(("plain", "dot"), [(False, "●"), (True, "O")])
def test_the_dot_is_where_the_axes_say(plain: bool, dot: str) -> None:
    lines = draw_quadrant([BREADTH, NOVELTY], plain=plain).plain.splitlines()
    row = next(n for n, line in enumerate(lines) if dot in line)
    assert lines[row].index(dot) == 30  # of 0..40, the middle is 20
    assert lines[0].strip() == "exploring"
    assert lines[row + 1].strip() == "nostalgic"
    assert lines[-1].split() == ["devoted", "omnivorous"]


def test_without_novelty_there_is_one_axis() -> None:
    unknown = replace(NOVELTY, value=None)
    lines = draw_quadrant([BREADTH, unknown], plain=True).plain.splitlines()
    assert len(lines) == 2
    assert lines[0][30] == "O"


def test_the_clock_grows_with_the_plays() -> None:
    lines = draw_clock(CLOCK, plain=True).plain.splitlines()
    assert [line[36:41] for line in lines[:6]] == ["##   "] * 3 + ["## ##"] * 3
    assert all(not line[:36].strip() and not line[41:].strip() for line in lines[:6])
    assert lines[6].split() == ["0", "3", "6", "9", "12", "15", "18", "21"]


def test_months_outside_the_period_are_blank_and_silent_ones_are_marked() -> None:
    months = [
        Month(month=date(2024, 11, 1), plays=10, hours=8.0),
        Month(month=date(2024, 12, 1), plays=0, hours=0.0),
        Month(month=date(2025, 1, 1), plays=5, hours=4.0),
    ]
    header, first, second = draw_months(months, plain=False).plain.splitlines()
    assert header.split() == list("JFMAMJJASOND")
    assert first.split() == ["2024", "██", "··", "8", "hours"]
    assert second.split() == ["2025", "▄▄", "4", "hours"]
    plain = draw_months(months, plain=True).plain.splitlines()
    assert plain[1].split() == ["2024", "8", "0", "8", "hours"]


def test_months_show_plays_if_the_time_of_too_few_is_known() -> None:
    for hours, share in ((0.0, 1.0), (None, 0.0), (9.0, 0.89)):
        month = Month(month=date(2024, 1, 1), plays=3, hours=hours, known_share=share)
        assert "3 plays" in draw_months([month], plain=False).plain
    known = Month(month=date(2024, 1, 1), plays=3, hours=9.0, known_share=0.9)
    assert "9 hours" in draw_months([known], plain=False).plain
