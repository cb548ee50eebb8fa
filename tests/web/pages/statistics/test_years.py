"""The screen of a year: beside the previous year, with its verdict, or without plays."""

import pytest

from tests.music.factories import STORED_PORTRAIT, make_analysis
from tests.web.pages.readers import Reader, played
from tests.web.parsed import parse


@pytest.fixture(autouse=True)
def _at_noon(at_now: None) -> None:
    """Requests come at `NOW`."""


async def test_a_year_beside_the_previous_year(reader: Reader) -> None:
    await reader.store(
        played(1, "2021-03-08T09:30:00Z", "Ben"),
        played(2, "2021-03-08T10:30:00Z", "Ben"),
        played(3, "2021-04-08T10:30:00Z"),
        played(1, "2022-03-07T09:30:00Z"),
        played(2, "2022-03-08T09:30:00Z"),
        played(3, "2022-05-08T09:30:00Z", "Cleo"),
    )
    page = parse((await reader.open("/years/2022")).text)
    assert page.one("h1").text == "2022"
    assert page.one("a", rel="prev").text == "« 2021"
    assert page.one("a", rel="next").attributes["href"] == "/years/2023"
    for path, root in (
        ("/years/2022", "/years/"),
        ("/charts?period=2022", "/charts?period="),
    ):
        years = parse((await reader.open(path)).text).one(
            "nav", **{"aria-label": "Year"}
        )
        links = [(one.text, one.attributes["href"]) for one in years.all("a")]
        assert links == [(year, f"{root}{year}") for year in ("2022", "2021")]
        assert years.one("a", **{"aria-current": "true"}).text == "2022"
    totals = [one for one in page.all("dl") if one.attributes["class"] == "totals"]
    plays, *_ = (one.text for one in totals[0].all("div"))
    assert plays.startswith("Plays 3 3 in 2021.")
    assert "Up 1, from 2" in page.text
    assert "Not played in the period before" in page.text
    rows = [
        [cell.text for cell in row.all("th", "td")]
        for row in page.one("figure", id="over-time").all("tr")
    ]
    assert rows[0] == ["Month", "Plays", "Time", "2021"]
    assert [row[1::2] for row in rows[3:6]] == [["2", "2"], ["0", "1"], ["1", "0"]]
    clocks = [one.attributes["id"] for one in page.all("figure")][1:3]
    assert clocks == ["clock-2022", "clock-2021"]
    latest = await reader.open("/years")
    assert latest.headers["Location"] == "/years/2022"


async def test_a_year_shows_its_verdict(reader: Reader) -> None:
    await reader.store(played(1, "2022-03-07T09:30:00Z"))
    page = parse((await reader.open("/years/2022")).text)
    form = page.one("form", action="/portraits")
    sent = {
        one.attributes["name"]: one.attributes["value"] for one in form.all("input")
    }
    assert sent == {"span": "year", "year": "2022"}
    async with reader.resources.database.session() as session:
        await make_analysis(session, reader.user_id, period="2021", portrait=STORED_PORTRAIT)  # fmt: skip
    assert "Read the verdict" not in (await reader.open("/years/2022")).text
    async with reader.resources.database.session() as session:
        made = await make_analysis(session, reader.user_id, period="2022", portrait=STORED_PORTRAIT)  # fmt: skip
    page = parse((await reader.open("/years/2022")).text)
    assert page.one("a", href=f"/portraits/{made.id}").text == "Read the verdict"
    page.one("form", action=f"/portraits/{made.id}/share")


async def test_years_without_a_play(reader: Reader) -> None:
    assert "Import your history" in (await reader.open("/years/2023")).text
    assert (await reader.open("/years")).headers["Location"] == "/years/2023"
    await reader.store(
        played(1, "2021-03-07T09:30:00Z"), played(1, "2023-03-07T09:30:00Z")
    )
    empty = parse((await reader.open("/years/2022")).text)
    assert "No play in this year. There are some in 2021 and 2023" in empty.text
    present = await reader.open("/years/2023")
    assert "This year is not over" in present.text
    assert 'rel="next"' not in present.text
    assert (await reader.open("/years/1066")).status_code == 422


async def test_an_unknown_time_has_a_text(reader: Reader) -> None:
    await reader.store(played(1, "2022-03-07T09:30:00Z", ms_played=None))
    page = parse((await reader.open("/years/2022")).text)
    assert "Time – Not known: most of these plays come from sources" in page.text
    assert "0 in 2021. Listens of 30 seconds" in page.text
    tops = (await reader.open("/top/tracks", by="time")).text
    assert "No time is known here" in parse(tops).text
    first, *_ = parse(tops).one("ol").all("a")
    track = await reader.open(first.attributes["href"] or "")
    assert "of known listening time" not in track.text
    await reader.store(played(2, "2023-03-07T09:30:00Z"))
    later = parse((await reader.open("/years/2023")).text)
    assert "3.3 minutes Not known from 1 January 2022" in later.text
