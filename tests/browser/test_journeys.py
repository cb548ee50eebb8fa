"""From an empty server to a shared portrait, and out again, in a real browser.

One browser and one service for all of it: what follows builds on what came before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.browser.devtools import Page, chromium
from tests.browser.history import LISTENS, write_history
from tests.browser.inspecting import Inspector
from tests.cli.service import SECRET, Place
from unwrapped.core.postgres.addresses import DatabaseAddress

PASSWORD, NEW_PASSWORD = "tr0ub4dor and three", "four odd words apart"
ZONE = "Pacific/Auckland"
REFUSED = "the server responded with a status of 4"
HTML = {"Accept": "text/html"}
PAGES = (
    *("/top/tracks?period=2023&by=time", "/portraits", "/import", "/tasks"),
    *("/years/2023", "/years/2000", "/charts"),
)
"""Pages of somebody with a history, which the journey looks at and does not use."""


@contextmanager
def without_script(page: Page) -> Iterator[None]:
    """The page with its scripts turned off."""
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        yield
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.long
def test_the_page(tmp_path: Path, clone: DatabaseAddress) -> None:
    folder = tmp_path / "chromium"
    folder.mkdir()
    with chromium(folder) as page, Place(tmp_path) as place:
        env = {"DATABASE_URL": clone.for_asyncpg(), "SECRET_KEY": SECRET}
        web, worker = place.serve("--no-worker", **env), place.worker(**env)
        web.ready()
        page.call("Emulation.setTimezoneOverride", timezoneId=ZONE)
        journey = Journey(page, Inspector(page, web.address), tmp_path)
        journey.first_run()
        journey.drops_a_zip()
        journey.reads_the_verdict()
        journey.reads_the_history()
        journey.searches()
        journey.corrects()
        journey.shares_it()
        journey.navigates_by_keyboard()
        journey.looks_at_settings()
        journey.points_a_player_here()
        journey.does_all_without_script()
        journey.administers()
        journey.leaves()
        # What browsers without Sec-Fetch-Site are known by: never `null`.
        assert page.origins == {web.address}
        web.stop()
        worker.stop()
        place.assert_nothing_left()


class Journey:
    """What somebody does, step by step."""

    def __init__(self, page: Page, inspector: Inspector, folder: Path) -> None:
        self.page = page
        self.look = inspector.look
        self.origin = inspector.origin
        self.history = write_history(folder)

    def open(self, path: str) -> None:
        self.page.go(f"{self.origin}{path}")

    def first_run(self) -> None:
        """An empty server leads to the first account; the zone is the browser's."""
        page = self.page
        self.open("/")
        page.arrive("^/welcome$")
        assert page.evaluate("document.querySelector('#time_zone').value") == ZONE
        page.evaluate("document.querySelector('form').noValidate = true")
        page.fill(username="ada", password="short")  # noqa: S106 - of nobody
        page.click("form button")
        page.wait_for("!!document.querySelector('#password-note.fault')")
        assert page.evaluate("document.querySelector('#username').value") == "ada"
        self.look(REFUSED)
        page.fill(password=PASSWORD, display_name="Ada", time_zone=ZONE)
        page.click("form button")
        page.wait_for("!!document.querySelector('.drop')")
        assert page.cookies()["__Host-Http-session"]["sameSite"] == "Lax"
        assert page.evaluate("document.cookie") == ""
        self.look()

    def drops_a_zip(self) -> None:
        """Files are taken by any page: a drop on one that has no place for it."""
        page = self.page
        for path in ("/settings", "/import", "/portraits", "/shares", "/tasks"):
            self.open(path)
            self.look()
        data = {"items": [], "files": [str(self.history)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            page.call("Input.dispatchDragEvent", type=kind, x=300, y=300, data=data)
        page.arrive("^/import/.")
        page.wait_for("!!document.querySelector('.sum')")
        assert f"{LISTENS} new plays" in page.evaluate("document.body.innerText")
        self.look()
        self.open("/import")
        empty = self.history.with_name("empty.json")
        empty.write_bytes(b"")
        page.choose("#choose-files", empty, self.history)
        page.wait_for("!document.querySelector('[data-retry]').hidden")
        self.look()
        page.click(".sending .fault button")
        page.arrive("^/import/.")
        page.wait_for("document.body.innerText.includes('Nothing new')")
        page.click("main a[href$='/remove']")
        page.wait_for(
            "document.body.innerText.includes('No play would be deleted with it')"
        )
        self.look()
        page.click("main form button")
        page.arrive("^/import$")
        assert page.evaluate("document.querySelectorAll('.list li').length") == 1

    def reads_the_verdict(self) -> None:
        """From the books straight into the verdict, which home then shows."""
        page = self.page
        page.click("main .list a.name")
        page.arrive("^/import/.")
        page.click("main .opening form button")
        page.arrive("^/portraits/.")
        page.wait_for("!!document.querySelector('.cover')")
        for path in PAGES:
            self.open(path)
            self.look()
        self.open("/charts?period=2023")
        page.click("[aria-label='The plays of a weekday'] a")
        page.arrive("^/history$")
        self.open("/import")
        page.click("a[href^='/import/']")
        page.arrive("^/import/.")

    def reads_the_history(self) -> None:
        """From a play to its track, artist and album; one play is deleted."""
        page = self.page
        self.open("/history?q=霧峰")
        page.click(".plays b a")
        page.arrive("^/tracks/.")
        self.look()
        page.click("main a[href^='/artists/']")
        page.arrive("^/artists/.")
        self.look()
        page.click("main a[href^='/albums/']")
        page.arrive("^/albums/.")
        self.tab_to("#months summary")
        page.press("Enter")
        self.look()
        self.tab_to("#months th a")
        page.press("Enter")
        page.arrive("^/history$")
        assert "period=" in page.evaluate("location.search")
        self.look()
        self.open("/tracks/nothing")
        self.look(REFUSED)
        with without_script(page):
            self.open("/history")
            page.click(".plays input")
            page.click(".after button")
            page.arrive("^/history/delete$")
            page.click("main form button")
            page.arrive("^/history$")
            said = page.evaluate("document.querySelector('.done').innerText")
            assert said == "1 play deleted."
        self.open("/history/delete?artist=nobody")
        self.look()

    def searches(self) -> None:
        """By a key, while typing; by Enter, and without script, on a page of its own."""
        page = self.page
        self.open("/shares")
        page.type("/")
        page.wait_for("document.querySelector('#search').open")
        page.call("Input.insertText", text="wolfe")
        page.wait_for("!!document.querySelector('#search li a')")
        self.look()
        page.press("Enter")
        page.arrive("^/search$")
        self.look()
        self.open("/search?q=nobody")
        self.look()
        page.press("Escape")
        page.type("k", ctrl=True)
        page.wait_for("document.querySelector('#search').open")
        page.call("Input.insertText", text="wolfe")
        page.wait_for("!!document.querySelector('#search li a')")
        page.press("Escape")
        page.wait_for("!document.querySelector('#search').open")
        page.type("k", ctrl=True)
        page.wait_for("document.querySelector('#search').open")
        page.evaluate("document.execCommand('delete')")
        page.wait_for("!document.querySelector('#search li')")
        for kind in ("mousePressed", "mouseReleased"):
            where = {"x": 5, "y": 400, "button": "left", "clickCount": 1}
            page.call("Input.dispatchMouseEvent", type=kind, **where)
        page.wait_for("!document.querySelector('#search').open")
        with without_script(page):
            self.open("/history")
            page.click("[data-search]")
            page.arrive("^/search$")
            page.evaluate("document.querySelector('#q').value = '霧峰'")
            page.click("main form button")
            page.wait_for("!!document.querySelector('main .list a')")

    def corrects(self) -> None:
        """From a play to what it counts as, with the number first, and back."""
        page = self.page
        self.open("/history")
        page.click(".plays a[href^='/corrections/new']")
        page.arrive("^/corrections/new$")
        self.look()
        page.click("main section[aria-labelledby='of-artist'] > form:last-child button")
        page.arrive("^/corrections/try$")
        self.look()
        with without_script(page):
            page.click("main form button")
            page.arrive("^/corrections$")
            page.click("main form[action='/corrections/try'] button")
            page.arrive("^/corrections/try$")
            page.click("main form button")
            page.arrive("^/corrections$")
        self.look()
        self.open("/history")
        page.wait_for("!!document.querySelector('.why-not a[href$=corrections]')")
        page.click(".plays a[href^='/artists/']")
        page.arrive("^/artists/.")
        self.look()
        for left in (1, 0):
            self.open("/corrections")
            page.click("main .list a")
            page.arrive("^/corrections/.*/take-back$")
            if left:
                self.look()
            page.click("main form button")
            page.arrive("^/corrections$")
            assert (
                page.evaluate("document.querySelectorAll('main .list li').length")
                == left
            )
        self.look()

    def shares_it(self) -> None:
        """A link with a name, its pictures, and its end."""
        page = self.page
        self.open("/portraits")
        page.click("main .list a")
        page.click(".bar-of-own summary")
        self.look()
        page.click("#with_name")
        page.click(".bar-of-own form button")
        page.wait_for("!!document.querySelector('[data-link]')")
        page.wait_for("[...document.images].every(one => one.naturalWidth >= 1080)")
        self.look()
        link = page.evaluate("document.querySelector('[data-link]').value")
        said = page.evaluate("document.querySelector('main .trouble').innerText")
        assert "This link works only on this machine." in said
        page.go(link)
        assert "Ada" in page.evaluate("document.querySelector('.eyebrow').innerText")
        self.look()
        self.open("/shares")
        self.look()
        page.click(".list form button")
        page.wait_for("!document.querySelector('.list form')")
        for address in (link, f"{link}/card.png", f"{link}/story.png"):
            answer = httpx2.get(address, headers=HTML)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (
                404,
                "private, no-store",
            )
        page.go(link)
        self.look(REFUSED)

    def navigates_by_keyboard(self) -> None:
        """Out, in and to a verdict without a pointer; what has the focus is seen."""
        page = self.page
        self.open("/")
        self.tab_to(".more-button")
        page.press("Enter")
        self.tab_to(".menu form[action='/sign-out'] button")
        page.press("Enter")
        page.arrive("^/sign-in$")
        self.look()
        for field, text in (("username", "ada"), ("password", PASSWORD)):
            self.tab_to(f"#{field}")
            page.call("Input.insertText", text=text)
        page.press("Enter")
        page.wait_for("!!document.querySelector('nav')")
        page.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        self.tab_to("nav a[href='/portraits']")
        page.press("Enter")
        page.arrive("^/portraits$")
        self.tab_to("main form button")
        page.press("Enter")
        page.wait_for("!!document.querySelector('.cover')")
        self.tab_to(".bar-of-own summary")
        page.press("Enter")
        self.tab_to("#with_name")
        page.press("Space")
        assert page.evaluate("document.querySelector('#with_name').checked") is True

    def tab_to(self, selector: str) -> None:
        for _ in range(80):
            self.page.press("Tab")
            if self.page.evaluate(f'document.activeElement.matches("{selector}")'):
                seen = (
                    "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                )
                assert self.page.evaluate(seen), selector
                return
        raise AssertionError(f"no way to {selector} by keyboard")

    def looks_at_settings(self) -> None:
        """The parts of the settings, and a token that is shown once."""
        for part in ("access", "sync", "model", "data"):
            self.open(f"/settings/{part}")
            self.look()
        self.open("/settings/tokens")
        self.page.fill(name="a scrobbler")
        self.page.click("main form button")
        self.page.wait_for("!!document.querySelector('#token')")
        self.look()
        self.open("/settings/tokens")
        self.look()
        self.page.click(".list form button")
        self.page.wait_for("!document.querySelector('.list form')")

    def points_a_player_here(self) -> None:
        """A token with what to enter, what it came to, and what plays now, live."""
        page = self.page
        self.open("/scrobblers")
        page.fill(name="mpdscribble")
        page.click("main form button")
        page.wait_for("!!document.querySelector('.clients details[open]')")
        token = page.evaluate("document.querySelector('#token').value")
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        self.look()
        self.open("/")
        assert page.evaluate("document.querySelector('[data-playing]').hidden") is True
        now = {
            "method": "track.updateNowPlaying",
            "sk": token,
            "artist": "A",
            "track": "霧峰",
        }
        assert httpx2.post(f"{self.origin}/2.0/", data=now).status_code == 200
        page.wait_for("!document.querySelector('[data-playing]').hidden")
        assert "霧峰 by A" in page.evaluate("document.body.innerText")
        self.look()
        self.open("/scrobblers")
        page.fill(tested=token)
        page.click("form[action^='/scrobblers/test'] button")
        page.wait_for("document.body.innerText.includes('The token is valid')")
        self.look()
        self.open("/api/auth/?token=x")
        self.look(REFUSED)
        asked = f"{self.origin}/2.0/?method=auth.getToken&format=json"
        request = httpx2.get(asked).json()["token"]
        self.open(f"/api/auth/?api_key=x&token={request}")
        self.look()
        with without_script(page):
            page.click("main form button")
            page.wait_for("document.body.innerText.includes('It may scrobble')")
            self.open("/scrobblers")
            for left in (1, 0):
                page.click(".list form button")
                page.wait_for(
                    f"document.querySelectorAll('.list form').length === {left}"
                )

    def does_all_without_script(self) -> None:
        """Every form works where no script does."""
        page = self.page
        with without_script(page):
            self.open("/settings")
            page.fill(display_name="Countess")
            page.click("main form button")
            saved = "document.querySelector('#display_name')?.defaultValue"
            page.wait_for(f"{saved} === 'Countess'")
            self.open("/portraits")
            page.fill(year="2023")
            page.click("main form button")
            page.arrive("^/portraits/.")
            page.wait_for("!!document.querySelector('.cover')")
            page.click(".bar-of-own form button")
            page.wait_for("!!document.querySelector('[data-link]')")
            self.open("/shares")
            page.click(".list form button")
            page.wait_for("!document.querySelector('.list form')")
            self.open("/settings/tokens")
            page.fill(name="the kitchen")
            page.click("main form button")
            page.wait_for("!!document.querySelector('#token')")
            self.open("/settings/tokens")
            page.click(".list form button")
            page.wait_for("!document.querySelector('.list form')")
            self.open("/settings/access")
            page.fill(current_password=PASSWORD, new_password=NEW_PASSWORD)
            page.click("main form button")
            page.arrive("^/settings/access$")
            page.wait_for(
                "document.querySelector('.done')?.innerText.includes('changed')"
            )
            page.click("form[action='/sign-out'] button")
            page.arrive("^/sign-in$")
            page.fill(username="ada", password=NEW_PASSWORD)
            page.click("main form button")
            page.arrive("^/$")
            name = "document.querySelector('#display_name').value"
            self.open("/settings")
            assert page.evaluate(name) == "Countess"

    def administers(self) -> None:
        """An account for somebody of the household, who is let in, and out again."""
        page = self.page
        self.open("/people")
        self.look()
        with without_script(page):
            page.fill(username="bob", password=PASSWORD)
            page.click("main form button")
            page.arrive("^/people/2$")
            page.click("form[action$='/disable'] button")
            page.wait_for("!!document.querySelector('form[action$=\"/enable\"]')")
            page.click("form[action$='/enable'] button")
            page.wait_for("!!document.querySelector('form[action$=\"/disable\"]')")
        self.look()
        for path in ("/people/1", "/people/999"):
            self.open(path)
            self.look(REFUSED)

    def leaves(self) -> None:
        """The account goes, and with it the way in."""
        page = self.page
        self.open("/nowhere")
        self.look(REFUSED)
        self.open("/settings/data")
        page.fill(password=NEW_PASSWORD)
        page.click("form[action$='/delete'] button")
        page.arrive("^/sign-in$")
        self.open("/import")
        page.arrive("^/sign-in$")
