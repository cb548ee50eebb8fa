"""The screens of corrections: they show the number of plays, make corrections, keep them
across imports and take them back."""

import re
from urllib.parse import urlencode

import httpx2
import pytest

from tests.web.pages.readers import HEBREW, LONG, Reader, played
from tests.web.parsed import Element, parse
from unwrapped.music.history.public_ids import public_id

NIGHT = {"action": "exclude", "scope": "window", "begins": "23:00", "ends": "07:00"} | {
    f"day_{day}": "on" for day in range(1, 8)
}


_PLAYS = re.compile(r"[\d,]+ plays?")


class Corrector:
    """A person who follows the links and forms of the pages, without scripts."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    async def page(self, path: str) -> Element:
        answer = await self.reader.open(path)
        assert answer.status_code == 200, answer.text
        return parse(answer.text)

    async def tops(self) -> list[str]:
        page = await self.page("/top/artists")
        rows = page.one("ol", **{"class": "ranks"}).all("li")
        return [
            f"{row.one('bdi').text}: {_PLAYS.search(row.text)[0]}"  # type: ignore[index]
            for row in rows
        ]

    async def make(self, form: Element, **filled: str) -> str:
        """Send a form that asks for the number, then the form on the next page; return
        what was said in between."""
        asked = fields(form) | filled
        page = await self.page(f"{form.attributes['action']}?{urlencode(asked)}")
        (confirm,) = page.one("main").all("form")
        await self.send(confirm)
        return page.one("main").text

    async def send(self, form: Element) -> httpx2.Response:
        path = form.attributes["action"] or ""
        answer = await self.reader.browser.post(path, data=fields(form))
        assert answer.status_code == 303, answer.text
        return answer

    async def take_back(self, words: str) -> str:
        page = await self.page("/corrections")
        (item,) = [one for one in page.all("li") if words in one.text]
        page = await self.page(item.one("a").attributes["href"] or "")
        (form,) = page.one("main").all("form")
        await self.send(form)
        return page.one("main").text


def fields(form: Element) -> dict[str, str]:
    """The values that a form sends unchanged."""
    return {
        one.attributes["name"] or "": one.attributes.get("value") or "on"
        for one in form.all("input")
        if one.attributes.get("type") == "hidden"
        or one.attributes.get("value")
        or "checked" in one.attributes
    }


def form_with(page: Element, button: str, words: str = "") -> Element:
    """The form with this button and these words."""
    found = [
        one
        for one in page.one("main").all("form")
        if button in one.one("button").text and words in one.text
    ]
    return found[0]


@pytest.fixture
def ada_corrects(reader: Reader) -> Corrector:
    return Corrector(reader)


async def test_the_journey_of_a_listener(
    ada_corrects: Corrector, reader: Reader
) -> None:
    await reader.store(
        *(played(1, f"2021-03-0{day}T10:00:00Z", "Sigur Rós") for day in range(1, 4)),
        *(played(2, f"2021-04-0{day}T10:00:00Z", "Sigur Ros") for day in range(1, 3)),
        *(played(1, f"2021-05-0{day}T02:00:00Z", "Rain") for day in range(1, 5)),
        played(1, "2021-05-09T10:00:00Z", "Rain"),
    )
    before = ["Rain: 5 plays", "Sigur Rós: 3 plays", "Sigur Ros: 2 plays"]
    assert await ada_corrects.tops() == before

    # From the page of an artist to the number, to the merge.
    artist = await ada_corrects.page(f"/artists/{public_id('sigur ros')}")
    (link,) = [one for one in artist.all("a") if one.text.startswith("Correct:")]
    new = await ada_corrects.page(link.attributes["href"] or "")
    said = await ada_corrects.make(
        form_with(
            new, "Say how many plays", "All tracks and albums of the artist move"
        ),
        target_1="sigur rós",
    )
    assert "The artist “Sigur Ros” counts as “sigur rós”" in said
    assert "2 plays would count differently" in said
    # Sleep sounds between 23 and 7.
    screen = await ada_corrects.page("/corrections")
    said = await ada_corrects.make(form_with(screen, "Say how many plays", "Monday"))
    assert "4 plays would not be counted" in said
    after = ["Sigur Rós: 5 plays", "Rain: 1 play"]
    assert await ada_corrects.tops() == after

    # Another year: both are still in force.
    await reader.store(
        played(2, "2022-04-01T10:00:00Z", "SIGUR ROS"),
        played(1, "2022-04-02T01:00:00Z", "Rain"),
    )
    tops = await ada_corrects.tops()
    assert tops == ["Sigur Rós: 6 plays", "Rain: 1 play"]

    # The address of what was merged leads on; the target names what is counted there.
    answer = await reader.open(f"/artists/{public_id('sigur ros')}")
    assert answer.status_code == 303
    target = await ada_corrects.page(answer.headers["location"])
    assert target.one("h1").text == "Sigur Rós"
    assert re.search(r"Your corrections also count here: SIGUR ROS", target.text), (
        target.one("main").text
    )
    last = target.one("section", **{"aria-labelledby": "last"})
    assert "Song 2 1 April 2022" in last.text
    history = await ada_corrects.page("/history")
    assert "Not counted: Plays every day from 23:00 to 07:00" in history.text
    assert "Counts as Song 2 by sigur rós" in history.text

    said = await ada_corrects.take_back("Plays every day")
    assert "Without it 5 plays count as before." in said
    tops = await ada_corrects.tops()
    assert tops == ["Rain: 6 plays", "Sigur Rós: 6 plays"]
    await ada_corrects.take_back("Sigur Ros")
    tops = await ada_corrects.tops()
    assert tops == ["Rain: 6 plays", "SIGUR ROS: 3 plays", "Sigur Rós: 3 plays"]
    assert "All plays count as they were logged." in (await ada_corrects.page("/corrections")).text  # fmt: skip


async def test_a_split_artist_and_an_excluded_one_have_a_page(
    ada_corrects: Corrector, reader: Reader
) -> None:
    await reader.store(
        played(1, "2021-03-01T10:00:00Z", "Ann & Bob"),
        played(2, "2021-03-02T10:00:00Z", "Rain"),
    )
    new = await ada_corrects.page("/corrections/new?artist=Ann+%26+Bob")
    said = await ada_corrects.make(
        form_with(new, "Say how many plays", "split"), target_1="Ann", target_2="Bob"
    )
    assert "“Ann & Bob” counts as “Ann” and “Bob”" in said
    split = await ada_corrects.page(f"/artists/{public_id('ann & bob')}")
    counted = split.one("section", **{"aria-labelledby": "counted"})
    assert [one.text for one in counted.all("a")] == ["Ann", "Bob"]
    bob = await ada_corrects.page(f"/artists/{public_id('bob')}")
    assert "Song 1" in bob.text
    # From a play in the history: its track, its album, its artist.
    history = await ada_corrects.page("/history?q=Rain")
    (link,) = [one for one in history.one("main").all("a") if one.text.startswith("Correct")]  # fmt: skip
    new = await ada_corrects.page(link.attributes["href"] or "")
    assert [one.text for one in new.one("main").all("h2")] == [
        "The track", "The album", "The artist",
    ]  # fmt: skip
    await ada_corrects.make(form_with(new, "Do not count the album"))
    album = await ada_corrects.page(f"/albums/{public_id('rain', 'album of rain')}")
    assert "its plays are not counted" in album.text
    artist = await ada_corrects.page(f"/artists/{public_id('rain')}")
    assert "its plays are not counted" in artist.text


async def test_invalid_corrections_are_explained(
    ada_corrects: Corrector, reader: Reader
) -> None:
    await reader.store(played(1, "2021-03-01T10:00:00Z"))
    for asked, status, words in (
        (NIGHT | {"begins": ""}, 400, "Choose at least one day"),
        ({"action": "split", "scope": "artist", "artist": "Ann", "target_1": "Bob"}, 400, "Name at least two different artists"),
        ({"action": "count_as", "scope": "artist", "artist": "Ann"}, 400, "what it should count as"),
        ({"action": "count_as", "scope": "artist", "artist": "Ann", "target_1": "ANN"}, 409, "would count as itself"),
        ({"action": "x", "scope": "artist"}, 422, "action"),
    ):  # fmt: skip
        answer = await reader.open("/corrections/try", **asked)
        assert answer.status_code == status, answer.text
        assert words in answer.text
        answer = await reader.browser.post("/corrections", data=asked)
        assert answer.status_code == status
        assert words in answer.text
    assert (await reader.open("/corrections/new")).status_code == 422


async def test_names_of_any_script_are_isolated(
    ada_corrects: Corrector, reader: Reader
) -> None:
    await reader.store(
        played(1, "2021-03-01T10:00:00Z", HEBREW),
        played(1, "2021-03-01T12:00:00Z", LONG.strip()),
    )
    for name in (HEBREW, LONG.strip()):
        new = await ada_corrects.page(f"/corrections/new?{urlencode({'artist': name})}")
        await ada_corrects.make(form_with(new, "Do not count the artist"))
    page = await ada_corrects.page("/corrections")
    held = page.one("section", **{"aria-labelledby": "held"})
    assert [one.text for one in held.all("bdi")] == [
        f"The artist “{name}” is not counted." for name in (LONG.strip(), HEBREW)
    ]
