"""The screen of the history: plays are found, read in order, and deleted."""

import httpx2
import pytest

from tests.auth.factories import make_user
from tests.conftest import MakeClient
from tests.exports import account_row
from tests.music.factories import make_task, store
from tests.web.pages.readers import Account, Reader, make_account, played
from tests.web.parsed import Element, parse
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.models import TaskStatus


def _titles(page: Element) -> list[str]:
    return [
        one.text
        for one in page.all("a")
        if (one.attributes["href"] or "").startswith("/tracks/")
    ]


def _ids(page: Element) -> list[str]:
    boxes = page.all("input")
    return [
        one.attributes["value"] or ""
        for one in boxes
        if one.attributes["name"] == "listen"
    ]


async def _history(reader: Reader, **params: object) -> Element:
    answer = await reader.open("/history", **params)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def test_plays_are_read_page_by_page_in_both_orders(reader: Reader) -> None:
    await reader.store(
        *(played(n, f"2021-03-{1 + n // 24:02}T{n % 24:02}:30:00Z") for n in range(60))
    )
    for order, expected in (("newest", range(59, -1, -1)), ("oldest", range(60))):
        first = await _history(reader, order=order, q="song")
        assert len(_titles(first)) == 50
        [more] = (
            one.attributes["href"] or ""
            for one in first.all("a")
            if one.text in {"Earlier plays", "Later plays"}
        )
        second = parse((await reader.open(more)).text)
        assert _titles(first) + _titles(second) == [f"Song {n}" for n in expected]
        assert "To the first page" in second.text


async def test_a_play_says_when_it_began_and_why_it_does_not_count(
    reader: Reader,
) -> None:
    form = {"display_name": "Ada", "time_zone": "Asia/Tokyo"}
    await reader.browser.post("/settings", data=form)
    await reader.store(
        played(1, "2023-05-01T20:03:20Z"),
        played(2, "2023-05-01T20:10:00Z", ms_played=5_000),
    )
    await reader.store(
        account_row(
            endTime="2023-05-01 20:03",
            artistName="Ann",
            trackName="Song 1",
            msPlayed=200_000,
        )
    )
    page = await _history(reader)
    assert next(page.all("h2")).text == "2 May 2023"
    assert "05:00 Song 1 by Ann" in page.text
    assert "Heard for 3:20." in page.text
    assert page.text.count("Not a play: shorter than 30 seconds.") == 1
    assert page.text.count("Spotify account data has it as well; it counts once.") == 1
    poorer = await _history(reader, source="spotify_account")
    assert "Not counted: a richer source has the same listen." in poorer.text
    links = {one.text: one.attributes["href"] for one in page.one("main").all("a")}
    assert links["Ann"] == f"/artists/{public_id('ann')}"
    assert links["Album of Ann"] == f"/albums/{public_id('ann', 'album of ann')}"
    # A play is deleted together with its records in other sources.
    asked = await reader.open("/history/delete", listen=_ids(page)[1])
    assert "Delete 2 plays?" in asked.text


@pytest.fixture(scope="module")
async def account(common_database: Database) -> Account:
    """A person with four plays, one of which does not count; no test changes them."""
    return await make_account(
        common_database,
        *(played(n, f"2023-03-0{n}T10:30:00Z") for n in (1, 2)),
        played(3, "2023-03-03T10:30:00Z", ms_played=5_000),
        played(4, "2022-03-03T10:30:00Z", "Bea"),
    )


@pytest.fixture
def ada(
    account: Account, make_client: MakeClient, common_resources: Resources
) -> Reader:
    """This person with a browser."""
    return account.browse(make_client, common_resources)


