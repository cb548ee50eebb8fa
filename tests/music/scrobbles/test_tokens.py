"""Scrobbling tokens: their form, their holders, and their sessions."""

import hmac
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure
from tests.music.scrobbles.players import make_token
from unwrapped.auth.models import User
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.key_ring import KeyRing
from unwrapped.music.scrobbles.holders import Holder, HolderLookup, WrongToken
from unwrapped.music.scrobbles.models import (
    ScrobblingGrant,
    ScrobblingSession,
    ScrobblingToken,
    SessionKind,
)
from unwrapped.music.scrobbles.sessions import (
    RequestState,
    SessionService,
    delete_ended_sessions,
)
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN, SEALED, md5

URL = "/api/v1/music/scrobbles/tokens"


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A listener."""
    return await sign_in(resources, username="ada")


async def _by_token(resources: Resources, token: str) -> Holder:
    async with resources.database.session() as session:
        return await HolderLookup(session, resources.cipher).by_token(token)


async def _by_proof(resources: Resources, username: str, proof: str) -> Holder:
    """The proof of a token at a time, as Audioscrobbler 1.2 defines it."""

    def proves(known: str) -> bool:
        return hmac.compare_digest(md5(f"{known}1700000000"), proof)

    async with resources.database.session() as session:
        lookup = HolderLookup(session, resources.cipher)
        return await lookup.by_proof(username, proves)


def _sessions(session: Any, resources: Resources, most: int = 20) -> SessionService:
    return SessionService(session, resources.signer.ring, most)


def test_a_token_cannot_be_mistaken_for_an_md5_and_is_easy_to_type() -> None:
    for _ in range(100):
        token = SCROBBLING_TOKEN.create()
        assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
        assert len(token) != 32
        assert SCROBBLING_TOKEN.is_sound(token)
        assert not SCROBBLING_TOKEN.is_sound(
            token[:-1] + ("a" if token[-1] != "a" else "b")
        )


async def test_a_token_is_shown_once_and_has_a_name_of_its_own(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    made = await client.post(URL, json={"name": "kitchen"}, headers=ada.headers)
    assert made.status_code == 201
    token = made.json()["token"]
    listed = (await client.get(URL, headers=ada.headers)).json()["items"]
    assert [one["ending"] for one in listed] == [token[-4:]]
    assert "token" not in listed[0]
    holder = await _by_token(resources, token)
    assert (holder.user_id, holder.username, holder.token_name) == (
        ada.id,
        "ada",
        "kitchen",
    )
    again = await client.post(URL, json={"name": "kitchen"}, headers=ada.headers)
    assert (again.status_code, again.json()["code"]) == (
        409,
        "scrobbling_token_name_taken",
    )


async def test_tokens_of_a_person_are_limited(
    client: httpx2.AsyncClient, configure: Configure, ada: SignedIn
) -> None:
    configure(ScrobbleSettings, scrobbling_tokens_per_user=2)
    for number, status in enumerate((201, 201, 429)):
        made = await client.post(URL, json={"name": f"{number}"}, headers=ada.headers)
        assert made.status_code == status


async def test_the_md5_is_encrypted_and_proves_the_token(
    resources: Resources, ada: SignedIn
) -> None:
    await make_token(resources, ada.id, "other")
    token = await make_token(resources, ada.id, "radio")
    proof = md5(f"{md5(token)}1700000000")
    found = await _by_proof(resources, "ADA", proof)
    assert found.token_id == (await _by_token(resources, token)).token_id
    for username, wrong in (("ada", md5("x")), ("eve", proof), ("ada", "")):
        with pytest.raises(WrongToken):
            await _by_proof(resources, username, wrong)
    async with resources.database.session() as session:
        for row in await session.scalars(select(ScrobblingToken)):
            assert md5(token) not in row.sealed_md5
            assert row.sealed_md5.startswith("v1.k1.")


async def test_a_proof_works_after_the_encryption_key_changes(
    resources: Resources, ada: SignedIn
) -> None:
    token = await make_token(resources, ada.id)
    old = resources.signer.ring
    ring = KeyRing({"k2": b"another secret of 32 bytes or more", **old.keys})
    resources.signer = replace(resources.signer, ring=ring)
    assert await SEALED.keys_in_use(resources) == {"k1"}
    assert await SEALED.reencrypt(resources) == 1
    assert await SEALED.keys_in_use(resources) == {"k2"}
    ring = KeyRing({"k2": ring.keys["k2"]})
    resources.signer = replace(resources.signer, ring=ring)
    proof = md5(f"{md5(token)}1700000000")
    assert (await _by_proof(resources, "ada", proof)).user_id == ada.id


async def test_the_token_of_a_disabled_account_is_not_valid(
    resources: Resources, ada: SignedIn
) -> None:
    token = await make_token(resources, ada.id)
    async with resources.database.session() as session:
        disabled = update(User).where(col(User.id) == ada.id)
        await session.execute(disabled.values(disabled_at=func.now()))
    with pytest.raises(WrongToken):
        await _by_token(resources, token)
    with pytest.raises(WrongToken):
        await _by_proof(resources, "ada", md5(f"{md5(token)}1700000000"))


async def _token_id(resources: Resources, user_id: int) -> UUID:
    return (await _by_token(resources, await make_token(resources, user_id))).token_id


@attack(78, "sessions of a scrobbler without end")
async def test_sessions_of_a_token_are_limited_and_the_oldest_ends(
    resources: Resources, ada: SignedIn
) -> None:
    token_id = await _token_id(resources, ada.id)
    async with resources.database.session() as session:
        service = _sessions(session, resources, most=2)
        keys = []
        for age in (3, 2, 1):
            keys.append(await service.open(token_id, SessionKind.SIGN_IN))
            await session.execute(
                update(ScrobblingSession).values(
                    created_at=col(ScrobblingSession.created_at) - timedelta(hours=age)
                )
            )
        lookup = HolderLookup(session, resources.cipher)
        with pytest.raises(WrongToken):
            await lookup.by_session(keys[0], SessionKind.SIGN_IN)
        for key in keys[1:]:
            found = await lookup.by_session(key, SessionKind.SIGN_IN)
            assert found.user_id == ada.id
            with pytest.raises(WrongToken):
                await lookup.by_session(key, SessionKind.HANDSHAKE)


async def test_a_session_of_a_handshake_expires_and_is_deleted(
    resources: Resources, ada: SignedIn
) -> None:
    token_id = await _token_id(resources, ada.id)
    async with resources.database.session() as session:
        key = await _sessions(session, resources).open(token_id, SessionKind.HANDSHAKE)
        lookup = HolderLookup(session, resources.cipher)
        assert (await lookup.by_session(key, SessionKind.HANDSHAKE)).user_id == ada.id
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(ScrobblingSession).values(expires_at=past))
        with pytest.raises(WrongToken):
            await lookup.by_session(key, SessionKind.HANDSHAKE)
    assert await delete_ended_sessions(resources) == 1


async def test_a_request_is_confirmed_and_redeemed_once(
    resources: Resources, ada: SignedIn
) -> None:
    token_id = await _token_id(resources, ada.id)
    async with resources.database.session() as session:
        service = _sessions(session, resources)
        request = service.request()
        assert (
            await session.scalar(select(func.count()).select_from(ScrobblingGrant)) == 0
        )
        assert service.state(request) is RequestState.UNCONFIRMED
        assert await service.redeem(request) is None
        assert await service.confirm(request, token_id)
        assert await service.redeem(request) == token_id
        assert await service.redeem(request) is None
        until, rest = request.split("-", 1)
        for forged in ("", "x", "--", f"{until}0-{rest}", f"{request}0", f"é-{rest}"):
            assert service.state(forged) is RequestState.UNKNOWN, forged
            assert not await service.confirm(forged, token_id)


def test_a_request_lasts_an_hour(resources: Resources) -> None:
    service = _sessions(None, resources)
    begun = time.time()
    request = service.request()
    assert service.state(request, begun + 3_590) is RequestState.UNCONFIRMED
    assert service.state(request, begun + 3_610) is RequestState.EXPIRED
