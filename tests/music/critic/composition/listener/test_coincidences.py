from functools import partial

from tests.music.critic.composition.listener.histories import plays, written
from unwrapped.music.critic.composition.listener.coincidences import coincidences_of

texts = partial(written, coincidences_of)

STAYS = plays("Abba", "Waterloo", range(300))


def test_artists_with_the_last_play_in_one_month_have_left_together() -> None:
    found = texts(
        STAYS,
        plays("Blur", "Tender", range(50, 98)),
        plays("Cher", "Believe", range(60, 110)),
        plays("Dido", "Thank You", range(60, 200)),
        plays("Enya", "Caribbean Blue", (100, 101)),
    )
    assert (found["leavers"], found["leavers_month"]) == ("2", "April 2024")
    assert (found["leaver1"], found["leaver2"]) == ("Cher", "Blur")
    assert found["leavers_plays"] == "98 plays"
    assert (found["stayers"], found["stayer1"]) == ("1", "Abba")


def test_an_artist_silent_for_some_days_has_not_left() -> None:
    found = texts(
        STAYS,
        plays("Blur", "Tender", range(200, 280)),
        plays("Cher", "Believe", range(200, 281)),
    )
    assert "leavers" not in found


def test_two_artists_arrive_on_one_day_and_one_when_another_leaves() -> None:
    found = texts(
        STAYS,
        plays("Blur", "Tender", range(20, 90)),
        plays("Cher", "Believe", range(92, 300)),
        plays("Dido", "Thank You", range(92, 200)),
    )
    assert (found["arrival1"], found["arrival2"]) == ("Cher", "Dido")
    assert found["arrivals_day"] == "2 April 2024"
    assert (found["before_artist"], found["after_artist"]) == ("Blur", "Cher")
    assert (found["before_song"], found["after_song"]) == ("“Tender”", "“Believe”")
    assert found["song_wait"] == "3"


def test_an_artist_played_from_the_beginning_has_not_arrived() -> None:
    found = texts(
        plays("Abba", "Waterloo", range(5, 300)),
        plays("Blur", "Tender", range(5, 300)),
    )
    assert "arrival1" not in found
    assert "after_song" not in found


def test_a_daily_track_may_be_played_twice_on_one_day_of_twenty() -> None:
    found = texts(STAYS, plays("Blur", "Tender", range(40)), plays("Blur", "Tender", (50, 51), 2))  # fmt: skip
    assert (found["daily_song"], found["daily_song_more"]) == ("“Waterloo”", "0")
    found = texts(plays("Abba", "Waterloo", range(15), 2), plays("Blur", "Tender", range(40)))  # fmt: skip
    assert found["daily_song"] == "“Tender”"


def test_titles_share_a_word_without_versions_and_guests() -> None:
    found = texts(
        plays("Abba", "Lay All Your Love on Me (feat. Cher)", range(9)),
        plays("Blur", "Coffee & TV", range(8)),
        plays("Cher", "Love Hurts", range(6)),
    )
    assert found["shared_word"] == "“Love”"
    assert (found["shared1_artist"], found["shared2_artist"]) == ("Abba", "Cher")
    assert found["shared_gap"] == "3"
    assert "shared_word" not in texts(
        plays("Abba", "One (feat. Cher)", range(9)), plays("Blur", "Cher", range(8))
    )