async def test_plays_are_filtered(ada: Reader) -> None:
    ann, song = public_id("ann", "album of ann"), public_id("ann", "song 2")
    for params, titles in (
        ({"q": "bea", "day": "", "source": ""}, ["Song 4"]),
        ({"first": "2023-03-02"}, ["Song 3", "Song 2"]),
        ({"last": "2023-03-01"}, ["Song 1", "Song 4"]),
        ({"first": "2022-03-04", "last": "2023-03-02"}, ["Song 2", "Song 1"]),
        ({"period": "2023", "first": "2023-03-03"}, ["Song 3"]),
        ({"day": "2023-03-01"}, ["Song 1", "Song 4"]),
        ({"day": "2023-03-02", "order": "oldest"}, ["Song 2", "Song 3"]),
        ({"source": "lastfm"}, []),
        ({"artist": "Ann"}, ["Song 3", "Song 2", "Song 1"]),
        ({"album": ann}, ["Song 3", "Song 2", "Song 1"]),
        ({"track": song}, ["Song 2"]),
        ({"period": "2022"}, ["Song 4"]),
        ({"utm_source": "x"}, ["Song 3", "Song 2", "Song 1", "Song 4"]),
    ):
        assert _titles(await _history(ada, **params)) == titles, params
    assert "Only Song 2 by Ann." in (await _history(ada, track=song)).text
    assert "No play matches." in (await _history(ada, q="nothing like it")).text


async def test_every_restriction_is_said_and_can_be_lifted(ada: Reader) -> None:
    page = await _history(ada, artist="Ann", period="2023", hour=10, weekday=3)
    assert "1 play counts here." in page.text
    only = page.one("ul", **{"class": "only"})
    assert [one.text for one in only.all("li")] == [
        "Only Ann. Show the others, too",
        "Only 2023. Show all days",
        "Only plays that began on a Wednesday. Show other weekdays, too",
        "Only plays that began from 10:00 to 11:00. Show other hours, too",
    ]
    for link in only.all("a"):
        lifted = parse((await ada.open(link.attributes["href"] or "")).text)
        left = lifted.one("ul", **{"class": "only"})
        assert len(list(left.all("li"))) == 3
    fields = {one.attributes.get("id"): one for one in page.all("input")}
    assert fields["first"].attributes["value"] == "2023-01-01"
    assert fields["last"].attributes["value"] == "2023-12-31"
    for params, counted in (
        ({"period": "2023"}, "2 plays"),
        ({"artist": "Bea"}, "1 play"),
    ):
        assert counted in (await _history(ada, **params)).text
    searched = await _history(ada, q="song", source="spotify_extended")
    assert "here." not in searched.text
    assert "Only names with song." in searched.text
    assert "Only from Spotify extended" in searched.text
    assert "Only since 2 March 2023." in (await _history(ada, first="2023-03-02")).text
    assert '<ul class="only">' not in (await ada.open("/history")).text


def _prefilled(page: Element) -> dict[str, str]:
    """The fields of the form that deletes many plays, except those that are empty."""
    form = page.one("section", **{"aria-labelledby": "many"})
    fields = {
        one.attributes["name"] or "": one.attributes["value"] or ""
        for one in form.all("input")
    }
    for one in form.all("option"):
        if "selected" in one.attributes:
            fields["source"] = one.attributes["value"] or ""
    return {name: value for name, value in fields.items() if value}


async def test_the_form_that_deletes_many_has_the_filters_of_the_list(
    ada: Reader,
) -> None:
    days = {"first": "2023-01-01", "last": "2023-12-31"}
    song = public_id("ann", "song 1")
    for params, fields in (
        ({"artist": "Ann", "period": "2023"}, {"artist": "Ann", **days}),
        (
            {"track": song, "first": "2023-01-01"},
            {"track": song, "first": "2023-01-01"},
        ),
        ({"source": "spotify_extended"}, {"source": "spotify_extended"}),
        ({"artist": "Ann", "period": "2023", "hour": 10}, {}),
        ({"artist": "Ann", "weekday": 3}, {}),
        ({"artist": "Ann", "q": "song"}, {}),
        ({}, {}),
    ):
        page = await _history(ada, **params)
        assert _prefilled(page) == fields, params
        assert ("nothing is filled in" in page.text) == bool(params and not fields)
    asked = await ada.open("/history/delete", artist="Ann", **days)
    assert "Delete 3 plays?" in asked.text


async def test_invalid_queries_are_explained(ada: Reader) -> None:
    for params, status, said in (
        ({"first": "yesterday"}, 422, "first: "),
        ({"first": "2021-03-02", "last": "2021-03-01"}, 400, "after the last one"),
        ({"source": "radio"}, 422, "source: "),
        ({"period": "soon"}, 400, "is not a period"),
        ({"cursor": "x"}, 400, "was not issued by this listing"),
    ):
        answer = await ada.open("/history", **params)
        assert answer.status_code == status, params
        assert said in parse(answer.text).text


