"""The server time and the size of every page, for a signed-in listener with many
listens.

One listener imports a file over HTTP, and has a verdict and a share; others have as
many listens. Pages are requested one after the other, in turns, over one connection. If
a page has a period, an artist or a word, each request has another one, so that no
answer is cached. *Behind a play* is the page right after a play was added, when
everything that the process remembers of the history belongs to the state before.

The floors use the same server and connection: a static file, and the statistics and
listings that the pages show, as JSON.
"""

import asyncio
import gzip
import re
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import quote

import click
from sqlalchemy import text

from benchmarks.listener import Listener
from benchmarks.service_database import fresh_resources, new_account, new_user
from benchmarks.service_process import service
from benchmarks.statistics import add_listen, copy_history
from examples.export_zip import write_export
from examples.listening import listens_between
from unwrapped.web.assets import asset_address
from unwrapped.web.pages.links import MORE, NAVIGATION, SETTINGS_PARTS, TOPS, YEARS

PORT = 8195
HISTORY_YEARS = 14
NAMES = 100
"""The number of artists, of albums and of tracks whose pages are requested."""

WORDS = ("tide", "night", "the", "blue", "a", "song", "winter", "road", "glass", "love")
SCRIPT = re.compile(r'<script type="module" src="([^"]+)"')
IMPORTED = re.compile(r'from "([^"]+)"')

STATIC, ME, SUMMARY, TOP = (
    "a static file",
    "`auth/me`",
    "`stats/summary`",
    "`stats/top`",
)
ONE, LISTENS, OF_ARTIST = "`artists/…`", "`listens`", "`listens?artist=…`"
FLOORS = {
    STATIC: "{style}",
    ME: "/api/v1/auth/me",
    SUMMARY: "/api/v1/music/stats/summary?period={other_month}",
    TOP: "/api/v1/music/stats/top/artists?period={other_years}",
    ONE: "/api/v1/music/artists/{other_artist}",
    LISTENS: "/api/v1/music/listens?limit=50&period={other_month}",
    OF_ARTIST: "/api/v1/music/listens?limit=50&artist={other_name}",
}
"""The JSON that pages cannot be faster than; requests for it have other parameters than
those for the pages."""

PAGES = {
    "home": ("/", SUMMARY),
    "top artists of a month": ("/top/artists?period={month}", SUMMARY),
    "top albums of a month": ("/top/albums?period={month}", SUMMARY),
    "top tracks of a month": ("/top/tracks?period={month}", SUMMARY),
    "top artists of years": ("/top/artists?period={years}", TOP),
    "top tracks of years, by time": ("/top/tracks?by=time&period={years}", TOP),
    "one of the artists": ("/artists/{artist}", ONE),
    "one of the albums": ("/albums/{album}", ONE),
    "one of the tracks": ("/tracks/{track}", ONE),
    "charts of all time": ("/charts", SUMMARY),
    "charts of a year": ("/charts?period={year}", SUMMARY),
    "a year": ("/years/{year}", SUMMARY),
    "search": ("/search?q={word}", ONE),
    "history": ("/history", LISTENS),
    "history of a month": ("/history?period={month}", LISTENS),
    "history from a day on": ("/history?day={month}-15", LISTENS),
    "history of an artist": ("/history?artist={name}", OF_ARTIST),
    "history with a word": ("/history?q={word}", OF_ARTIST),
    "how many plays of an artist go": ("/history/delete?artist={name}", OF_ARTIST),
    "how many go with an import": ("/import/{imported}/remove", ME),
    "books of an import": ("/import/{imported}", ME),
    "a portrait": ("/portraits/{verdict}", ME),
    "a share": ("/s/{share}", ME),
}
"""Pages, each with the floor that it is compared with; `all_asked` adds those of the
navigation."""

OWED = "p95 150 ms, 100 KB compressed, 15 KB of script"


@dataclass(slots=True)
class Asked:
    """A page or a floor, and the times of its requests."""

    what: str
    link: str
    """A path with names of `Questions.of` in braces."""

    beside: str | None = None
    """The floor that a page is compared with."""

    times: list[float] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)
    """The times right after a play was added."""

    size: int = 0
    """The size of the largest answer in bytes, compressed."""

    scripts: set[str] = field(default_factory=set)

    async def ask(self, listener: Listener, path: str, times: list[float]) -> None:
        """Make one request, and note its time."""
        begun = time.perf_counter()
        answer = await listener.get(path, "text/html" if self.beside else "*/*")
        times.append(time.perf_counter() - begun)
        self.size = max(self.size, len(gzip.compress(answer.content)))
        self.scripts |= set(SCRIPT.findall(answer.text))


