"""Scales, and parts of a ring."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.web.drawing.geometry import linear, on_dial, ring, wedge

AMOUNTS = st.floats(min_value=0, max_value=1)


def test_a_scale_maps_ends_to_ends() -> None:
    scale = linear(-1, 1, 334, 34)
    assert [scale(value) for value in (-1, 0, 0.5, 1)] == [334, 184, 109, 34]


@given(AMOUNTS, AMOUNTS)
def test_the_area_of_a_part_of_a_ring_is_proportional_to_the_amount(
    one: float, other: float
) -> None:
    radius = ring(1, 50, 150)
    areas = [radius(amount) ** 2 - 50**2 for amount in (one, other, 1)]
    assert areas == pytest.approx([20_000 * one, 20_000 * other, 20_000])


def test_angles_go_clockwise_from_the_top() -> None:
    quarters = [on_dial(100, 10, number * math.tau / 4) for number in range(4)]
    assert [tuple(map(round, point)) for point in quarters] == [
        (100, 90),
        (110, 100),
        (100, 110),
        (90, 100),
    ]


def test_a_wedge_leaves_half_of_the_gap_on_either_side() -> None:
    steps = wedge(0, 0, math.tau / 4, 50, 100, 2)
    commands = re.findall(r"([MLAZ])([^MLAZ]*)", steps)
    assert [command for command, _ in commands] == ["M", "L", "A", "L", "A", "Z"]
    ends = [tuple(map(float, numbers.split()[-2:])) for _, numbers in commands[:5]]
    # From the inner circle out, around, back in, and around to the start.
    assert [point[0] for point in ends[:2]] == [1, 1]
    assert [point[1] for point in ends[2:4]] == [-1, -1]
    assert ends[4] == ends[0]
    radii = [math.hypot(*point) for point in ends]
    assert radii == pytest.approx([50, 100, 100, 50, 50], abs=0.01)
