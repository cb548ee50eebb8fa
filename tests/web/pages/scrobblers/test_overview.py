"""The screen of scrobblers: a token is shown once, with the values to enter in clients; the
outcome of its last request is shown."""

import re

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import PASSWORD, make_personal_token, make_user
from tests.conftest import Configure
from tests.processes import ROOT
from tests.web.pages.test_forms import alert, faults
from tests.web.parsed import Element, parse
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.tokens import (
    SCROBBLING_TOKEN,
    ScrobblingTokenService,
    md5,
)
from unwrapped.web.pages.scrobblers.clients import CLIENTS

LASTFM = "/2.0/?format=json"
PROXY = {"X-Forwarded-Proto": "https"}
_ADDRESSES = re.compile(r'\{(?:address|host)\}[^\s"]*')


async def make(browser: httpx2.AsyncClient, name: str) -> tuple[str, Element]:
    """Make a token; return it and the page that shows it."""
    made = await browser.post("/scrobblers", data={"name": name})
    assert made.status_code == 200
    page = parse(made.text)
    return page.one("input", id="token").attributes["value"] or "", page


def values(page: Element) -> list[str]:
    """The values to enter in all clients."""
    areas = [area.text for area in page.all("textarea")]
    boxes = [box.attributes.get("value") or "" for box in page.all("input")]
    return areas + boxes


async def test_a_token_is_shown_once_with_the_values_to_enter(
    browser: httpx2.AsyncClient,
) -> None:
    empty = parse((await browser.get("/scrobblers")).text)
    assert "The first client" in empty.text
    token, page = await make(browser, "mpdscribble in the kitchen")
    assert SCROBBLING_TOKEN.is_sound(token)
    [opened] = [one for one in page.all("details") if "open" in one.attributes]
    area = opened.one("textarea")
    assert area.text.split(" journal")[0] == (
        "[unwrapped] url = https://testserver/apis/audioscrobbler/1.2/"
        f" username = ada password = {token}"
    )
    [folded] = [one for one in page.all("details") if one.text.startswith("Other")]
    assert len(list(folded.all("details"))) == len(CLIENTS) - 1
    assert "always means the machine" not in page.text
    assert not [text for text in values(page) if "{" in text]
    copied = {one.attributes["data-copy"] for one in page.all("button") if "data-copy" in one.attributes}  # fmt: skip
    assert copied == {one.attributes["id"] for one in page.all("input", "textarea") if "readonly" in one.attributes}  # fmt: skip
    later = await browser.get("/scrobblers")
    assert token not in later.text
    assert f"Token …{token[-4:]}" in parse(later.text).text
    assert "No request has used it yet" in later.text


