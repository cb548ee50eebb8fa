"""Shares: secret links to a public portrait, which its owner can revoke."""

import asyncio
import base64
import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure, MakeClient
from tests.exports import as_json, make_zip, track
from tests.music.factories import STORED_PORTRAIT, analysed, imported, make_analysis
from unwrapped.auth.models import User
from unwrapped.auth.operator_accounts import OperatorAccountService
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.settings import MusicSettings
from unwrapped.music.shares.models import Share
from unwrapped.music.shares.service import ShareService, TooManyShares
from unwrapped.web.portrait_page import TEMPLATE, Preview, portrait_values
from unwrapped.web.render import render

URL = "/api/v1/music/shares"
LINK, PUBLIC = "/s", "/api/v1/public/shares"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

PORTRAIT = STORED_PORTRAIT
PAGE_TEXT = render(
    TEMPLATE, **portrait_values(read_stored(PORTRAIT), preview=Preview(None))
)


async def _analysis(resources: Resources, user: SignedIn, **over: object) -> UUID:
    async with resources.database.session() as session:
        return (await make_analysis(session, user.id, **over)).id


async def _share(
    client: httpx2.AsyncClient, user: SignedIn, analysis: UUID, **more: object
) -> httpx2.Response:
    body = {"analysis": str(analysis)} | more
    return await client.post(URL, json=body, headers=user.headers)


async def _shared(
    client: httpx2.AsyncClient, resources: Resources, user: SignedIn, **more: object
) -> dict[str, Any]:
    made = await _share(client, user, await _analysis(resources, user), **more)
    assert made.status_code == 201, made.text
    reply: dict[str, Any] = made.json()
    return reply


def _token(share: dict[str, Any]) -> str:
    return str(share["url"]).rpartition("/")[2]