@dataclass(frozen=True, slots=True)
class Questions:
    """The parameters that requests can have for this history and account."""

    first_year: int
    names: dict[str, list[str]]

    def of(self, number: int) -> dict[str, str]:
        """The parameters of the n-th request of a page, and of a floor."""
        at = number // 12 % (HISTORY_YEARS - 1)
        return {
            **{name: of[number % len(of)] for name, of in self.names.items()},
            **{
                f"other_{name}": of[-1 - number % len(of)]
                for name, of in self.names.items()
            },
            "style": asset_address("css/base.css"),
            "year": f"{self.first_year + 1 + number % (HISTORY_YEARS - 1)}",
            "month": f"{self.first_year + 1 + at}-{number % 12 + 1:02}",
            "other_month": f"{self.first_year + HISTORY_YEARS - 1 - at}-{number % 12 + 1:02}",
            "years": f"{self.first_year}-02-{number % 28 + 1:02}..{self.first_year + 10 - number // 28 % 5}-11-02",
            "other_years": f"{self.first_year}-03-{number % 28 + 1:02}..{self.first_year + 10 - number // 28 % 5}-11-02",
            "word": WORDS[number % len(WORDS)],
        }


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--others", default=2, show_default=True)
@click.option("--runs", default=60, show_default=True)
def main(rows: int, others: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    # The history ends yesterday: home shows the last days.
    last = datetime.now(UTC).date() - timedelta(days=1)
    first = date(last.year - HISTORY_YEARS + 1, 1, 1)
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.zip"
        listens = listens_between("omnivore", 0, rows, first, last)
        write_export(export, list(listens), "extended")
        asyncio.run(measure(export.read_bytes(), first.year, others, runs))


async def measure(export: bytes, first_year: int, others: int, runs: int) -> None:
    """Import once, copy the history for the other listeners, then request the pages."""
    async with fresh_resources() as resources:
        await new_account(resources, "ada")
        async with service(resources, PORT, ()) as client:
            listener = await Listener.sign_in(client, "ada")
            user_id = int((await listener.api("GET", "/auth/me"))["id"])
            questions = Questions(first_year, await names_of(listener, export))
        for _ in range(others):
            await copy_history(resources, user_id, await new_user(resources))
        async with resources.database.autocommit() as session:
            await session.execute(text("VACUUM ANALYZE listen"))
        async with service(resources, PORT) as client:
            listener.client = client
            home = Asked("home, the first of a process", "/", SUMMARY)
            await home.ask(listener, home.link, home.times)
            asked = all_asked()
            for number in range(runs):
                for one in asked:
                    path = one.link.format_map(questions.of(number))
                    await one.ask(listener, path, one.times)
            for number in range(runs, runs + max(runs // 5, 5)):
                for one in asked:
                    path = one.link.format_map(questions.of(number))
                    await add_listen(resources, user_id, 1)
                    await one.ask(listener, path, one.behind)
            await report(listener, home, asked)


async def names_of(listener: Listener, export: bytes) -> dict[str, list[str]]:
    """Make an import, a verdict and a share; return the names and ids for links."""
    imported = await listener.import_export(export)
    verdict = await listener.judge()
    shared = await listener.api("POST", "/music/shares", json={"analysis": verdict})
    names = {}
    for kind in ("artist", "album", "track"):
        path = f"/music/stats/top/{kind}s?limit={NAMES}"
        places = (await listener.api("GET", path))["items"]
        names[kind] = [one["id"] for one in places]
        if kind == "artist":
            names["name"] = [quote(one["name"]) for one in places]
    share = shared["url"].rpartition("/")[2]
    return names | {"imported": [imported], "verdict": [verdict], "share": [share]}


def all_asked() -> list[Asked]:
    """All floors and pages; pages of the navigation are requested without parameters."""
    pages = [Asked(what, link, beside) for what, (link, beside) in PAGES.items()]
    known = {TOPS, YEARS, *(page.link for page in pages)}
    others = [
        Asked(title.lower(), path, ME)
        for path, title in dict((*NAVIGATION, *MORE, *SETTINGS_PARTS)).items()
        if path not in known
    ]
    return [*(Asked(what, link) for what, link in FLOORS.items()), *pages, *others]


async def report(listener: Listener, home: Asked, asked: list[Asked]) -> None:
    """Print a row for each page and floor."""
    middles = {one.what: statistics.median(one.times) * 1000 for one in asked}
    print(
        "| what | p50, p95 | behind a play, p50, most | beside | compressed | script |"
    )
    print("|---|---:|---:|---|---:|---:|")
    print(f"| {home.what} | {home.times[0] * 1000:.0f} ms | | | | |")
    for one in asked:
        slow = statistics.quantiles(one.times, n=20)[-1] * 1000
        behind = statistics.median(one.behind) * 1000
        beside = script = ""
        if one.beside is not None:
            beside = f"{middles[one.what] / middles[one.beside]:.1f} of {one.beside}"
            script = f"{await script_size(listener, one.scripts) / 1000:.1f} KB"
        print(
            f"| {one.what} | {middles[one.what]:.1f}, {slow:.0f} ms"
            f" | {behind:.1f}, {max(one.behind) * 1000:.0f} ms"
            f" | {beside} | {one.size / 1000:.1f} KB | {script} |"
        )
    print(f"Owed: {OWED}.")


async def script_size(listener: Listener, addresses: set[str]) -> int:
    """The size of scripts in bytes, including the modules that they import."""
    found: dict[str, int] = {}
    wanted = sorted(addresses)
    while wanted:
        address = wanted.pop()
        if address in found:
            continue
        answer = await listener.get(address, "*/*")
        found[address] = len(answer.content)
        here = dirname(address)
        wanted += [normpath(join(here, one)) for one in IMPORTED.findall(answer.text)]
    return sum(found.values())


if __name__ == "__main__":
    main()
