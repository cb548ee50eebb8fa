"""Rules about the edge of the charts."""

from datetime import date

from tests.music.critic.rules.cases import (
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.most_played.chart_edge import CHART_EDGE


def charts(eleventh: int) -> list[Listen]:
    """Ten artists of one track, from 49 plays to 40; an eleventh; and Solo, who has
    49 plays of seven tracks."""
    tracks = [f"Band {n}/Hit {n}" for n in range(9) for _ in range(49 - n)]
    tracks += ["Tenth/Ultima"] * 40 + ["Zappa/Almost"] * eleventh
    tracks += [f"Solo/Song {n % 7}" for n in range(49)]
    return spread(tracks, date(2024, 1, 1), date(2024, 12, 31))


def case(value: float, **facts: object) -> Case:
    return Case(
        examples=[Example(listens=lambda: charts(39), value=value, facts=facts)],
        silent=[
            lambda: spread(["Abba/Waterloo"] * 30, date(2024, 1, 1), date(2024, 1, 30))
        ],
    )


CASES: dict[str, Case] = {
    "edge_artist": case(
        1 / 41, inside="Band 8", outside="Tenth", plays=41, missed=40, gap=1
    ),
    "edge_track": case(
        1 / 40, inside="Ultima", by="Tenth", outside="Almost", other_by="Zappa", gap=1
    ),
}


@each(CHART_EDGE)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(CHART_EDGE)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