async def test_an_empty_history_links_to_the_import(reader: Reader) -> None:
    page = await _history(reader)
    assert "Nothing yet. Import a history" in page.text
    assert "Delete many plays" not in page.text


def _form(answer: httpx2.Response) -> dict[str, str]:
    """The fields that the form of the confirmation sends."""
    main = parse(answer.text).one("main")
    return {
        one.attributes["name"] or "": one.attributes["value"] or ""
        for one in main.all("input")
    }


async def test_only_chosen_plays_are_deleted(reader: Reader) -> None:
    await reader.store(*(played(n, f"2021-03-0{n}T10:00:00Z") for n in range(1, 6)))
    ids = _ids(await _history(reader))
    asked = await reader.browser.get(
        "/history/delete", params=[("listen", ids[0]), ("listen", ids[3])]
    )
    assert parse(asked.text).one("h1").text == "Delete 2 plays?"
    assert len(_ids(await _history(reader))) == 5
    done = await reader.browser.post("/history/delete", data=_form(asked))
    assert (done.status_code, done.headers["Location"]) == (303, "/history?deleted=2")
    back = parse((await reader.open(done.headers["Location"])).text)
    assert back.one("p", **{"class": "done"}).text == "2 plays deleted."
    assert _titles(back) == ["Song 4", "Song 3", "Song 1"]
    again = await reader.browser.post("/history/delete", data=_form(asked))
    assert parse(again.text).one("h1").text == "Nothing to delete"


async def test_a_removal_leads_back_to_the_plays_that_were_shown(
    reader: Reader,
) -> None:
    await reader.store(
        played(1, "2021-03-01T10:00:00Z"),
        played(2, "2021-03-02T10:00:00Z"),
        played(1, "2021-03-03T10:00:00Z", "Bea"),
    )
    filtered = await _history(reader, artist="Ann", q="song")
    [here] = (
        one.attributes["value"]
        for one in filtered.all("input")
        if one.attributes["name"] == "back"
    )
    chosen = {"listen": _ids(filtered)[0], "back": here}
    asked = await reader.browser.get("/history/delete", params=chosen)
    assert parse(asked.text).one("a", href=here or "").text == "Keep it"
    done = await reader.browser.post("/history/delete", data=_form(asked))
    back = parse((await reader.open(done.headers["Location"])).text)
    assert back.one("p", **{"class": "done"}).text == "1 play deleted."
    assert _titles(back) == ["Song 1"]
    assert "deleted" not in str([one.attributes for one in back.all("a")])
    nothing = await reader.open("/history/delete", back=here)
    assert parse(nothing.text).one("a", href=here or "").text == "Go back"
    for elsewhere in (
        "//other.example/history?q=",
        "/settings?q=",
        "https://x.example",
    ):
        asked = await reader.open("/history/delete", artist="Bea", back=elsewhere)
        kept = [one for one in parse(asked.text).all("a") if one.text == "Keep it"]
        assert [one.attributes["href"] for one in kept] == ["/history"]


async def test_all_matching_plays_are_deleted(reader: Reader) -> None:
    await reader.store(
        played(1, "2021-03-01T10:00:00Z"),
        played(2, "2022-03-01T10:00:00Z"),
        played(3, "2022-03-02T10:00:00Z", "Bea"),
    )
    fields = {"artist": "ann", "first": "2022-01-01", "last": "", "source": ""}
    asked = await reader.browser.get("/history/delete", params=fields)
    page = parse(asked.text)
    assert page.one("h1").text == "Delete 1 play?"
    assert "All by ann since 1 January 2022" in page.text
    away = page.one("a", href="/corrections/new?artist=ann")
    assert away.text == "do not count it"
    days = await reader.open("/history/delete", first="2022-01-01")
    assert "permanently" not in days.text
    await reader.browser.post("/history/delete", data=_form(asked))
    assert _titles(await _history(reader)) == ["Song 3", "Song 1"]


