"""The charts of a period: which figures are drawn, and where their parts link to."""

import pytest

from tests.web.pages.readers import Reader, played
from tests.web.parsed import Element, parse


@pytest.fixture(autouse=True)
def _at_noon(at_now: None) -> None:
    """Requests come at `NOW`."""


async def read(reader: Reader, path: str) -> Element:
    answer = await reader.open(path)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


def figures(page: Element) -> list[str | None]:
    return [one.attributes["id"] for one in page.all("figure")]


def table(page: Element, name: str) -> list[list[str]]:
    """The rows of a figure's table that are not empty, as they are shown."""
    rows = page.one("figure", id=name).all("tr")
    shown = [[cell.text for cell in row.all("th", "td")] for row in rows]
    return [row for row in shown if any(cell not in {"0", "–"} for cell in row[1:])]


def target(page: Element, name: str, words: str) -> str | None:
    [found] = (
        one.attributes["href"]
        for one in page.one("figure", id=name).all("a")
        if one.text == words
    )
    return found


async def test_a_year_beside_the_previous_year(reader: Reader) -> None:
    await reader.store(
        played(1, "2021-03-08T09:30:00Z"),
        played(1, "2022-03-07T09:30:00Z"),
        played(2, "2022-03-08T09:30:00Z"),
        played(1, "2022-03-09T22:30:00Z", "Ben"),
    )
    page = await read(reader, "/charts?period=2022")
    assert figures(page) == [
        *("over-time", "artists-met", "clock", "week", "calendar", "months"),
    ]
    week = "the week of 7 March 2022"
    assert table(page, "over-time") == [
        ["Week", "Plays", "Time", "2021"],
        ["the week of 7 March 2022", "3", "10 minutes", "1"],
    ]
    assert (
        "The line shows 2021, week by week." in page.one("figure", id="over-time").text
    )
    days = "/history?period=2022-03-07..2022-03-13"
    assert target(page, "over-time", week) == days
    assert table(page, "artists-met")[1:] == [[week, "2", "1", "1"]]
    tops = "/top/artists?period=2022-03-07..2022-03-13"
    assert target(page, "artists-met", week) == tops
    hour = target(page, "clock", "09:00 to 10:00")
    assert hour == "/history?period=2022&hour=9"
    assert target(page, "months", "March 2022") == "/history?period=2022-03"
    assert page.one("a", rel="prev").text == "Earlier: 2021"
    # The drawing has the same links, which are not tab stops.
    drawn = [one for one in page.all("a") if one.attributes.get("tabindex") == "-1"]
    assert {one.attributes["href"] for one in drawn} >= {days, tops, hour}


async def test_an_hour_of_the_week_links_to_its_plays(reader: Reader) -> None:
    """Hours are those of the account's time zone, in summer and in winter."""
    await reader.browser.post("/settings", data={"time_zone": "Europe/Berlin", "display_name": "Ada"})  # fmt: skip
    await reader.store(
        played(1, "2023-01-02T09:30:00Z"),  # Monday, 10:26
        played(2, "2023-07-03T08:30:00Z"),  # Monday, 10:26
        played(3, "2023-07-03T09:30:00Z"),  # Monday, 11:26
        played(4, "2023-07-02T22:05:00Z"),  # Monday, 0:01
        played(5, "2023-07-04T08:30:00Z"),  # Tuesday, 10:26
    )
    page = await read(reader, "/charts?period=2023")
    assert table(page, "week")[1:] == [
        ["00:00 to 01:00", "1", *"000000"],
        ["10:00 to 11:00", "2", "1", *"00000"],
        ["11:00 to 12:00", "1", *"000000"],
    ]
    hour = await read(reader, "/history?period=2023&weekday=1&hour=10")
    assert "Only plays that began on a Monday." in hour.text
    assert "Only plays that began from 10:00 to 11:00." in hour.text
    titles = [one.text for one in hour.all("b")]
    assert titles == ["Song 2", "Song 1"]
    assert len(list((await read(reader, "/history?weekday=1")).all("b"))) == 4
    assert (await reader.open("/history?hour=24")).status_code == 422


async def test_periods_of_all_lengths(reader: Reader) -> None:
    await reader.store(
        played(1, "2016-03-07T09:30:00Z"), played(2, "2023-05-31T09:30:00Z")
    )
    always = await read(reader, "/charts")
    assert figures(always) == ["over-time", "artists-met", "clock", "week", "months"]
    assert [row[0] for row in table(always, "over-time")] == ["Year", "2016", "2023"]
    years = [one.text for one in always.all("a") if one.text in {"2016", "2023"}]
    # Of two tables, of the calendars, and at the top.
    assert years.count("2016") == 4
    day = await read(reader, "/charts?period=2023-05-31")
    assert figures(day) == ["clock"]
    lately = await read(reader, "/charts?period=last-7")
    assert figures(lately) == ["over-time", "artists-met", "clock", "week"]
    assert "the most on 31 May 2023, with 1 play." in lately.text
    assert (await reader.open("/charts?period=soon")).status_code == 400


async def test_a_period_without_plays_has_a_text(reader: Reader) -> None:
    assert "Nothing yet." in (await reader.open("/charts")).text
    empty = await reader.open("/charts?period=2020")
    assert "No plays in these days." in empty.text
