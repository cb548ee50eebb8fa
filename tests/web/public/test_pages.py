"""The page of a share, with its preview in chats; and the page of the caller's portrait."""

import re
from datetime import UTC, datetime
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text, update

from tests.attacks import attack
from tests.auth.factories import SignedIn, cookie, make_web_session, sign_in
from tests.music.factories import STORED_PORTRAIT, make_analysis
from tests.web.parsed import Element, parse
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.corrections.correction import artist_id, track_id
from unwrapped.music.shares.models import Share

TOKEN = "a" * 32
LINK, OLD = f"/s/{TOKEN}", f"/api/v1/public/shares/{TOKEN}"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HTML, JSON = "text/html; charset=utf-8", "application/json"
STORED = read_stored(STORED_PORTRAIT)


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A listener with an analysis."""
    return await sign_in(resources)


@pytest.fixture
async def analysis(resources: Resources, ada: SignedIn) -> UUID:
    """The analysis of the listener, which is shared."""
    async with resources.database.session() as session:
        made = await make_analysis(session, ada.id, portrait=STORED_PORTRAIT)
        session.add(
            Share(user_id=ada.id, analysis_id=made.id, token_hash=hash_token(TOKEN))
        )
    return made.id


@pytest.fixture
async def signed_in(resources: Resources, ada: SignedIn) -> dict[str, str]:
    """The cookie of the listener's browser."""
    async with resources.database.session() as session:
        return cookie(await make_web_session(session, ada.id))


def said(page: Element) -> dict[str, str | None]:
    """The `<meta>` elements of a page, by name or property."""
    return {
        meta.attributes.get("property") or meta.attributes.get("name") or "": (
            meta.attributes.get("content")
        )
        for meta in page.all("meta")
    }


@pytest.mark.usefixtures("analysis")
async def test_a_chat_shows_the_verdict_of_a_link(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    reached = "https://music.example.org"
    resources.configuration = resources.configuration.replace(
        Settings, backend_url=reached
    )
    shown = await client.get(LINK, headers={"Accept": "*/*"})
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, HTML)
    members = said(parse(shown.text))
    assert (
        members.items()
        >= {
            "og:title": STORED.verdict.title,
            "og:description": STORED.verdict.line,
            "og:type": "website",
            "og:url": f"{reached}{LINK}",
            "og:site_name": "Unwrapped",
            "description": STORED.verdict.line,
            "og:image": f"{reached}{LINK}/card.png",
            "og:image:type": "image/png",
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": f"{STORED.verdict.title}: {STORED.verdict.line}",
            "twitter:card": "summary_large_image",
            "robots": "noindex",
        }.items()
    )


@attack(24, "address-of-the-request")
@pytest.mark.usefixtures("analysis")
async def test_the_address_of_a_preview_is_never_taken_from_the_request(
    client: httpx2.AsyncClient,
) -> None:
    shown = await client.get(LINK, headers={"X-Forwarded-Host": "evil.example"})
    assert not said(parse(shown.text)).keys() & {"og:url", "og:image"}
    assert "testserver" not in shown.text
    assert "evil" not in shown.text


@attack(25, "preview")
async def test_what_a_chat_shows_is_escaped(
    client: httpx2.AsyncClient, resources: Resources, analysis: UUID
) -> None:
    evil = '"><script>alert(1)</script>'
    line = STORED.verdict.line
    public = STORED_PORTRAIT.replace(line, evil.replace('"', '\\"'))
    async with resources.database.session() as session:
        await session.execute(
            text("UPDATE analysis SET public_portrait = :public WHERE id = :id"),
            {"public": public, "id": analysis},
        )
    shown = await client.get(LINK)
    assert "<script" not in shown.text
    assert said(parse(shown.text))["og:description"] == evil


@attack(20, "share-opened-while-signed-in")
@pytest.mark.usefixtures("analysis")
async def test_a_share_is_the_same_for_a_person_who_is_signed_in(
    client: httpx2.AsyncClient, signed_in: dict[str, str]
) -> None:
    alone = await client.get(LINK, headers=BROWSER)
    with_cookie = await client.get(LINK, headers=BROWSER | signed_in)
    assert alone.content == with_cookie.content
    for answer in (alone, with_cookie):
        assert "set-cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.usefixtures("analysis")
