"""Histories about which verdicts once had true figures in false words."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.music.critic.rules.cases import (
    BERLIN,
    FRIENDS,
    days_from,
    group,
    in_turn,
    logged,
    play,
    profile_in_berlin,
    sitting,
    songs,
    spread,
)
from tests.music.profile.histories import Listen, in_order, to_frame
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.house_critic import SLEEP_ASIDE, HouseCritic
from unwrapped.music.critic.rule import Finding
from unwrapped.music.critic.weighing import weigh
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste_profile import TasteProfile, build_profile
from unwrapped.music.sources.logs import LogName

YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def firing(profile: TasteProfile) -> set[str]:
    return {judgement.rule.name for judgement in weigh(profile) if judgement.fires}


def of_account(rows: list[Listen]) -> list[Listen]:
    account = LogName.SPOTIFY_ACCOUNT.value
    return [replace(row, source=account, reason_end=None) for row in rows]


def test_listens_cut_short_by_any_button_are_not_patience() -> None:
    heard = logged(spread(in_turn(FRIENDS, 180), *YEAR), reason_end="trackdone")
    cut = logged(
        spread(in_turn(FRIENDS, 120), *YEAR, minutes=0.1), reason_end="endplay"
    )
    profile = profile_in_berlin([*heard, *cut])
    assert profile.endings is not None
    assert profile.endings.skip_share == pytest.approx(0.4)
    assert "patient" not in firing(profile)


def test_two_whole_years_are_compared_though_the_log_ends_in_july() -> None:
    evergreens = group("Evergreen", 40)
    rows = spread(in_turn(evergreens, 930), date(2021, 1, 1), date(2023, 7, 19))
    judged = {one.rule.name: one for one in weigh(profile_in_berlin(rows))}
    same = judged["same_again"]
    assert same.fires
    assert same.finding.value == 0.0
    assert (same.finding.facts["before"].value, same.finding.facts["year"].value) == (
        2021,
        2022,
    )


def test_the_mildest_of_seven_crushes_is_the_seventh() -> None:
    rows = spread(in_turn(FRIENDS, 300), date(2024, 1, 1), date(2024, 8, 31))
    for month in range(1, 8):
        track = [f"Crush {month}/Hit {month}"] * (42 - 2 * month)
        rows += sitting(date(2024, month, 3), track)
    facts = {one.rule.name: one for one in weigh(profile_in_berlin(rows))}[
        "serial_obsession"
    ].finding.facts
    assert facts["tracks"].value == 7
    assert (facts["other"].value, facts["fewest"].value) == ("Hit 7", 28)


def old_friends(*, with_past: bool) -> list[Listen]:
    """A year in which friends appear one after another, with or without ten earlier
    years in which each of them was played."""
    year = [
        row
        for n in range(120)
        for row in spread(
            [f"Old Friend {n}/Song {i}" for i in range(6)],
            YEAR[0] + timedelta(days=3 * n),
            YEAR[0] + timedelta(days=3 * n + 2),
        )
    ]
    past = spread(
        [f"Old Friend {n}/Song 0" for n in range(120)] * 10,
        date(2014, 1, 1),
        date(2023, 12, 31),
    )
    return [*past, *year] if with_past else of_account(year)


def test_a_single_year_does_not_show_who_is_new() -> None:
    alone = profile_in_berlin(old_friends(with_past=False))
    assert alone.novelty is None
    assert alone.axes.novelty is None
    assert "novelty" in alone.absent
    assert firing(alone).isdisjoint(
        {"explorer", "closed_book", "discovery", "fresh_faces"}
    )
    frame = to_frame(in_order(old_friends(with_past=True)))
    known = build_profile(frame, Period.parse("2024"), BERLIN)
    assert known.novelty is not None
    assert (known.novelty.share, known.novelty.new_artists) == (0.0, 0)


ABOUT_THE_NEW = (
    "explorer", "closed_book", "discovery", "fresh_faces", "old_friends", "arrival",
    "upstart",
)  # fmt: skip


@pytest.mark.parametrize("rule", ABOUT_THE_NEW)
def test_lines_do_not_call_artists_met_or_unknown(rule: str) -> None:
    for line in read_stock().beats[rule].lines:
        words = set(re.findall(r"[a-z]+", line.text.lower()))
        assert not {"met", "unknown", "stranger", "strangers"} & words


def talk_show() -> list[Listen]:
    songs_ = spread(
        [f"Band {n % 20}/S{n}" for n in range(300)], date(2022, 1, 1), date(2022, 4, 28)
    )
    episodes = spread(
        [f"The Long Talk Show/#{n}" for n in range(40)],
        date(2022, 1, 1),
        date(2022, 4, 28),
        minutes=60,
    )
    return [*songs_, *episodes]


def test_account_data_may_have_podcasts_among_the_songs() -> None:
    verdict = HouseCritic().judge(profile_in_berlin(of_account(talk_show())))
    assert (
        "Account data of these years does not distinguish podcasts from music."
        in verdict.unsaid
    )
    assert "epics" not in firing(profile_in_berlin(of_account(talk_show())))
    proven = profile_in_berlin(talk_show())
    assert proven.doubts == []
    assert "epics" in firing(proven)


def test_a_short_listen_years_before_does_not_begin_the_history() -> None:
    taste = [play(date(2019, 1, 1), 12, minutes=0.07)]
    rows = [
        row
        for day in days_from(date(2024, 1, 1), 200)
        for row in sitting(day, FRIENDS[:4])
    ] + spread(songs("Blur", 8), date(2024, 2, 1), date(2024, 3, 1))
    profile = profile_in_berlin([*taste, *rows])
    assert profile.volume.first_day == date(2024, 1, 1)
    assert profile.volume.days == 200
    assert profile.days.active_share == 1.0
    assert firing(profile).isdisjoint({"rare_visitor", "upstart"})


def test_a_pause_of_all_listening_is_no_farewell_to_one_artist() -> None:
    before = spread(in_turn(FRIENDS, 600), date(2023, 1, 1), date(2023, 12, 31))
    after = sitting(date(2024, 12, 1), ["Blur/Song 2"] * 3)
    assert profile_in_berlin([*before, *after]).bonds.farewell is not None
    assert "farewell" not in firing(profile_in_berlin([*before, *after]))


def test_a_month_without_a_play_does_not_count_as_fading() -> None:
    rows = [
        *spread(in_turn(FRIENDS, 600), date(2022, 1, 1), date(2022, 12, 31)),
        *spread(in_turn(FRIENDS, 60), date(2023, 1, 1), date(2023, 2, 28)),
        *spread(in_turn(FRIENDS, 10), date(2023, 12, 1), date(2023, 12, 31)),
    ]
    assert firing(profile_in_berlin(rows)).isdisjoint({"growing", "fading"})


def test_a_sleep_machine_is_not_judged_as_a_favourite() -> None:
    nights = [
        row
        for day in days_from(date(2024, 2, 1), 30)
        for row in sitting(day, ["Sounds/Brown Noise"] * 40, hour=0.5)
    ]
    profile = profile_in_berlin([*spread(in_turn(FRIENDS, 600), *YEAR), *nights])
    assert profile.favourites.artists[0].artist == "Sounds"
    love = {
        one.rule.name: one for one in weigh(profile) if one.rule.name != "sleep_machine"
    }
    for judgement in love.values():
        named = {fact.value for fact in judgement.finding.facts.values()}
        said = judgement.rule.name in {
            "first_forgotten",
            "last_newcomer",
            "milestone_stranger",
            "milestone_friend",
            "album_of_the_house",
            "growing",
            "dynasty",
            "epics",
        }
        assert said or not {"Sounds", "Brown Noise"} & named, judgement.rule.name
    assert "sleep_machine" in firing(profile)
    verdict = HouseCritic().judge(profile)
    assert "Sounds" not in {fact.value for fact in verdict.line_evidence}
    assert SLEEP_ASIDE in verdict.unsaid


def found(profile: TasteProfile) -> dict[str, Finding]:
    return {judgement.rule.name: judgement.finding for judgement in weigh(profile)}


def test_an_artist_of_the_last_day_has_neither_left_nor_arrived() -> None:
    friends = spread(in_turn(FRIENDS, 600), *YEAR)
    guest = [f"Guest/Hit {n % 3}" for n in range(30)] + ["Guest/Anthem"] * 20
    today = found(profile_in_berlin([*friends, *sitting(YEAR[1], guest, hour=15)]))
    assert today.keys().isdisjoint({"one_day_artist", "one_day_track", "arrival"})
    in_may = sitting(date(2024, 5, 1), guest, hour=15)
    assert {"one_day_artist", "one_day_track"} <= found(
        profile_in_berlin([*friends, *in_may])
    ).keys()


def test_eight_artists_are_too_few_for_equal_shares() -> None:
    rows = spread(in_turn(group("Friend", 8), 400), *YEAR)
    assert "equal_shares" not in found(profile_in_berlin(rows))


def test_a_month_of_silence_is_not_constant_presence() -> None:
    rows = [
        *spread(in_turn(FRIENDS, 2_000), date(2014, 1, 1), date(2019, 5, 31)),
        *spread(in_turn(FRIENDS, 2_000), date(2019, 7, 10), date(2024, 12, 31)),
    ]
    assert "never_away" not in found(profile_in_berlin(rows))


@pytest.mark.parametrize(
    ("title", "read"), [("Forget Me", True), ("I Will Never Forget", False)]
)
def test_a_title_that_negates_its_word_is_not_read(title: str, *, read: bool) -> None:
    rows = spread(in_turn([*FRIENDS, f"Blur/{title}"], 600), *YEAR)
    assert ("word_forget" in found(profile_in_berlin(rows))) is read


def test_an_artist_on_top_in_both_years_replaces_nobody() -> None:
    rows = [
        row
        for year, names in ((2022, "Old"), (2023, "New"))
        for row in spread(
            in_turn(["Abba/Waterloo", *group(names, 49)], 500),
            date(year, 1, 1),
            date(year, 12, 31),
        )
    ]
    rows += sitting(date(2022, 6, 1), ["Abba/Waterloo"] * 5, hour=18)
    rows += sitting(date(2023, 6, 1), ["Abba/Waterloo"] * 5, hour=18)
    sweep = found(profile_in_berlin(rows))["clean_sweep"].facts
    assert sweep["top"].value == "Abba"
    assert "top_before" not in sweep


def test_a_track_played_on_every_day_is_not_a_binge() -> None:
    rows = [
        row
        for day in days_from(date(2024, 1, 1), 40)
        for row in sitting(day, ["Blur/Song 2"] * 8 + FRIENDS[:5])
    ]
    assert "binge_track" not in found(profile_in_berlin(rows))


def test_a_few_judged_plays_do_not_make_an_explorer() -> None:
    old = spread(in_turn(FRIENDS, 900), date(2022, 1, 1), date(2023, 12, 31))
    new = spread(group("New", 30), date(2024, 1, 10), date(2024, 1, 30))
    profile = profile_in_berlin([*old, *new])
    assert profile.novelty is not None
    assert firing(profile).isdisjoint({"explorer", "closed_book", "fresh_faces"})


def test_a_year_that_begins_in_autumn_is_not_the_one_that_changed() -> None:
    rows = [
        row
        for year, name in ((2019, "Old"), *((n, "New") for n in range(2020, 2025)))
        for row in spread(
            in_turn(group(name, 20), 200),
            date(year, 10 if year == 2019 else 1, 1),
            date(year, 12, 31),
        )
    ]
    turnover = profile_in_berlin(rows).turnover or []
    assert turnover[0].distance == 1.0
    facts = found(profile_in_berlin(rows))["year_that_changed"].facts
    assert facts["year"].value != 2020
