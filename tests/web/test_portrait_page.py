"""The page of a portrait: well-formed, self-contained and complete."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.attacks import attack
from tests.web.parsed import Element, parse
from tests.web.portraits import (
    FOREIGN,
    HOSTILE,
    hostile_names,
    one_play,
    sixteen_years,
)
from unwrapped.core.printable import printable
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.history.missing_files import warn_of_files
from unwrapped.music.sources.upload_reading import SkippedFile
from unwrapped.web.drawing.text_width import fitted
from unwrapped.web.portrait_page import render_portrait

PAGES = {
    "one play": one_play,
    "hostile names": hostile_names,
    "sixteen years": sixteen_years,
}
NEVER = {"script", "img", "iframe", "object", "form", "i", "u"}
"""Elements that the page must not have."""


@dataclass(frozen=True, slots=True)
class Painted:
    portrait: Portrait
    html: str
    page: Element


@pytest.fixture(scope="module", params=PAGES)
def painted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Painted:
    return paint(request.param, tmp_path_factory)


def paint(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Painted:
    portrait = PAGES[kind](tmp_path_factory.mktemp("export"))
    html = render_portrait(portrait)
    return Painted(portrait, html, parse(html))


def test_the_page_is_well_formed(painted: Painted) -> None:
    page = painted.page
    assert painted.html.startswith("<!DOCTYPE html>")
    assert page.one("html").attributes["lang"] == "en"
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert not {element.tag for element in page.all()} & NEVER
    named = {
        name
        for element in page.all()
        for name in (element.attributes.get("aria-labelledby") or "").split()
    }
    assert named <= set(ids)
    assert len(list(page.all("h1"))) == 1


def test_nothing_is_loaded_and_nothing_runs(painted: Painted) -> None:
    markup = re.sub(r">[^<]*<", "><", painted.html)
    for outside in ("http:", "https:", "//", "@import", "url(", "<script", "<img"):
        assert outside not in markup
    attributes = [name for e in painted.page.all() for name in e.attributes]
    assert not [name for name in attributes if name.startswith("on")]
    assert not {"src", "action", "xlink:href", "style"} & set(attributes)
    links = [e.attributes["href"] for e in painted.page.all() if "href" in e.attributes]
    assert links == ["data:,"]


def test_the_policy_allows_only_the_styles_of_the_page(painted: Painted) -> None:
    policy = painted.page.one("meta", **{"http-equiv": "Content-Security-Policy"})
    rules = (policy.attributes["content"] or "").split("; ")
    assert rules[:3] == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
    ]


def test_the_page_has_the_whole_verdict(painted: Painted) -> None:
    verdict, text = painted.portrait.verdict, painted.page.text
    parts = verdict.beats or verdict.observations
    evidence = [
        *verdict.title_evidence,
        *verdict.line_evidence,
        *(fact for said in parts for fact in said.evidence),
        *(fact for axis in verdict.axes for fact in axis.evidence),
    ]
    said = [
        verdict.title,
        verdict.line,
        *(said.text for said in parts),
        *(said.base_rate for said in parts if said.base_rate),
        *(f"{fact.label}: {fact.text}" for fact in evidence),
        *verdict.unsaid,
    ]
    assert [words for words in said if words not in text] == []
    assert painted.page.one("h1").text == verdict.title


def test_no_placeholder_is_left(painted: Painted) -> None:
    words = set(re.findall(r"\w+", painted.page.text))
    assert not words & {"None", "nan", "NaN", "Undefined", "undefined", "inf", "null"}
    drawn = "".join(re.findall(r"<svg.*?</svg>", painted.html, re.DOTALL))
    assert "NaN" not in drawn
    assert "undefined" not in drawn


def test_each_chart_is_shown_in_words_and_in_a_table(painted: Painted) -> None:
    figures = list(painted.page.all("figure"))
    assert len(figures) == 5
    for figure in figures:
        assert figure.attributes["role"] == "group"
        [drawing] = figure.all("svg")
        assert drawing.attributes["role"] == "img"
        named = f"{figure.attributes['id']}-drawing {figure.attributes['id']}-said"
        assert drawing.attributes["aria-labelledby"] == named
        assert re.search(r"\d", drawing.one("desc").text)
        assert figure.one("figcaption").text
        assert list(figure.one("details").one("tbody").all("tr"))


def test_the_tables_have_the_numbers_of_the_portrait(painted: Painted) -> None:
    profile, page = painted.portrait.profile, painted.page
    assert column(page, "clock", 1) == [f"{plays:,}" for plays in profile.clock.hours]
    lived = {month.month.year for month in profile.months if month.hours}
    assert column(page, "months", 1) == [
        f"{month.plays:,}" for month in profile.months if month.month.year in lived
    ]
    artists, tracks = profile.favourites.artists, profile.favourites.tracks
    assert column(page, "artists", 0) == [printable(top.artist) for top in artists]
    assert column(page, "artists", 2) == [f"{top.plays:,}" for top in artists]
    assert column(page, "tracks", 0) == [printable(top.title) for top in tracks]
    assert column(page, "tracks", 3) == [f"{top.plays:,}" for top in tracks]


def column(page: Element, figure: str, number: int) -> list[str]:
    rows = page.one("figure", id=figure).one("tbody").all("tr")
    return [list(row.all("th", "td"))[number].text for row in rows]


def test_both_colour_schemes_have_contrast(painted: Painted) -> None:
    style = painted.page.one("style").children[0]
    assert isinstance(style, str)
    colours = {
        name: both
        for name, *both in re.findall(
            r"--(\w+): light-dark\((#\w{6}), (#\w{6})\);", style
        )
    }
    for scheme in (0, 1):
        for paper in ("paper", "sheet"):
            for name in ("ink", "soft", "bar", "accent"):
                ground = colours[paper][scheme]
                assert contrast(colours[name][scheme], ground) >= 4.5


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_books_and_the_footer(tmp_path_factory: pytest.TempPathFactory) -> None:
    painted = paint("sixteen years", tmp_path_factory)
    total = painted.portrait.books.total
    books = painted.page.one("section", **{"aria-labelledby": "books"}).text
    for number in (total.rows_read, total.stored, total.known, total.shadowed):
        assert f"{number:,}" in books
    assert f"{total.set_aside['podcast']:,} podcast episodes" in books
    assert [f.path for f in painted.portrait.books.files if f.path not in books] == []
    footer = painted.page.one("footer").text
    assert "Europe/Berlin" in footer
    assert "Made with Unwrapped, on this machine." in footer


def test_the_books_show_warnings_and_why_rows_are_not_counted(tmp_path: Path) -> None:
    portrait = one_play(tmp_path)
    (file,) = portrait.books.files
    account = replace(file.account, shadowed=1, echoes=2, double_scrobbles=1_003)
    full = replace(file, path="<b>.json", source="spotify_account",
                   account=replace(account, rows_read=10_000))  # fmt: skip
    names = ("endsong_0.json", "endsong_2.json")
    files = [*(replace(file, path=name, last=None) for name in names), full]
    warnings = warn_of_files(files)
    assert len(warnings) == 2
    books = replace(portrait.books, total=account, files=files, warnings=warnings)
    page = parse(render_portrait(replace(portrait, books=books)))
    shown = page.one("section", **{"aria-labelledby": "books"})
    items = shown.all("li")
    warned = [li.text for li in items if li.attributes.get("class") == "warning"]
    assert [" ".join(text.split()) for text in warned] == [
        f"{warning.text} {warning.advice}" for warning in warnings
    ]
    assert "endsong_1 is missing: files are numbered 0 and 2." in warned[0]
    assert "<b>.json is full" in warned[1]
    for phrase in (
        "1 was not counted: a richer source has the same listen.",
        "2 were not counted: the same log has the same listen, begun shortly before.",
        "1,003 were not counted: the same listen was reported twice within seconds.",
    ):
        assert f"Of the stored rows, {phrase}" in shown.text


def test_the_books_say_of_skipped_files_what_is_true(tmp_path: Path) -> None:
    portrait = one_play(tmp_path)
    skipped = [
        SkippedFile("endsong_0.json", "a web page", warning=True),
        SkippedFile("linked", "a link to a folder", warning=True),
        SkippedFile("read_me.pdf", "a PDF", warning=False),
    ]
    books = replace(portrait.books, skipped=skipped)
    page = parse(render_portrait(replace(portrait, books=books)))
    shown = page.one("section", **{"aria-labelledby": "books"})
    named, linked, other = (
        " ".join(li.text.split()) for li in [*shown.all("li")][-len(skipped) :]
    )
    assert named.endswith("Warning: it is named like listening history,"
                          " but none was found in it.")  # fmt: skip
    assert linked.endswith("a link to a folder Warning: nothing was read from it.")
    assert other.endswith("a PDF")


@attack(25, "markup-in-names")
def test_names_are_escaped(tmp_path_factory: pytest.TempPathFactory) -> None:
    painted = paint("hostile names", tmp_path_factory)
    text = painted.page.text
    drawn = painted.page.one("figure", id="artists").one("svg").text
    for name in (*HOSTILE, *FOREIGN):
        assert printable(name) in text
        assert fitted(name, 22) in drawn
    assert "49" not in re.findall(r"\d+", drawn)
    assert "<script" not in painted.html
    assert "<u>.zip/<i>.json" in text
    warned = painted.page.one("li", **{"class": "warning"})
    assert "<u>.zip/Streaming_History_<b>_1.json" in warned.text


def test_the_page_of_one_play_explains_why_axes_are_missing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    painted = paint("one play", tmp_path_factory)
    standing = painted.page.one("section", **{"aria-labelledby": "standing"}).text
    assert (
        "Nostalgic or exploring? Not measured: what is new cannot be known" in standing
    )
    assert painted.page.one("p", **{"class": "eyebrow"}).text == "14 March 2023"
