"""The screen of the search: its results, their number, and its text without results."""

from tests.web.pages.readers import HEBREW, Reader, played
from tests.web.parsed import Element, parse


async def find(reader: Reader, q: str) -> Element:
    answer = await reader.open("/search", q=q)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def test_names_link_to_their_screens_and_numbers_to_the_plays(
    reader: Reader,
) -> None:
    await reader.store(
        played(1, "2023-03-07T09:30:00Z", "Ánn Song"),
        played(2, "2023-03-07T10:30:00Z", "Ánn Song"),
        played(1, "2023-03-08T09:30:00Z", HEBREW),
    )
    page = await find(reader, "ANN S")
    assert [one.text for one in page.all("h2")][:2] == ["Artists", "Albums"]
    [artist, album] = [
        one for one in page.all("a") if one.attributes.get("class") == "name"
    ]
    assert (artist.text, album.text) == ("Ánn Song", "Album of Ánn Song")
    assert (await reader.open(artist.attributes["href"] or "")).status_code == 200
    for plays in (one for one in page.all("a") if one.text == "2 plays"):
        history = parse((await reader.open(plays.attributes["href"] or "")).text)
        assert len(list(history.all("b"))) == 2
    tracks = await find(reader, "song 1")
    assert [one.text for one in tracks.all("h2")][:1] == ["Tracks"]
    field = tracks.one("input", id="q")
    assert field.attributes["value"] == "song 1"
    assert HEBREW in (await find(reader, "שלום")).text


async def test_a_search_without_results_has_a_text(reader: Reader) -> None:
    await reader.store(played(1, "2023-03-07T09:30:00Z", ms_played=1_000))
    for q in ("Ann", "%", "nobody"):
        assert (
            "Nothing that you played has this in its name."
            in (await find(reader, q)).text
        )
    for q in ("", "  "):
        page = await find(reader, q)
        assert "Nothing that you played" not in page.text
    assert (await reader.open("/search", q="\x00")).status_code == 422


async def test_at_most_twenty_results_of_a_kind_are_shown(reader: Reader) -> None:
    await reader.store(
        *(played(n, f"2023-03-07T09:{n:02}:00Z", f"Ann {n}") for n in range(21))
    )
    page = await find(reader, "ann")
    names = [one for one in page.all("a") if one.attributes.get("class") == "name"]
    assert len(names) == 40
    assert page.text.count("These 20 are the most played.") == 2
