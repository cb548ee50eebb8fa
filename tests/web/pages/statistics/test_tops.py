"""The screens of rankings: their periods, what they rank, and their pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from tests.exports import Row, track
from tests.web.pages.readers import Reader
from tests.web.parsed import Element, parse
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.listens.query_parameters import get_now
from unwrapped.music.sources.name_keys import name_key

NOW = datetime(2023, 5, 31, 22, tzinfo=UTC)
LONG = "Wolfeschlegelsteinhausenbergerdorff " * 4 + "and Sons, Ltd. of"


@pytest.fixture(autouse=True)
def now(app: FastAPI) -> Iterator[None]:
    """Requests come at `NOW`."""
    app.dependency_overrides[get_now] = lambda: NOW
    yield
    del app.dependency_overrides[get_now]


def plays(artist: str, count: int, day: str, ms_played: int = 200_000) -> list[Row]:
    """`count` plays of one song, from noon of a day on."""
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return [
        track(
            artist,
            "Song",
            f"uri:{artist}",
            ts=f"{noon + timedelta(minutes=10 * number):%Y-%m-%dT%H:%M:%SZ}",
            ms_played=ms_played,
        )
        for number in range(count)
    ]


def names(page: Element) -> list[str]:
    """The ranked names in order, with their ranks."""
    return [one.text for one in page.all("a") if one.attributes.get("class") == "name"]


async def get(reader: Reader, path: str) -> Element:
    answer = await reader.open(path)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def test_ranks_are_compared_with_the_previous_period(reader: Reader) -> None:
    rows = [
        *plays("Ann", 3, "2023-04-10"),
        *plays("Ben", 2, "2023-04-11"),
        *plays("Ben", 4, "2023-05-10"),
        *plays("Ann", 3, "2023-05-11"),
        *plays("Cleo", 1, "2023-05-12", ms_played=3_000_000),
    ]
    await reader.store(*rows)
    page = await get(reader, "/top/artists?period=2023-05")
    assert names(page) == ["1. Ben", "2. Ann", "3. Cleo"]
    [ranks] = [one for one in page.all("ol") if one.attributes["class"] == "ranks"]
    first, second, third = (one.text for one in ranks.all("li"))
    assert "Up 1, from 2; first play 10 May 2023, last 10 May 2023" in first
    assert "4 plays" in first
    assert "Down 1, from 1" in second
    assert "Not played in the period before" in third
    assert page.one("h1").text == "Top artists"
    assert "3 artists with a play, 8 plays in all." in page.text
    key = public_id(name_key("Ben"))
    assert page.one("a", href=f"/artists/{key}?period=2023-05").text == "1. Ben"
    by_time = await get(reader, "/top/artists?period=2023-05&by=time&order=least")
    assert names(by_time) == ["3. Ann", "2. Ben", "1. Cleo"]
    assert "50 minutes 1 play" in by_time.text
    all_time = await get(reader, "/top/tracks")
    assert "period before" not in all_time.text
    assert names(all_time)[0] == "1. Song"


async def test_what_was_not_played_before_is_named_only_as_an_exception(
    reader: Reader,
) -> None:
    rows = [*plays("Ann", 1, "2023-04-10"), *plays("Ann", 1, "2023-05-10")]
    rows += plays("Ben", 1, "2023-05-11") + plays("Cleo", 1, "2023-05-12")
    await reader.store(*rows)
    for path in ("/top/artists?period=2023-05", "/years/2023"):
        page = await get(reader, path)
        assert "Not played in the period before" not in page.text
    page = await get(reader, "/top/artists?period=2023-05")
    assert page.text.count("Same place as before") == 1
    assert "Where nothing else is said, it was not played in the" in page.text
    first_ever = await get(reader, "/top/artists?period=2023-04")
    assert "Nothing here was played in the period before." in first_ever.text


async def test_what_is_new_in_a_period_has_a_ranking(reader: Reader) -> None:
    rows = [*plays("Ann", 1, "2022-04-10"), *plays("Ann", 3, "2023-05-10")]
    rows += plays("Ben", 1, "2023-05-11") + plays("Cleo", 2, "2023-05-12")
    await reader.store(*rows)
    year = await get(reader, "/years/2023")
    totals = year.one("dl", **{"class": "totals"})
    for kind, shown in (
        ("artists", ["1. Cleo", "2. Ben"]),
        ("tracks", ["1. Song", "2. Song"]),
    ):
        path = f"/top/{kind}?period=2023&new=true"
        assert totals.one("a", href=path).text == "2"
        page = await get(reader, path)
        assert names(page) == shown
        assert page.one("h1").text == f"New {kind}"
        assert f"2 {kind} whose first play ever is in these days." in page.text
        assert page.one("a", href=f"/top/{kind}?period=2023").text == f"Show all {kind}"
        assert "period before" not in page.text
    none = await get(reader, "/top/albums?period=2021&new=true")
    assert "None was played for the first time in these days." in none.text


async def test_the_screen_links_to_other_periods(reader: Reader) -> None:
    await reader.store(*plays("Ann", 1, "2023-05-10"))
    page = await get(reader, "/top/artists?period=2023-04&by=time")
    earlier = page.one("a", rel="prev")
    assert earlier.text == "Earlier: March 2023"
    assert earlier.attributes["href"] == "/top/artists?period=2023-03&by=time"
    assert page.one("a", rel="next").text == "Later: May 2023"
    assert "No plays in these days." in page.text
    # A history of one year has no others to choose from.
    assert not [
        one for one in page.all("nav") if one.attributes["aria-label"] == "Year"
    ]
    await reader.store(*plays("Ben", 1, "2021-05-10"))
    page = await get(reader, "/top/artists?period=2021&by=time")
    years = page.one("nav", **{"aria-label": "Year"})
    assert [(one.text, one.attributes["href"]) for one in years.all("a")] == [
        (year, f"/top/artists?period={year}&by=time")
        for year in ("2023", "2022", "2021")
    ]
    assert years.one("a", **{"aria-current": "true"}).text == "2021"
    current = await get(reader, "/top/artists?period=last-7")
    assert [
        one for one in current.all("a") if one.attributes.get("rel") == "next"
    ] == []
    assert "Last 7 days: 25 May 2023 – 31 May 2023" in current.text
    week = current.one("a", rel="prev").attributes["href"]
    assert week == "/top/artists?period=2023-05-18..2023-05-24"
    day = await get(reader, "/top/artists?period=2023-05-10")
    assert "10 May 2023" in day.one("p", **{"class": "eyebrow"}).text
    form = await reader.open("/top/tracks?by=plays&order=most&period=2023-05-10")
    assert "1 track with a play" in form.text
    refused = await reader.open("/top/tracks?period=soon")
    assert (refused.status_code, "not a period" in refused.text) == (400, True)
    assert (await reader.open("/top/cities")).status_code == 422
    begun = await reader.open("/top")
    assert begun.headers["Location"] == "/top/artists"


async def test_an_empty_history_has_a_text(reader: Reader) -> None:
    assert "Nothing yet." in (await reader.open("/top/albums")).text
    assert (
        "No plays in these days." in (await reader.open("/top/albums?period=2023")).text
    )


async def test_pages_of_fifty_with_names_of_all_kinds(reader: Reader) -> None:
    odd = [LONG, "שלום עולם", "<b>Bold</b>"]
    rows = [
        row
        for number, name in enumerate([*odd, *(f"Artist {n:02}" for n in range(58))])
        for row in plays(name, 1, f"2023-{number // 28 + 1:02}-{number % 28 + 1:02}")
    ]
    await reader.store(*rows)
    path, seen = "/top/artists?order=least", list[str]()
    sizes = []
    while path:
        page = await get(reader, path)
        sizes.append(len(names(page)))
        seen += names(page)
        more = [one for one in page.all("a") if one.text == "The next places"]
        path = more[0].attributes["href"] or "" if more else ""
    assert sizes == [50, 11]
    assert {one.partition(". ")[2] for one in seen} >= {
        LONG,
        "<b>Bold</b>",
        "שלום עולם",
    }
    assert seen[-1].startswith("1. ")
    assert (await reader.open("/top/artists?cursor=x")).status_code == 400