async def test_the_old_address_redirects_browsers_and_answers_programs(
    client: httpx2.AsyncClient,
) -> None:
    for accept in ("application/json", "*/*"):
        opened = await client.get(OLD, headers={"Accept": accept})
        assert (opened.status_code, opened.headers["Content-Type"]) == (200, JSON)
        assert opened.text == STORED_PORTRAIT
    sent_on = await client.get(f"{OLD}?fbclid=1", headers=BROWSER)
    assert (sent_on.status_code, sent_on.headers["Location"]) == (308, LINK)
    assert sent_on.headers["Cache-Control"] == "private, no-store"
    page = await client.get(OLD, headers=BROWSER, follow_redirects=True)
    assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)


@attack(12, "old-address-of-a-share")
@pytest.mark.parametrize(
    "token",
    ["x", "%2F%2Fevil.example", "..%2F..%2Fdocs", "https:%2F%2Fevil.example",
     "%5C%5Cevil.example", "%0D%0ALocation:%20https:%2F%2Fevil.example", "a" * 33],
)  # fmt: skip
async def test_the_old_address_redirects_nowhere_else(
    client: httpx2.AsyncClient, token: str
) -> None:
    answer = await client.get(f"/api/v1/public/shares/{token}", headers=BROWSER)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@attack(24, "revoked")
@pytest.mark.usefixtures("analysis")
async def test_an_invalid_link_shows_a_page(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    async with resources.database.session() as session:
        await session.execute(update(Share).values(expires_at=datetime.now(UTC)))
    for path in (LINK, OLD):
        answer = await client.get(path, headers=BROWSER, follow_redirects=True)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, HTML)
        assert "There is no such share." in parse(answer.text).text


async def test_only_its_owner_sees_the_page_of_a_portrait(
    client: httpx2.AsyncClient, analysis: UUID, signed_in: dict[str, str]
) -> None:
    path = f"/portraits/{analysis}"
    shown = await client.get(path, headers=signed_in | BROWSER)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, HTML)
    assert shown.headers["Cache-Control"] == "private, no-store"
    page = parse(shown.text)
    assert page.one("h1").text == STORED.verdict.title
    assert not [name for name in said(page) if name.startswith("og:")]
    signed_out = await client.get(path, headers=BROWSER)
    assert signed_out.status_code == 303
    links = [one.attributes["href"] or "" for one in page.all("a")]
    first = STORED.profile.favourites.tracks[0]
    assert f"/artists/{artist_id(first.artist)}" in links
    assert f"/tracks/{track_id(first.artist, first.title)}" in links
    shared = parse((await client.get(LINK, headers=BROWSER)).text)
    assert not [
        one for one in shared.all("a") if str(one.attributes["href"]).startswith("/")
    ]
    assert STORED.verdict.title not in signed_out.text


@attack(45, "page")
async def test_a_page_runs_and_loads_nothing_but_its_own_files(
    client: httpx2.AsyncClient, analysis: UUID, signed_in: dict[str, str]
) -> None:
    """A share has neither script nor form; a screen has scripts of this service alone."""
    still = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; manifest-src"
        " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    screen = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types page"
    )
    for path, policy in ((LINK, still), (f"/portraits/{analysis}", screen)):
        shown = await client.get(path, headers=signed_in | BROWSER)
        assert shown.headers["Content-Security-Policy"] == policy
        page = parse(shown.text)
        assert list(page.all("script", "form")) == [] or policy == screen
        assert not [one.text for one in page.all("script") if one.text.strip()]
        assert not list(page.all("style"))
        assert not [one for one in page.all() if "style" in one.attributes]
        links = [one.attributes for one in page.all("link")]
        sheets = [one for one in links if one["rel"] == "stylesheet"]
        assert len(sheets) >= 2
        for sheet in sheets:
            address = sheet["href"] or ""
            assert re.fullmatch(r"/static/[0-9a-f]{16}/css/\w+\.css", address)
            styles = await client.get(address)
            assert styles.headers["Content-Type"] == "text/css; charset=utf-8"
            assert (
                styles.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            )


@attack(45, "path-of-a-static-file")
@pytest.mark.parametrize(
    "path",
    ["0000000000000000/css/base.css", "x/css/y", "%2e%2e/css/render.py", "x/../render.py",
     "0000000000000000/..%2f/render.py", "0000000000000000/css/%00"],
)  # fmt: skip
async def test_only_existing_files_are_served(
    client: httpx2.AsyncClient, path: str
) -> None:
    assert (await client.get(f"/static/{path}")).status_code == 404