async def test_a_link_is_shown_once_and_then_listed(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    analysis = await _analysis(resources, ada, title="The Regular")
    made = await _share(client, ada, analysis)
    assert made.status_code == 201
    reply = made.json()
    assert reply["url"] == f"{LINK}/{_token(reply)}"
    assert (reply["analysis_id"], reply["title"]) == (str(analysis), "The Regular")
    assert reply["expires_at"] is None
    listed = await client.get(URL, headers=ada.headers)
    del reply["url"]
    assert listed.json() == {"items": [reply], "next_cursor": None}
    assert "url" not in listed.text


async def test_tokens_are_long_and_never_the_same(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    analysis = await _analysis(resources, ada)
    made = [await _share(client, ada, analysis) for _ in range(8)]
    tokens = {_token(answer.json()) for answer in made}
    assert len(tokens) == 8
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
        assert 8 * len(base64.urlsafe_b64decode(token + "==")) >= 128
    # Tokens are random from beginning to end: no two begin or end alike.
    assert len({token[:5] for token in tokens}) == len({t[-5:] for t in tokens}) == 8


async def test_only_the_hash_of_a_token_is_in_the_database(
    cloned_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(cloned_resources)
    ada = await sign_in(cloned_resources)
    share = await _shared(client, cloned_resources, ada)
    token = _token(share)
    assert (await client.get(share["url"])).status_code == 200
    forms = {token, token.encode().hex(), base64.urlsafe_b64decode(token).hex()}
    async with cloned_resources.database.session() as session:
        names = await session.execute(
            text(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_type = 'BASE TABLE'"
                " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
        )
        tables = [f'"{schema}"."{table}"' for schema, table in names]
        assert '"public"."share"' in tables
        held = ""
        for table in tables:
            rows = text(f"SELECT whole::text FROM {table} AS whole")  # noqa: S608 - names of our tables
            held += "\n".join(await session.scalars(rows))
    assert not [form for form in forms if form in held]
    assert hashlib.sha256(token.encode()).hexdigest() in held


@pytest.mark.parametrize(
    ("accept", "media_type", "content"),
    [
        (None, "text/html; charset=utf-8", PAGE_TEXT),
        ("*/*", "text/html; charset=utf-8", PAGE_TEXT),
        ("application/json, */*", "application/json", PORTRAIT),
        ("application/json", "application/json", PORTRAIT),
        ("text/html", "text/html; charset=utf-8", PAGE_TEXT),
        (PAGE["Accept"], "text/html; charset=utf-8", PAGE_TEXT),
    ],
)
async def test_a_share_opens_as_json_or_as_a_page(
    client: httpx2.AsyncClient,
    resources: Resources,
    accept: str | None,
    media_type: str,
    content: str,
) -> None:
    share = await _shared(client, resources, await sign_in(resources))
    headers = {} if accept is None else {"Accept": accept}
    opened = await client.get(share["url"], headers=headers)
    assert opened.status_code == 200
    assert opened.headers["content-type"] == media_type
    assert opened.content.decode() == content


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_the_headers_of_a_share(
    client: httpx2.AsyncClient, resources: Resources, accept: str
) -> None:
    share = await _shared(client, resources, await sign_in(resources))
    opened = await client.get(share["url"], headers={"Accept": accept})
    headers = opened.headers
    assert "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "no-store" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "Accept" in headers["vary"]
    assert "set-cookie" not in headers
    if accept == "text/html":
        rules = dict(
            rule.strip().split(" ", 1)
            for rule in headers["content-security-policy"].split(";")
        )
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert rules["base-uri"] == rules["form-action"] == "'none'"
        assert "script-src" not in rules
        assert "http" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


MALFORMED = [
    "x",
    "x" * 31,
    "x" * 33,
    "x" * 5_000,
    "." * 32,
    "\u00e4" * 32,
    "x" * 31 + "%00",
    "x" * 32 + "%0A",
    "%20" + "x" * 32,
    "x" * 31 + "=",
    "x' OR 1=1 --",
]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_all_invalid_links_have_the_same_answer(
    client: httpx2.AsyncClient, resources: Resources, accept: str
) -> None:
    ada = await sign_in(resources)
    eve = await sign_in(resources)
    revoked, expired, gone = [await _shared(client, resources, ada) for _ in range(3)]
    disabled = await _shared(client, resources, eve)
    deleted = await client.delete(f"{URL}/{revoked['id']}", headers=ada.headers)
    assert deleted.status_code == 204
    async with resources.database.session() as session:
        await session.execute(
            update(Share)
            .where(col(Share.id) == UUID(expired["id"]))
            .values(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        )
        await session.execute(
            text("DELETE FROM analysis WHERE id = :id"),
            {"id": UUID(gone["analysis_id"])},
        )
        await session.execute(
            update(User)
            .where(col(User.id) == eve.id)
            .values(disabled_at=datetime.now(UTC))
        )
    answers = [
        await client.get(f"{LINK}/{token}", headers={"Accept": accept})
        for token in (
            "A" * 32,
            _token(revoked),
            _token(expired),
            _token(gone),
            _token(disabled),
            *MALFORMED,
        )
    ]
    reply = set()
    for answer in answers:
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name != "x-request-id"
        }
        reply.add((answer.status_code, answer.content, tuple(sorted(headers.items()))))
    assert len(reply) == 1, reply
    ((status, content, _),) = reply
    assert status == 404
    assert b"There is no such share." in content
    assert (accept == "application/json") == (content[:1] == b"{")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_shares_of_a_disabled_account_open_again_with_it(
    client: httpx2.AsyncClient, resources: Resources, accept: str
) -> None:
    share = await _shared(client, resources, await sign_in(resources, username="ada"))
    statuses = []
    for change in (None, "disable", "enable"):
        async with resources.database.session() as session:
            if change is not None:
                await getattr(OperatorAccountService(session), change)("ada")
        answer = await client.get(share["url"], headers={"Accept": accept})
        statuses.append(answer.status_code)
    assert statuses == [200, 404, 200]


async def test_the_hash_of_a_token_opens_nothing(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    await _shared(client, resources, await sign_in(resources))
    async with resources.database.session() as session:
        hashed = await session.scalar(select(col(Share.token_hash)))
        assert hashed is not None
        service = ShareService(session)
        for token in (hashed, hashed[:32], "", "%" * 32):
            answer = await client.get(f"{PUBLIC}/{token}")
            assert answer.status_code in (404, 405, 307)
            with pytest.raises(Exception, match="no such share"):
                await service.open(token)


async def test_a_share_expires(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    soon = datetime.now(UTC) + timedelta(hours=1)
    share = await _shared(client, resources, ada, expires_at=soon.isoformat())
    assert datetime.fromisoformat(share["expires_at"]) == soon
    assert (await client.get(share["url"])).status_code == 200
    async with resources.database.session() as session:
        await session.execute(update(Share).values(expires_at=datetime.now(UTC)))
    assert (await client.get(share["url"])).status_code == 404
    assert (await client.get(URL, headers=ada.headers)).json()["items"] == []


@pytest.mark.parametrize(
    ("expires_at", "status"),
    [
        ("2020-01-01T00:00:00Z", 400),
        ("0001-01-01T00:00:00+23:59", 400),
        ("2099-01-01T00:00:00", 422),
        ("tomorrow", 422),
        ("2099-13-01T00:00:00Z", 422),
        (True, 422),
    ],
)
async def test_invalid_expiries_are_refused(
    client: httpx2.AsyncClient, resources: Resources, expires_at: object, status: int
) -> None:
    ada = await sign_in(resources)
    analysis = await _analysis(resources, ada)
    refused = await _share(client, ada, analysis, expires_at=expires_at)
    assert refused.status_code == status
    assert (await client.get(URL, headers=ada.headers)).json()["items"] == []


async def test_an_expiry_at_the_end_of_the_calendar_is_stored_or_refused(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    analysis = await _analysis(resources, ada)
    for last in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"):
        answer = await _share(client, ada, analysis, expires_at=last)
        assert answer.status_code in (201, 400, 422), (last, answer.text)


async def test_only_ones_own_analyses_can_be_shared(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, bob = await sign_in(resources), await sign_in(resources)
    theirs = await _analysis(resources, bob)
    refused = [await _share(client, ada, one) for one in (theirs, uuid4())]
    assert {answer.status_code for answer in refused} == {404}
    assert len({answer.content for answer in refused}) == 1
    assert (await client.get(URL, headers=ada.headers)).json()["items"] == []


async def test_only_ones_own_shares_are_listed_and_revoked(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, bob = await sign_in(resources), await sign_in(resources)
    mine = await _shared(client, resources, ada)
    theirs = await _shared(client, resources, bob)
    items = (await client.get(URL, headers=ada.headers)).json()["items"]
    assert [item["id"] for item in items] == [mine["id"]]
    for share_id in (theirs["id"], str(uuid4())):
        refused = await client.delete(f"{URL}/{share_id}", headers=ada.headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "share_not_found")
    assert (await client.get(theirs["url"])).status_code == 200
    revoked = await client.delete(f"{URL}/{mine['id']}", headers=ada.headers)
    assert (revoked.status_code, revoked.content) == (204, b"")
    assert (await client.get(mine["url"])).status_code == 404
    again = await client.delete(f"{URL}/{mine['id']}", headers=ada.headers)
    assert again.status_code == 404
    assert (await client.get(URL, headers=ada.headers)).json()["items"] == []


async def test_one_link_of_several_is_revoked(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    analysis = await _analysis(resources, ada)
    one, other = [(await _share(client, ada, analysis)).json() for _ in range(2)]
    await client.delete(f"{URL}/{one['id']}", headers=ada.headers)
    assert (await client.get(one["url"])).status_code == 404
    assert (await client.get(other["url"])).status_code == 200


async def test_shares_are_listed_in_pages_the_latest_first(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    analysis = await _analysis(resources, ada)
    made = [(await _share(client, ada, analysis)).json()["id"] for _ in range(7)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    async with resources.database.session() as session:
        for number, share_id in enumerate(made):
            await session.execute(
                update(Share)
                .where(col(Share.id) == UUID(share_id))
                .values(created_at=start + timedelta(minutes=number // 2))
            )
    seen: list[str] = []
    params = {"limit": "2"}
    while True:
        page = (await client.get(URL, params=params, headers=ada.headers)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    places = [(n // 2, UUID(share_id)) for n, share_id in enumerate(made)]
    assert seen == [str(share_id) for _, share_id in sorted(places, reverse=True)]


@pytest.mark.parametrize(
    "body",
    [{}, {"analysis": "x"}, {"analysis": str(UUID(int=1)), "token": "mine"}, []],
)
async def test_malformed_requests_are_refused(
    client: httpx2.AsyncClient, resources: Resources, body: object
) -> None:
    ada = await sign_in(resources)
    assert (await client.post(URL, json=body, headers=ada.headers)).status_code == 422


async def test_requests_without_a_session_are_refused(
    client: httpx2.AsyncClient,
) -> None:
    body = {"analysis": str(uuid4())}
    assert (await client.post(URL, json=body)).status_code == 401
    assert (await client.get(URL)).status_code == 401
    assert (await client.delete(f"{URL}/{uuid4()}")).status_code == 401


async def test_the_link_has_the_public_address(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    reached = "https://music.example.org"
    configure(Settings, backend_url=reached)
    share = await _shared(client, resources, await sign_in(resources))
    assert share["url"] == f"{reached}{LINK}/{_token(share)}"


async def test_a_share_has_no_names_of_files(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada = await sign_in(common_resources)
    rows = [
        track(
            f"Artist {n % 7}",
            f"Song {n % 31}",
            f"uri:{n % 31}",
            ts=f"2023-05-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}:00Z",
            ms_played=200_000,
        )
        for n in range(200)
    ]
    named = {
        "ada-lovelace-diary.json": as_json(rows),
        "tax-return.zip": make_zip(
            {"secret-folder/history.json": as_json(rows), "divorce.txt": b"hello"}
        ),
    }
    await imported(common_resources, ada.id, named)
    analysis = await analysed(common_resources, ada.id)
    mine = await client.get("/api/v1/music/analysis/result", headers=ada.headers)
    share = (await _share(client, ada, analysis)).json()
    opened = [
        await client.get(share["url"], headers={"Accept": accept})
        for accept in ("application/json", "text/html")
    ]
    for word in ("lovelace", "tax-return", "secret-folder", "divorce"):
        assert word in mine.text
        for answer in opened:
            assert answer.status_code == 200
            assert word not in answer.text
    portrait = opened[0].json()
    assert portrait["books"]["total"] == mine.json()["books"]["total"]
    assert portrait["verdict"] == mine.json()["verdict"]
    assert "Artist 3" in opened[1].text
    for answer in opened:
        assert str(ada.id) not in answer.headers.values()
        assert ada.headers["Authorization"] not in answer.text


async def test_many_requests_at_once_respect_the_limit(
    common_resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await sign_in(common_resources)
    async with common_resources.database.session() as session:
        analysis = await make_analysis(session, ada.id)
        past = datetime.now(UTC) - timedelta(seconds=1)
        for expires_at in (past, past, None):
            session.add(
                Share(
                    user_id=ada.id,
                    analysis_id=analysis.id,
                    token_hash=secrets.token_hex(),
                    expires_at=expires_at,
                )
            )

    async def make() -> bool:
        try:
            async with common_resources.database.session() as session:
                await ShareService(session, 4).create(ada.id, analysis.id, None)
        except TooManyShares:
            return False
        return True

    assert sum(await asyncio.gather(*(make() for _ in range(12)))) == 3
    async with common_resources.database.session() as session:
        left = list(
            await session.scalars(select(Share).where(col(Share.user_id) == ada.id))
        )
    # The expired shares are deleted and no longer count.
    assert len(left) == 4
    assert all(share.expires_at is None for share in left)


async def test_a_share_above_the_limit_is_refused(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
) -> None:
    configure(MusicSettings, shares_per_user=1)
    ada = await sign_in(resources)
    first = await _shared(client, resources, ada)
    wish = {"analysis": first["analysis_id"]}
    refused = await client.post(URL, json=wish, headers=ada.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_shares")
    assert "Revoke one first" in refused.json()["detail"]
    await client.delete(f"{URL}/{first['id']}", headers=ada.headers)
    again = await client.post(URL, json=wish, headers=ada.headers)
    assert again.status_code == 201
