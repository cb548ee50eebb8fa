"""The screen Home: what was played lately, and the newest verdict."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from tests.exports import Row, track
from tests.music.factories import STORED_PORTRAIT, make_analysis
from tests.web.pages.readers import Reader
from tests.web.parsed import Element, parse
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.listens.query_parameters import get_now
from unwrapped.music.sources.name_keys import name_key

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(app: FastAPI) -> Iterator[None]:
    """Requests come at `NOW`."""
    app.dependency_overrides[get_now] = lambda: NOW
    yield
    del app.dependency_overrides[get_now]


def heard(days_ago: int, artist: str = "Ann", title: str = "Song") -> Row:
    """A play of three minutes."""
    ended = NOW - timedelta(days=days_ago)
    return track(
        artist,
        title,
        f"uri:{artist}:{title}",
        ts=f"{ended:%Y-%m-%dT%H:%M:%SZ}",
        ms_played=180_000,
    )


def total(page: Element, title: str) -> list[str]:
    """A figure of the last 30 days, and the line below it."""
    found = page.one("dl", **{"class": "totals"})
    [parts] = [
        [one.text for one in group.all("dd")]
        for group in found.all("div")
        if next(group.all("dt")).text == title
    ]
    return parts


async def test_the_last_days_beside_the_days_before(reader: Reader) -> None:
    rows = [heard(0), heard(1), heard(2, "Ben"), heard(5), heard(40), heard(400)]
    await reader.store(*rows)
    page = parse((await reader.open("/")).text)
    now, before = total(page, "Plays")
    assert (now, before.partition(".")[0]) == ("4", "1 in the 30 days before")
    assert "30 seconds or more" in before
    assert total(page, "Time")[0] == "12 minutes"
    assert total(page, "New artists")[0] == "1"
    assert total(page, "Longest streak")[0] == "3 days"
    said = [one.text for one in page.all("title")]
    assert "29 November 2026: 1 play" in said
    assert "28 November 2026: 1 play" in said
    assert "30 November 2026: 0 plays" not in said
    assert page.one("a", href="/history?period=2026-10").text == "October 2026"
    [drawn] = page.all("svg")
    of_days = [one.attributes["href"] for one in drawn.all("a")]
    of_weeks = [one.attributes["href"] for one in page.one("table").all("a")]
    assert "/history?period=2026-11-29" in of_days
    assert "/history?period=2026-11-23..2026-11-29" in of_weeks
    weeks = next(page.all("tbody"))
    assert next(weeks.all("tr")).text == "23 November 2026 0 1 0 0 1 1 1 4"
    song = public_id(name_key("Ann"), name_key("Song"))
    links = [one.attributes.get("href") for one in page.all("a")]
    assert links.count(f"/tracks/{song}") == 5  # in the last plays
    assert links.count(f"/tracks/{song}?period=last-30") == 1  # in the tops
    assert "Heard last" in page.text


async def test_a_verdict_stays_on_top(reader: Reader) -> None:
    await reader.store(heard(0))
    async with reader.resources.database.session() as session:
        made = await make_analysis(session, reader.user_id, portrait=STORED_PORTRAIT)
    page = parse((await reader.open("/")).text)
    assert page.one("h1").one("a").attributes["href"] == f"/portraits/{made.id}"
    headings = [one.text for one in page.all("h2")]
    assert headings[:2] == ["The last 30 days", "Most played in the last 30 days"]


async def test_the_last_days_of_a_history_that_ended_long_ago(reader: Reader) -> None:
    await reader.store(heard(500), heard(510), heard(900))
    page = parse((await reader.open("/")).text)
    headings = [one.text for one in page.all("h2")]
    assert headings[0] == "The last 30 days of your history"
    assert "Your history ends on" in page.text
    assert total(page, "Plays")[0] == "2"
    first, last = ((NOW - timedelta(days=ago)).date() for ago in (529, 500))
    links = [one.attributes["href"] for one in page.all("a")]
    assert f"/history?period={first}..{last}" in links


async def test_days_without_a_play_have_a_text(reader: Reader) -> None:
    assert "Drop your zip here" in (await reader.open("/")).text
    await reader.store(heard(500) | {"ms_played": 5_000})
    page = parse((await reader.open("/")).text)
    assert page.text.count("No plays in these days.") == 1
    assert "Heard last Song by Ann" in page.text
