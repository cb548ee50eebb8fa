"""Creating, listing, revoking and opening shares."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import User
from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import Conflict, ExpiryPassed, NotFound, TooManyRequests
from unwrapped.core.http.api_prefix import API
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.analysis.models import Analysis, ModelDraft
from unwrapped.music.analysis.service import AnalysisNotFound
from unwrapped.music.critic.language_model.settings import CriticName
from unwrapped.music.settings import SHARES_PER_USER
from unwrapped.music.shares.models import Share
from unwrapped.music.shares.schemas import ShareRead
from unwrapped.shared.pagination import Listing, Page

TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_LISTING = Listing("shares", (datetime, UUID))


class ShareNotFound(NotFound):
    """The share never existed, was revoked, has expired, or its account is disabled."""

    code = "share_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such share. The link may be incomplete, revoked or expired: the"
            " person who sent it can create another one."
        )


class VerdictNotSeen(Conflict):
    """A model wrote the verdict, and the listener has not read it yet."""

    code = "verdict_not_seen"

    def __init__(self) -> None:
        super().__init__(
            "A model wrote this verdict. Read it before you share it: on its page, or with"
            f" GET {API}/music/analysis/result."
        )


class TooManyShares(TooManyRequests):
    """The listener has the most shares that one person may have."""

    code = "too_many_shares"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} shares already. Revoke one first.")


@dataclass(frozen=True, slots=True)
class NewShare:
    """A new share together with its token, which is never stored."""

    share: ShareRead
    token: str


@dataclass(frozen=True, slots=True)
class OpenShare:
    """A share, as anyone with its link sees it."""

    id: UUID
    name: str | None
    """The listener's name on the page; None if the page shows none."""

    portrait: str
    """The public portrait, as JSON."""


class ShareService:
    """Creates, lists and revokes the shares of a listener, and opens shares by token."""

    def __init__(self, session: AsyncSession, most: int = SHARES_PER_USER) -> None:
        self._session = session
        self._most = most

    async def create(
        self,
        user_id: int,
        analysis_id: UUID,
        expires_at: datetime | None,
        *,
        with_name: bool = False,
    ) -> NewShare:
        """Create a link to an analysis, with the listener's display name if
        `with_name`.

        The shared verdict is final: a later answer of a model is ignored.
        Raises `AnalysisNotFound`, `VerdictNotSeen`, `ExpiryPassed` or `TooManyShares`.
        """
        if expires_at is not None and expires_at <= datetime.now(UTC):
            raise ExpiryPassed("expires_at is in the past.")
        analysis = await self._analysis(user_id, analysis_id)
        await self._require_place(user_id)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        share = Share(
            user_id=user_id,
            analysis_id=analysis_id,
            token_hash=hash_token(token),
            expires_at=expires_at,
            name=analysis.display_name if with_name else None,
        )
        self._session.add(share)
        await self._session.flush()
        await self._session.refresh(share)
        return NewShare(_read(share, analysis.title), token)

    async def _analysis(
        self, user_id: int, analysis_id: UUID
    ) -> Row[str, CriticName, datetime | None, str]:
        # The row is locked so that no model's verdict replaces the one that was seen.
        found = await self._session.execute(
            select(
                col(Analysis.title),
                col(Analysis.critic),
                col(Analysis.seen_at),
                col(User.display_name),
            )
            .join(User, col(User.id) == col(Analysis.user_id))
            .where(col(Analysis.id) == analysis_id, col(User.id) == user_id)
            .with_for_update(read=True, of=Analysis)
        )
        analysis = found.one_or_none()
        if analysis is None:
            raise AnalysisNotFound
        if analysis.critic == CriticName.MODEL and analysis.seen_at is None:
            raise VerdictNotSeen
        await self._session.execute(
            delete(ModelDraft).where(col(ModelDraft.analysis_id) == analysis_id)
        )
        return analysis

    async def _require_place(self, user_id: int) -> None:
        await take_lock(self._session, "shares", user_id)
        mine = col(Share.user_id) == user_id
        # Expired shares do not count: they can neither be opened nor listed.
        await self._session.execute(delete(Share).where(mine, not_(_open())))
        query = select(func.count()).select_from(Share).where(mine)
        if (await self._session.scalar(query) or 0) >= self._most:
            raise TooManyShares(self._most)

    async def list_shares(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Page[ShareRead]:
        """Shares that can be opened, the latest first. Raises `BadCursor`."""
        place = (col(Share.created_at), col(Share.id))
        query = (
            select(Share, col(Analysis.title))
            .join(Analysis, col(Analysis.id) == col(Share.analysis_id))
            .where(col(Share.user_id) == user_id, _open())
        )
        found = await self._session.execute(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        rows = [_read(share, title) for share, title in found]
        page = _LISTING.page(rows, limit, lambda row: (row.created_at, row.id))
        return page.of(lambda row: row)

    async def revoke(self, user_id: int, share_id: UUID) -> None:
        """Revoke a link at once. Raises `ShareNotFound`."""
        revoked = await count_changed(
            self._session,
            delete(Share).where(
                col(Share.id) == share_id, col(Share.user_id) == user_id
            ),
        )
        if not revoked:
            raise ShareNotFound

    async def open(self, token: str) -> OpenShare:
        """The share of a token. Raises `ShareNotFound`."""
        require_token(token)
        found = await self._session.execute(
            select(col(Share.id), col(Share.name), col(Analysis.public_portrait))
            .join(Analysis, col(Share.analysis_id) == col(Analysis.id))
            .join(User, col(User.id) == col(Share.user_id))
            .where(
                col(Share.token_hash) == hash_token(token),
                col(User.disabled_at).is_(None),
                _open(),
            )
        )
        row = found.one_or_none()
        if row is None:
            raise ShareNotFound
        return OpenShare(row.id, row.name, row.public_portrait)


def require_token(text: str) -> None:
    """Raise `ShareNotFound` if the text does not have the form of a share's token."""
    if not _TOKEN.fullmatch(text):
        raise ShareNotFound


def _open() -> Any:
    return or_(
        col(Share.expires_at).is_(None), col(Share.expires_at) > datetime.now(UTC)
    )


def _read(share: Share, title: str) -> ShareRead:
    return ShareRead(
        id=share.id,
        analysis_id=share.analysis_id,
        title=title,
        name=share.name,
        created_at=share.created_at,
        expires_at=share.expires_at,
    )