def test_the_documentation_has_the_same_addresses() -> None:
    text = (ROOT / "docs" / "scrobbling.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for client in CLIENTS:
        word = client.title.split()[0].rstrip(",").lower()
        own = " ".join(row for row in rows if row[2:].lower().startswith(word))
        for entry in client.entries:
            for address in _ADDRESSES.findall(entry.value):
                said = address.replace("{address}", "ADDRESS").replace("{host}", "HOST")
                assert said in own, (client.title, said)


async def test_the_last_request_is_shown_with_its_answer_and_reason(
    browser: httpx2.AsyncClient,
) -> None:
    token, _ = await make(browser, "Phone")
    play = {"method": "track.scrobble", "sk": token, "artist": "A", "timestamp": "5"}
    await browser.post(LASTFM, data=play)
    shown = parse((await browser.get("/scrobblers")).text).text
    assert "POST /2.0 track.scrobble , answered ok." in shown
    assert "Plays not accepted, 1: the track is empty." in shown
    await browser.post(LASTFM, data={"method": "track.love", "sk": token, "artist": "A", "track": "T"})  # fmt: skip
    later = parse((await browser.get("/scrobblers")).text).text
    assert "POST /2.0 track.love , answered ok." in later
    assert "Last refusal " in later


async def test_a_revoked_token_is_refused_from_then_on(
    browser: httpx2.AsyncClient,
) -> None:
    token, _ = await make(browser, "Phone")
    page = parse((await browser.get("/scrobblers")).text)
    [form] = [one for one in page.all("form") if one.text == "Revoke Phone"]
    assert (await browser.post(form.attributes["action"] or "")).status_code == 303
    love = {"method": "track.love", "sk": token, "artist": "A", "track": "T"}
    assert (await browser.post(LASTFM, data=love)).json()["error"] == 9
    assert "Phone" not in (await browser.get("/scrobblers")).text


async def test_scrobblers_keep_working_after_a_changed_password(
    browser: httpx2.AsyncClient,
) -> None:
    token, _ = await make(browser, "Phone")
    page = parse((await browser.get("/settings/access")).text)
    [form] = [one for one in page.all("form") if "scrobblers keep working" in one.text]
    assert [one.attributes["href"] for one in form.all("a")] == ["/scrobblers"]
    words = {"current_password": PASSWORD, "new_password": "another horse battery"}
    assert (
        await browser.post("/settings/access/password", data=words)
    ).status_code == 303
    love = {"method": "track.love", "sk": token, "artist": "A", "track": "T"}
    assert "error" not in (await browser.post(LASTFM, data=love)).json()


async def test_a_refusal_is_shown_in_the_form(
    browser: httpx2.AsyncClient,
) -> None:
    nameless = await browser.post("/scrobblers", data={"name": " "})
    assert nameless.status_code == 422
    assert faults(parse(nameless.text))
    await make(browser, "Phone")
    again = await browser.post("/scrobblers", data={"name": "Phone"})
    assert again.status_code == 409
    assert "with this name" in alert(parse(again.text))


async def seen(browser: httpx2.AsyncClient, token: str) -> str:
    """The text of the page after testing a token."""
    answer = await browser.post("/scrobblers/test", data={"tested": token})
    assert answer.status_code == 200
    assert not token or token not in answer.text
    [said] = [
        one
        for one in parse(answer.text).all("div")
        if one.attributes.get("role") == "status"
    ]
    return said.text


async def test_a_valid_token_is_shown_with_its_last_request(
    browser: httpx2.AsyncClient,
) -> None:
    token, _ = await make(browser, "Phone")
    said = await seen(browser, f" {token}\n")
    assert "The token is valid: it is that of Phone." in said
    assert "No client has used it in a request yet" in said
    await browser.post(LASTFM, data={"method": "track.scrobble", "sk": token})
    said = await seen(browser, token)
    assert "The server last saw POST /2.0 track.scrobble with it" in said
    assert "answered error 6" in said


async def test_the_error_in_a_token_is_explained(
    browser: httpx2.AsyncClient,
) -> None:
    token, _ = await make(browser, "Phone")
    for wrong, said in (
        (token[:-1], "Tokens have 37 characters, and this has 36"),
        (token[:-1] + "-", "One of its characters is wrong"),
        (md5(token), "This is the MD5 of something"),
        ("uwp" + token[3:], "Tokens begin with uws_"),
    ):
        assert said in await seen(browser, wrong)


async def test_a_token_of_somebody_else_or_of_another_kind_is_unknown(
    browser: httpx2.AsyncClient, session: AsyncSession, resources: Resources, ada: int
) -> None:
    other = (await make_user(session, username="bert")).id or 0
    tokens = ScrobblingTokenService(session, resources.cipher)
    made = await tokens.create(other, "x")
    assert "none of yours" in await seen(browser, made.token)
    await tokens.revoke(other, made.row.id)
    assert "none of yours" in await seen(browser, made.token)
    personal = await make_personal_token(session, ada)
    assert "This is a personal token" in await seen(browser, personal)
    empty = await browser.post("/scrobblers/test", data={"tested": ""})
    assert "Tokens begin with" in empty.text


async def test_the_page_warns_of_an_address_that_others_cannot_reach(
    browser: httpx2.AsyncClient,
) -> None:
    for address, doubted in (
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://192.168.1.2:8000", False),
        ("https://testserver", False),
    ):
        shown = (await browser.get(f"{address}/scrobblers")).text
        assert f"{address}/apis/listenbrainz/" in shown
        assert ("means the machine that the client runs on" in shown) is doubted


async def test_the_page_warns_of_an_untrusted_proxy(
    browser: httpx2.AsyncClient,
) -> None:
    shown = await browser.get("/scrobblers", headers=PROXY)
    assert "TRUSTED_PROXIES" in shown.text


@pytest.mark.parametrize(
    ("asked", "given", "doubted"),
    [
        ("http://testserver", "https://testserver", False),
        ("http://TestServer", "https://testserver", False),
        ("http://192.168.1.2:8000", "http://192.168.1.2:8000", True),
    ],
)
async def test_clients_behind_an_untrusted_proxy_get_the_address_in_the_settings(
    browser: httpx2.AsyncClient,
    configure: Configure,
    asked: str,
    given: str,
    *,
    doubted: bool,
) -> None:
    """An untrusted proxy cannot report that clients use HTTPS; the setting can."""
    configure(Settings, backend_url="https://testserver")
    headers = {**PROXY, "Host": asked.removeprefix("http://")}
    shown = await browser.get(f"{asked}/scrobblers", headers=headers)
    made = await browser.post(
        f"{asked}/scrobblers", data={"name": "Phone"}, headers=headers
    )
    for answer in (shown, made):
        assert answer.status_code == 200
        entered = " ".join(values(parse(answer.text)))
        assert set(re.findall(r"https?://[^\s/]+", entered)) == {given}
        assert ("TRUSTED_PROXIES" in answer.text) is doubted


async def test_home_shows_the_track_that_is_playing(
    browser: httpx2.AsyncClient,
) -> None:
    assert "data-playing" not in (await browser.get("/")).text
    token, _ = await make(browser, "Phone")
    waiting = parse((await browser.get("/")).text)
    [place] = [one for one in waiting.all("section") if "data-playing" in one.attributes]  # fmt: skip
    assert "hidden" in place.attributes
    assert (await browser.get("/playing")).json() is None
    now = {"method": "track.updateNowPlaying", "sk": token, "artist": "<b>", "track": "T"}  # fmt: skip
    await browser.post(LASTFM, data=now)
    shown = parse((await browser.get("/")).text)
    [place] = [one for one in shown.all("section") if "data-playing" in one.attributes]
    assert "hidden" not in place.attributes
    assert "T by <b>" in place.text
    assert (await browser.get("/playing")).json() == {"title": "T", "artist": "<b>"}
