from datetime import date

import pytest

from unwrapped.music.critic.evidence import Unit, fact, written


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.0, "0%"),
        (1, "100%"),
        (1.0, "100%"),
        (0.5, "50%"),
        (0.286, "29%"),
        (0.1, "10%"),
        (0.043, "4.3%"),
        (0.04, "4.0%"),
        (0.001, "0.1%"),
        (0.0004, "0.04%"),
        (0.994, "99%"),
        (0.995, "99.5%"),
        (0.9994, "99.9%"),
        (0.9996, "99.96%"),
    ],
)
def test_shares_are_whole_per_cent_and_finer_near_0_and_1(
    share: float, text: str
) -> None:
    assert written(share, "share") == text


@pytest.mark.parametrize(
    ("share", "rounded_away"),
    [
        (0.00006, "0.00%"),
        pytest.param(0.00004, "0.00%"),
        (0.99994, "100.00%"),
        pytest.param(0.99996, "100.00%"),
    ],
)
def test_no_share_is_rounded_to_none_or_all(share: float, rounded_away: str) -> None:
    assert written(share, "share") != rounded_away


@pytest.mark.parametrize(
    ("unit", "singular"),
    [
        ("plays", "play"),
        ("listens", "listen"),
        ("artists", "artist"),
        ("tracks", "track"),
        ("sessions", "session"),
        ("hours", "hour"),
        ("minutes", "minute"),
        ("days", "day"),
        ("months", "month"),
        ("times", "time"),
    ],
)
def test_units_are_singular_only_for_one(unit: Unit, singular: str) -> None:
    assert written(1, unit) == f"1 {singular}"
    assert written(1.0, unit) == f"1 {singular}"
    assert written(0, unit) == f"0 {unit}"
    assert written(2, unit) == f"2 {unit}"
    assert written(1.5, unit) == f"1.5 {unit}"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (999, "plays", "999 plays"),
        (1234, "plays", "1,234 plays"),
        (1234567, "listens", "1,234,567 listens"),
        (1234.6, "hours", "1,235 hours"),
        (71.44, "number", "71"),
        (9.44, "number", "9.4"),
        (430.4, "number", "430"),
        (4321, "number", "4,321"),
        (3.0, "number", "3"),
        pytest.param(0.9637, "number", "0.96"),
        pytest.param(15.000000000000002, "hours", "15 hours"),
        pytest.param(1.04, "plays", "1 play"),
    ],
)
def test_amounts_have_readable_precision(value: float, unit: Unit, text: str) -> None:
    assert written(value, unit) == text


def test_no_amount_is_rounded_to_none() -> None:
    assert written(0.04, "hours") not in {"0.0 hours", "0 hours"}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (8.53, "ratio", "8.5 times"),
        (4.0, "ratio", "4 times"),
        (21, "rank", "number 21"),
        (0, "clock", "00:00"),
        (5, "clock", "05:00"),
        (24, "clock", "24:00"),
        (2023, "year", "2023"),
        ("Tuesday", "weekday", "Tuesday"),
        ("June", "calendar_month", "June"),
        (date(2023, 3, 14), "day", "14 March 2023"),
        (date(2024, 5, 1), "day", "1 May 2024"),
        (date(2023, 3, 1), "month", "March 2023"),
    ],
)
def test_ratios_ranks_times_and_dates(
    value: float | str | date, unit: Unit, text: str
) -> None:
    assert written(value, unit) == text


@pytest.mark.parametrize(
    ("name", "unit", "text"),
    [
        ("Waterloo", "title", "“Waterloo”"),
        ("Arrival", "album", "“Arrival”"),
        ("Abba", "artist", "Abba"),
        ('7" Mix', "title", '“7" Mix”'),
        ("“Heroes”", "title", "““Heroes””"),
        ("{share} of me", "title", "“{share} of me”"),
        ("Tab\there\nand\x00 there", "artist", "Tab here and there"),
        ("\x1b[2JClear", "title", "“[2JClear”"),
        ("a\u202eb\u2066c", "artist", "a b c"),
        ("x" * 80, "artist", "x" * 80),
        ("x" * 81, "artist", "x" * 79 + "…"),
        ("x" * 78 + " yz", "title", "“" + "x" * 78 + "…”"),
    ],
)
def test_names_are_fit_to_print(name: str, unit: Unit, text: str) -> None:
    assert written(name, unit) == text


@pytest.mark.parametrize(
    ("value", "unit"),
    [("many", "plays"), ("half", "share"), (date(2023, 3, 14), "plays")],
)
def test_a_value_of_the_wrong_type_for_its_unit_is_rejected(
    value: str | date, unit: Unit
) -> None:
    with pytest.raises(TypeError):
        written(value, unit)


def test_a_fact_keeps_the_exact_value() -> None:
    share = fact("share of plays", 0.123456, "share")
    assert share.value == 0.123456
    assert share.text == "12%"
    assert (share.label, share.unit) == ("share of plays", "share")
