import pytest

from tests.music.profile.histories import Listen, about, listen, profile_of
from unwrapped.music.profile.artists.novelty import Novelty
from unwrapped.music.profile.axes import Axes, place_on_axes
from unwrapped.music.profile.diversity import Diversity


def diversity(effective: float) -> Diversity:
    return Diversity(
        richness=1000,
        effective=effective,
        dominant=1.0,
        shannon=1.0,
        gini=0.5,
        top_share=0.5,
        top10_share=0.5,
        half=5,
        once_share=0.5,
    )


def novelty(share: float) -> Novelty:
    return Novelty(
        share=share,
        judged_plays=100,
        new_artists=0,
        discovery="",
        discovery_plays=0,
        discovery_day=None,
    )


@pytest.mark.parametrize(
    ("effective", "breadth"),
    [(1, -1), (18, -1), ((18 * 187) ** 0.5, -0.5), (187, 0), (1_000, 1), (2_000, 1)],
)
def test_breadth_is_on_a_log_scale_below_and_above_the_middle(
    effective: float, breadth: float
) -> None:
    assert place_on_axes(diversity(effective), None) == Axes(
        breadth=about(breadth), novelty=None
    )


@pytest.mark.parametrize(
    ("share", "place"), [(0, -1), (0.1, -0.5), (0.2, 0), (0.35, 0.5), (0.5, 1), (1, 1)]
)
def test_the_novelty_axis_goes_from_no_new_plays_to_half(
    share: float, place: float
) -> None:
    placed = place_on_axes(diversity(20), novelty(share))
    assert placed.novelty == about(place)


def test_the_axes_of_a_history() -> None:
    old = [listen("2022-01-01T10:00", f"Old {i}/Song") for i in range(100)]
    later: list[Listen] = [
        *(listen("2025-01-01T10:00", f"Old {i}/Song") for i in range(9)),
        listen("2025-01-01T11:00", "New/Song"),
    ]
    axes = profile_of([*old, *later], "2025").axes
    assert axes == Axes(breadth=about(-1), novelty=about(-0.5))
