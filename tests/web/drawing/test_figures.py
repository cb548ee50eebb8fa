"""The words and tables of the figures."""

from dataclasses import replace
from datetime import date

from unwrapped.music.critic.verdict import AxisReading
from unwrapped.music.profile.volume import Month
from unwrapped.web.drawing.figures import axes_figure, months_figure


def axis(value: float | None) -> AxisReading:
    return AxisReading(
        name="breadth", low="devoted", high="omnivorous", value=value, evidence=[]
    )


def months(*amounts: tuple[int, int, int, float | None]) -> list[Month]:
    return [
        Month(
            month=date(year, month, 1),
            plays=plays,
            hours=hours,
            known_share=float(hours is not None),
        )
        for year, month, plays, hours in amounts
    ]


def test_axes_that_were_not_measured_have_no_figure() -> None:
    assert axes_figure([axis(None), axis(None)]) is None


def test_a_place_on_an_axis_names_the_nearer_end() -> None:
    said = []
    for value in (-0.5, 0.05, 0.5):
        figure = axes_figure([axis(value)])
        assert figure is not None
        said.append(figure.caption)
    assert said == [
        "Breadth \N{MINUS SIGN}0.50: more devoted than omnivorous.",
        "Breadth +0.05: between devoted and omnivorous.",
        "Breadth +0.50: more omnivorous than devoted.",
    ]


def test_years_without_a_play_are_left_out() -> None:
    figure = months_figure(
        months((1970, 1, 1, 0.5), (1970, 2, 0, 0), (1971, 1, 0, 0), (2024, 5, 9, 2))
    )
    assert figure.caption == (
        "Hours per month, a row per year; the most in May 2024 with 2 hours."
        " Years without any are left out."
    )
    assert [row[0] for row in figure.table.rows] == [
        "January 1970",
        "February 1970",
        "May 2024",
    ]


def test_a_time_known_for_too_few_plays_is_not_shown() -> None:
    partly = [
        Month(month=date(2024, 1, 1), plays=8, hours=2.0, known_share=1.0),
        Month(month=date(2024, 2, 1), plays=2, hours=9.0, known_share=0.5),
    ]
    figure = months_figure(partly)
    assert figure.caption.startswith("Hours per month")
    assert [row[-1] for row in figure.table.rows] == ["2 hours", "–"]
    figure = months_figure([replace(partly[0], known_share=0.87), partly[1]])
    assert figure.caption.startswith("Plays per month")


def test_months_show_plays_if_no_duration_is_known() -> None:
    figure = months_figure(months((2024, 1, 1, None), (2024, 2, 3, None)))
    assert figure.label == (
        "Plays per month, January 2024 to February 2024: 4 plays in all,"
        " the most in February 2024 with 3 plays."
    )
