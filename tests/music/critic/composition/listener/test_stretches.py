from tests.music.critic.composition.listener.histories import plays, written
from unwrapped.music.critic.composition.listener.stretches import stretches_of

DAILY = plays("Abba", "Waterloo", range(150))


def test_a_mania_has_its_week_and_the_plays_after_it() -> None:
    found = written(
        stretches_of,
        DAILY,
        plays("Cher", "Believe", (80, 82), 10),
        plays("Blur", "Tender", (20, 22), 10),
        plays("Blur", "Tender", (100,)),
    )
    assert (found["mania1"], found["mania2"]) == ("“Tender”", "“Believe”")
    assert (found["mania1_first"], found["mania1_last"]) == (
        "21 January 2024",
        "23 January 2024",
    )
    assert (found["mania1_plays"], found["mania1_rest"]) == ("20 plays", "1 play")
    assert (found["mania1_end"], found["mania1_quiet"]) == ("10 April 2024", "49")
    assert "mania3" not in found


def test_a_month_without_a_play_is_between_months_with_some() -> None:
    found = written(
        stretches_of,
        plays("Abba", "Waterloo", range(20)),
        plays("Blur", "Tender", range(70, 80), 5),
        plays("Cher", "Believe", range(130, 140)),
    )
    assert (found["silent_months"], found["silent_month1"]) == ("2", "February 2024")
    assert found["heavy_month1"] == "March 2024"
    assert (found["heavy_month1_plays"], found["heavy_month2_plays"]) == (
        "50 plays",
        "20 plays",
    )


def test_empty_hours_may_cross_midnight() -> None:
    found = written(stretches_of, DAILY)
    assert found["blank_hours"] == "23"
    assert (found["blank_from"], found["blank_to"]) == ("13:00", "12:00")
