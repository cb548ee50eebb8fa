"""Take screenshots of every screen: `uv run task screens -- FOLDER`.

Several people use one server. Their histories are: none, a whole one, twelve plays, one
track, a log without durations, and one with names that are long, right-to-left or
emoji. Screens are taken in the width of a desktop, in its dark scheme and in the width
of a phone, and portraits also as they are printed.
"""

import os
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from examples.export_zip import write_export
from examples.listen import Listen
from examples.listening import listens_between
from examples.make_scrobbles import write_lastfm
from tests.browser.devtools import Page, chromium
from tests.browser.history import write_history
from tests.cli.service import SECRET, Place
from unwrapped.web.pages.links import MORE, NAVIGATION, SETTINGS_PARTS, TOPS

PASSWORD = "correct horse battery"  # noqa: S105 - nobody real has it
DESK, PHONE, PAPER = 1280, 360, 794
LOOKS = {"desk": (DESK, "light"), "dark": (DESK, "dark"), "phone": (PHONE, "light")}
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
BEGIN = YESTERDAY - timedelta(days=5 * 365)
SCREENS = [
    path for path, _ in (*NAVIGATION[1:], *MORE, *SETTINGS_PARTS) if path != TOPS
]


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a kind of history, and the looks in which their screens are taken."""

    name: str
    file: Path | None
    looks: tuple[str, ...] = ("desk", "phone")


def people(folder: Path) -> list[Person]:
    """All people, with the files that they import."""
    whole = list(listens_between("nostalgic", 20, 25_000, BEGIN, YESTERDAY))
    few, one, lastfm = (folder / f"{name}.zip" for name in ("few", "one", "lastfm"))
    everything = folder / "whole.zip"
    write_export(everything, whole, "both")
    write_export(few, [*whole[-300::25]])
    write_export(one, repeated(whole[-1], 30))
    write_lastfm(lastfm.with_suffix(".csv"), whole[:6_000])
    return [
        Person("nothing", None),
        Person("whole", everything, ("desk", "dark", "phone")),
        Person("few", few),
        Person("one", one),
        Person("lastfm", lastfm.with_suffix(".csv")),
        Person("names", write_history(folder)),
    ]


def repeated(listen: Listen, times: int) -> list[Listen]:
    """The listen, repeated on as many days in a row."""
    days = range(times - 1, -1, -1)
    return [replace(listen, ended_at=listen.ended_at - timedelta(day)) for day in days]


@dataclass
class Camera:
    """Visits screens, and takes screenshots."""

    page: Page
    origin: str
    folder: Path
    person: Person = Person("nobody", None, ("desk", "dark", "phone"))
    taken: int = 0
    failed: list[str] = field(default_factory=list)

    def take(self, name: str) -> None:
        """Take screenshots of the current screen."""
        self.page.wait_for("document.readyState === 'complete'")
        for look in self.person.looks:
            width, scheme = LOOKS[look]
            self.page.resize(width)
            self.page.prefer(prefers_color_scheme=scheme)
            self._shoot(f"{name}-{look}")
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.failed.append(f"{self.person.name}-{name}-{look} is {wide} wide")
        self.page.prefer(prefers_color_scheme="light")
        self.page.resize(DESK)

    def print(self, name: str) -> None:
        """Take a screenshot of the current screen as it is printed."""
        self.page.resize(PAPER)
        self.page.call("Emulation.setEmulatedMedia", media="print")
        self._shoot(f"{name}-print")
        self.page.call("Emulation.setEmulatedMedia", media="")
        self.page.resize(DESK)

    def _shoot(self, name: str) -> None:
        self.page.screenshot(self.folder / f"{self.person.name}-{name}.png")
        self.taken += 1

    def open(self, path: str, name: str = "") -> None:
        """Go to a path, and take the screen."""
        self.page.go(f"{self.origin}{path}")
        self.take(name or path.strip("/").replace("/", "-") or "home")

    def follow(self, selector: str, name: str) -> None:
        """Take the screen that a link leads to, if the link exists."""
        if not self.page.evaluate(f"!!document.querySelector({selector!r})"):
            return
        path = self.page.evaluate(
            f"document.querySelector({selector!r}).getAttribute('href')"
        )
        self.open(path, name)

    def enter(self, person: Person) -> None:
        """Create the person's account in a browser without cookies, and import their
        file.
        """
        self.page.call("Network.clearBrowserCookies")
        self.person = person
        self.page.go(f"{self.origin}/register")
        self.page.fill(
            username=person.name, password=PASSWORD, display_name=person.name.title()
        )
        self.page.click("main form button")
        self.page.wait_for("!!document.querySelector('nav')")
        if person.file is None:
            return
        self.page.go(f"{self.origin}/import")
        self.page.choose("#choose-files", person.file)
        self.page.arrive("^/import/.")
        self.page.wait_for("!!document.querySelector('.sum')")
        self.take("imported")
        self.page.go(f"{self.origin}/")
        self.take("home-unjudged")
        self.page.click("main .opening form button")
        self.page.arrive("^/portraits/.")
        self.page.wait_for("!!document.querySelector('.cover')")
        self.take("portrait")
        self.print("portrait")

    def look_around(self) -> None:
        """Take every screen of the person."""
        for path in (
            "/",
            *SCREENS,
            "/top/artists",
            "/top/albums",
            "/top/tracks?by=time",
        ):
            self.open(path, path.split("?")[0].strip("/").replace("/", "-") or "home")
        self.open("/top/tracks?period=last-30", "top-month")
        for kind in ("artist", "album", "track"):
            self.page.go(f"{self.origin}/top/{kind}s")
            self.follow(f".ranks a[href^='/{kind}s/']", kind)
        if self.person.file is not None:
            self.share()
        if self.person.name == "whole":
            self.states()

    def share(self) -> None:
        """Share a portrait; take the portrait, the shared page and the list of links."""
        self.page.go(f"{self.origin}/portraits")
        self.page.click("main .list a")
        self.page.arrive("^/portraits/.")
        self.page.click(".bar-of-own summary")
        self.page.click("#with_name")
        self.page.click(".bar-of-own form button")
        self.page.wait_for(
            "[...document.images].every(one => one.naturalWidth >= 1080)"
        )
        self.take("shared")
        self.open(self.page.evaluate("new URL(document.querySelector('[data-link]').value).pathname"), "share")  # fmt: skip
        self.open("/shares", "shares-one")

    def states(self) -> None:
        """Take the results of forms, and missing pages."""
        self.page.go(f"{self.origin}/history")
        self.page.click(".plays input")
        self.page.click(".after button")
        self.page.arrive("/delete$")
        self.take("delete-one")
        self.open("/history?q=nothing+of+it", "history-nothing")
        self.open("/history/delete?artist=nobody", "delete-nothing")
        self.open("/top/artists?period=1999", "top-nothing")
        self.open("/top/artists?period=soon", "problem-period")
        self.open("/history?period=soon", "history-problem")
        self.open("/nowhere", "problem")
        self.open("/s/nothing", "share-gone")
        self.page.go(f"{self.origin}/import")
        self.follow("main a[href$='/remove']", "remove-import")
        self.page.go(f"{self.origin}/settings/tokens")
        self.page.fill(name="a scrobbler")
        self.page.click("main form button")
        self.page.wait_for("!!document.querySelector('#token')")
        self.take("token")
        self.open("/settings/tokens", "tokens-one")
        self.page.go(f"{self.origin}/settings/access")
        self.page.fill(current_password="wrong", new_password="long enough now")  # noqa: S106 - nobody real has it
        self.page.click("main form button")
        self.page.wait_for("!!document.querySelector('.trouble')")
        self.take("password-wrong")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", help="Take the screens of this person only.")
def main(folder: Path, only: str | None) -> None:
    """Take all screens, as PNG files in FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as base:
        place_of, browser = Path(base), Path(base) / "chromium"
        browser.mkdir()
        with chromium(browser) as page, Place(place_of) as place:
            web = place.serve(SECRET_KEY=SECRET, REGISTRATION="open", **os.environ)
            web.ready()
            # A screenshot shows the whole page: nothing scrolls.
            page.call("Emulation.setScrollbarsHidden", hidden=True)
            camera = Camera(page, web.address, folder)
            camera.open("/", "welcome")
            camera.open("/register")
            for person in people(place_of):
                if only in {None, person.name}:
                    camera.enter(person)
                    camera.look_around()
            page.call("Network.clearBrowserCookies")
            camera.person = Person("nobody", None, ("desk", "dark", "phone"))
            camera.open("/sign-in")
            web.stop()
    click.echo(f"{camera.taken} screenshots in {folder}")
    for words in (*camera.failed, *page.noted):
        click.echo(words, err=True)


if __name__ == "__main__":
    main()
