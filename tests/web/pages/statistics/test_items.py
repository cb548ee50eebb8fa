"""The screens of an artist, an album and a track: their texts and their links."""

import httpx2
import pytest

from tests.conftest import MakeClient
from tests.web.pages.readers import HEBREW, LONG, Account, Reader, make_account, played
from tests.web.parsed import Element, parse
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.public_ids import public_id

ANN = public_id("ann")
SONG = public_id("ann", "song 1")
ALBUM = public_id("ann", "album of ann")


def _figures(page: Element) -> dict[str, str]:
    """The large figures at the top, by the text below them."""
    sums = page.one("dl", **{"class": "sum"})
    names, values = sums.all("dt"), sums.all("dd")
    return {name.text: value.text for name, value in zip(names, values, strict=True)}


def _links(page: Element) -> dict[str, str]:
    return {one.text: one.attributes["href"] or "" for one in page.one("main").all("a")}


async def _shown(answer: httpx2.Response) -> Element:
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


@pytest.fixture(scope="module")
async def account(common_database: Database) -> Account:
    """A person with plays of several artists; no test changes them."""
    return await make_account(
        common_database,
        *(played(1, f"2021-03-0{day}T10:00:00Z") for day in range(1, 4)),
        played(2, "2023-05-01T23:30:00Z"),
        *(played(1, f"2022-01-0{day}T10:00:00Z", "Bea") for day in range(1, 8)),
        played(1, "2021-03-01T12:00:00Z", "Cleo", ms_played=5_000),
        *(played(1, f"2021-03-0{day}T18:00:00Z", "Dan") for day in range(1, 3)),
        played(2, "2021-03-03T18:00:00Z", "Dan"),
        played(1, "2021-03-01T14:00:00Z", HEBREW),
        played(1, "2021-03-01T16:00:00Z", LONG),
    )


@pytest.fixture
def reader(
    account: Account, make_client: MakeClient, common_resources: Resources
) -> Reader:
    """This person with a browser."""
    return account.browse(make_client, common_resources)


async def test_an_artist_has_a_rank_tracks_and_albums(reader: Reader) -> None:
    page = await _shown(await reader.open(f"/artists/{ANN}"))
    assert page.one("h1").text == "Ann"
    assert _figures(page) == {
        "rank of all time, by plays": "2",
        "plays": "4",
        "of known listening time": "13 minutes",
    }
    assert "First played 1 March 2021, 09:56, last 1 May 2023, 23:26." in page.text
    links = _links(page)
    assert links["Song 1"] == f"/tracks/{SONG}"
    assert links["Album of Ann"] == f"/albums/{ALBUM}"
    assert links["All of them in the history"] == "/history?artist=Ann"
    assert links["Delete all plays by Ann"] == "/history/delete?artist=Ann"
    assert "Bea" not in page.text
    years, months = page.all("figure")
    for figure, word, period in (
        (years, "2021", "2021"),
        (years, "2021: 3 plays", "2021"),
        (months, "May 2023", "2023-05"),
    ):
        target = f"/history?artist=Ann&period={period}"
        [led] = [one for one in figure.all("a") if one.text == word]
        assert led.attributes["href"] == target
    assert not [one for one in years.all("a") if one.text.startswith("2022")]
    assert "the most in 2021 with 3 plays" in years.text
    assert "2022 0 –" in years.one("table").text
    assert "March 2021 3" in months.one("table").text


async def test_an_album_and_a_track_link_to_each_other(reader: Reader) -> None:
    song, album_id = public_id("dan", "song 1"), public_id("dan", "album of dan")
    album = await _shown(await reader.open(f"/albums/{album_id}"))
    assert _links(album) == {
        "Dan": f"/artists/{public_id('dan')}",
        "Correct: count it as something else, or not at all": "/corrections/new?artist=Dan&album=Album+of+Dan",
        "Delete all plays of Album of Dan": f"/history/delete?album={album_id}",
        "Song 1": f"/tracks/{song}",
        "Song 2": f"/tracks/{public_id('dan', 'song 2')}",
        "All of them in the history": f"/history?album={album_id}",
        "March 2021": f"/history?album={album_id}&period=2021-03",
        "March 2021: 10 minutes": f"/history?album={album_id}&period=2021-03",
    }
    track = await _shown(await reader.open(f"/tracks/{song}"))
    assert _figures(track)["plays"] == "2"
    assert _links(track)["Album of Dan"] == f"/albums/{album_id}"
    assert "2 plays on it" in track.text
    assert "2 March 2021, 17:56" in track.text
    assert [figure.attributes["id"] for figure in track.all("figure")] == ["months"]


async def test_an_item_has_the_plays_of_the_period_it_is_opened_from(
    reader: Reader,
) -> None:
    ranking = await _shown(await reader.open("/top/artists", period="2021"))
    [path] = [
        one.attributes["href"] or ""
        for one in ranking.all("a")
        if one.attributes.get("class") == "name" and one.text == "1. Ann"
    ]
    page = await _shown(await reader.open(path))
    assert "3 plays in 2021; all other figures here are of all time." in page.text
    assert _figures(page)["plays"] == "4"
    assert _links(page)["3 plays"] == "/history?artist=Ann&period=2021"
    song = f"/tracks/{SONG}"
    for period, said in (
        ("2021-03-01", "1 play on 1 March 2021"),
        ("2021-03-01..2021-03-02", "2 plays from 1 March 2021 to 2 March 2021"),
        ("2019-05", "0 plays in May 2019"),
    ):
        assert said in (await _shown(await reader.open(song, period=period))).text
    assert "all other figures" not in (await reader.open(song, period="all")).text
    assert (await reader.open(song, period="soon")).status_code == 400


async def test_items_with_one_play_or_none_have_a_text(reader: Reader) -> None:
    once = await _shown(await reader.open(f"/tracks/{public_id('ann', 'song 2')}"))
    assert "Played once, 1 May 2023, 23:26." in once.text
    assert _figures(once)["play"] == "1"
    never = await _shown(await reader.open(f"/artists/{public_id('cleo')}"))
    assert (
        "Never heard for 30 seconds or more, so nothing counts as a play." in never.text
    )
    assert _figures(never)["rank of all time, by plays"] == "–"
    assert not list(never.all("figure"))


async def test_names_are_isolated_from_the_text_around_them(reader: Reader) -> None:
    for name in (HEBREW, LONG):
        page = await _shown(
            await reader.open(f"/artists/{public_id(name.lower().strip())}")
        )
        assert [one.text for one in page.one("h1").all("bdi")] == [name.strip()]


async def test_an_unknown_id_shows_a_page(reader: Reader) -> None:
    for kind in ("artists", "albums", "tracks"):
        for nothing in (public_id("nobody"), "x", "%00"):
            answer = await reader.open(f"/{kind}/{nothing}")
            assert answer.status_code == 404
            assert "There is nothing with this id in your history." in answer.text