async def test_all_plays_of_an_album_or_a_track_are_deleted(reader: Reader) -> None:
    await reader.store(
        played(1, "2021-03-01T10:00:00Z"),
        played(2, "2021-03-02T10:00:00Z"),
        played(2, "2021-03-03T10:00:00Z"),
        played(3, "2021-03-04T10:00:00Z", "Bea"),
    )
    for path, words, left in (
        (_path_of("tracks", "song 2"), "All of Song 2 by Ann", ["Song 3", "Song 1"]),
        (_path_of("albums", "album of ann"), "All of Album of Ann by Ann", ["Song 3"]),
    ):
        links = parse((await reader.open(path)).text).all("a")
        [link] = [one for one in links if one.text.startswith("Delete all plays of")]
        asked = await reader.open(link.attributes["href"] or "")
        assert words in parse(asked.text).text
        names = words.removeprefix("All of ").removesuffix(" by Ann")
        assert f"To leave out {names} permanently" in parse(asked.text).text
        await reader.browser.post("/history/delete", data=_form(asked))
        assert _titles(await _history(reader)) == left


def _path_of(kind: str, key: str) -> str:
    return f"/{kind}/{public_id('ann', key)}"


async def test_the_page_asks_again_if_the_number_has_changed(
    reader: Reader,
) -> None:
    await reader.store(played(1, "2021-03-01T10:00:00Z"))
    asked = await reader.open("/history/delete", artist="Ann")
    await reader.store(played(2, "2021-03-02T10:00:00Z"))
    for form in (_form(asked), {"artist": "Ann"}):
        again = await reader.browser.post("/history/delete", data=form)
        assert parse(again.text).one("h1").text == "Delete 2 plays?"
    assert len(_ids(await _history(reader))) == 2


async def test_the_confirmation_names_the_plays(ada: Reader) -> None:
    for path in ("/history/delete", "/history/delete?source=&artist=&q=song"):
        refused = await ada.open(path)
        assert (refused.status_code, "Nothing is chosen yet." in refused.text) == (
            400,
            True,
        )
    assert (await ada.browser.post("/history/delete")).status_code == 400
    strange = await ada.open("/history/delete", listen="nonsense")
    assert parse(strange.text).one("h1").text == "Nothing to delete"


async def test_plays_of_somebody_else_stay(reader: Reader) -> None:
    row = played(1, "2021-03-01T10:00:00Z")
    await reader.store(row)
    [mine] = _ids(await _history(reader))
    async with reader.resources.database.session() as session:
        other = await make_user(session)
        await store(session, other.id or 0, [[row]])
    asked = await reader.open("/history/delete", listen=mine)
    page = parse(asked.text)
    assert page.one("h1").text == "Delete 1 play?"
    assert "Song 1 by Ann, 1 March 2021" in page.text
    await reader.browser.post("/history/delete", data=_form(asked))
    async with reader.resources.database.session() as reading:
        wanted = ListenFilter(zone=parse_zone("UTC"))
        left = await ListenService(reading).list_listens(other.id or 0, wanted, 9, None)
    assert [one.id for one in left.items] == [mine]


async def test_many_plays_are_removed_by_a_task(reader: Reader) -> None:
    await reader.store(
        *(
            played(n, f"2021-03-{1 + n // 50:02}T{n % 50 // 3:02}:{n % 3 * 9:02}:00Z")
            for n in range(1_001)
        )
    )
    asked = await reader.open("/history/delete", artist="Ann")
    assert parse(asked.text).one("h1").text == "Delete 1,001 plays?"
    begun = await reader.browser.post("/history/delete", data=_form(asked))
    assert begun.status_code == 303
    working = await reader.open(begun.headers["Location"])
    assert "Deleting the plays" in parse(working.text).text


async def test_the_page_of_a_removal_shows_its_outcome(reader: Reader) -> None:
    async with reader.resources.database.session() as session:
        done = await make_task(
            session,
            reader.user_id,
            kind="music.removal",
            status=TaskStatus.COMPLETED,
            result_data={"deleted": 1_234},
        )
        other = await make_task(session, reader.user_id)
    shown = parse((await reader.open(f"/history/removals/{done.id}")).text)
    assert shown.one("h1").text == "1,234 plays deleted"
    assert (await reader.open(f"/history/removals/{other.id}")).status_code == 404
