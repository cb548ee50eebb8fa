"""The pictures of a share: drawn once, stored, and deleted with it."""

import struct
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure, MakeClient
from tests.music.factories import STORED_PORTRAIT, make_analysis
from unwrapped.auth.models import User
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.shares.models import Share, ShareCard
from unwrapped.music.shares.service import ShareService
from unwrapped.web.settings import WebSettings

TOKEN = "c" * 32
CARD, STORY = f"/s/{TOKEN}/card.png", f"/s/{TOKEN}/story.png"
MOST_BYTES = 300 * 1024


async def make_share(
    resources: Resources, name: str | None = None
) -> tuple[SignedIn, UUID]:
    """Make a listener with a share; return the id of the share."""
    owner = await sign_in(resources)
    async with resources.database.session() as session:
        analysis = await make_analysis(session, owner.id, portrait=STORED_PORTRAIT)
        share = Share(
            user_id=owner.id,
            analysis_id=analysis.id,
            token_hash=hash_token(TOKEN),
            name=name,
        )
        session.add(share)
        await session.flush()
        return owner, share.id


def size_of(png: bytes) -> tuple[int, int]:
    """The width and the height of a picture."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


async def kept(session: AsyncSession) -> int:
    """The number of stored pictures."""
    return await session.scalar(select(func.count()).select_from(ShareCard)) or 0


async def test_a_picture_is_drawn_once_and_kept(
    client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
) -> None:
    await make_share(resources)
    for path, size in ((CARD, (1200, 630)), (STORY, (1080, 1920))):
        first = await client.get(path)
        assert (first.status_code, first.headers["Content-Type"]) == (200, "image/png")
        assert size_of(first.content) == size
        assert len(first.content) < MOST_BYTES
        assert first.headers["Cache-Control"] == "private, no-store"
        assert first.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "set-cookie" not in first.headers
    assert await kept(session) == 2
    await session.execute(update(ShareCard).values(png=b"as it was kept"))
    assert (await client.get(CARD)).content == b"as it was kept"


@attack(24, "pictures-of-a-revoked-share")
async def test_pictures_are_deleted_with_their_share(
    client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
) -> None:
    owner, share_id = await make_share(resources)
    assert (await client.get(CARD)).status_code == 200
    revoked = await client.delete(
        f"/api/v1/music/shares/{share_id}", headers=owner.headers
    )
    assert revoked.status_code == 204
    for path in (CARD, STORY, f"/s/{TOKEN}"):
        assert (await client.get(path)).status_code == 404
    assert await kept(session) == 0


@attack(24, "pictures-limit")
async def test_only_drawings_are_counted(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    configure(WebSettings, cards_per_address=1)
    await make_share(resources)
    for _ in range(3):
        assert (await client.get(CARD)).status_code == 200
    limited = await client.get(STORY)
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    guess = await client.get(f"/s/{'d' * 32}/card.png")
    assert guess.status_code == 404


async def test_a_share_revoked_while_it_is_drawn_is_not_found(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    owner, share_id = await make_share(cloned_resources)
    client = make_client(cloned_resources)
    draw = client.get(CARD)
    async with cloned_resources.database.session() as session:
        opened = await ShareService(session).open(TOKEN)
        await ShareService(session).revoke(owner.id, share_id)
    assert opened.id == share_id
    assert (await draw).status_code == 404


@pytest.mark.parametrize("with_name", [False, True])
async def test_a_name_is_shown_only_by_choice(
    client: httpx2.AsyncClient, resources: Resources, with_name: bool
) -> None:
    ada = await sign_in(resources, display_name="Ada of the Engine")
    async with resources.database.session() as session:
        analysis = await make_analysis(session, ada.id, portrait=STORED_PORTRAIT)
    made = await client.post(
        "/api/v1/music/shares",
        json={"analysis": str(analysis.id), "with_name": with_name},
        headers=ada.headers,
    )
    assert made.json()["name"] == ("Ada of the Engine" if with_name else None)
    page = await client.get(made.json()["url"], headers={"Accept": "text/html"})
    assert ("Ada of the Engine" in page.text) == with_name
    listed = await client.get("/api/v1/music/shares", headers=ada.headers)
    assert [one["name"] for one in listed.json()["items"]] == [made.json()["name"]]


async def test_a_name_stays_as_it_was_when_the_link_was_made(
    client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
) -> None:
    await make_share(resources, name="Ada")
    await session.execute(update(User).values(display_name="Countess"))
    page = await client.get(f"/s/{TOKEN}", headers={"Accept": "text/html"})
    assert "<bdi>Ada</bdi>" in page.text
