"""The pictures of shares: drawn at the first request, then stored."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.postgres.rate_limits import Rate, network_of
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.shares.models import CardForm, ShareCard
from unwrapped.music.shares.service import OpenShare, ShareNotFound
from unwrapped.web.drawing.cards import draw_card
from unwrapped.web.settings import WebSettings

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Cards:
    """Pictures of shares. One is drawn at a time in a process: it takes a tenth of a second."""

    resources: Resources
    drawing: asyncio.Lock

    async def get(self, share: OpenShare, form: CardForm, address: str | None) -> bytes:
        """The picture as PNG. Raises `RateLimited` if it would have to be drawn.

        Raises `ShareNotFound` if the share is revoked meanwhile.
        """
        if (kept := await self._find(share.id, form)) is not None:
            return kept
        most = self.resources.settings_of(WebSettings).cards_per_address
        rate = Rate("card", most, WINDOW)
        await self.resources.limiter.hit(rate, network_of(address))
        async with self.drawing:
            if (kept := await self._find(share.id, form)) is not None:
                return kept
            return await self._draw(share, form)

    async def _draw(self, share: OpenShare, form: CardForm) -> bytes:
        fonts = self.resources.settings_of(WebSettings).card_fonts
        portrait = read_stored(share.portrait)
        png = await asyncio.to_thread(
            partial(draw_card, portrait, form, name=share.name, fonts=fonts)
        )
        try:
            async with self.resources.database.session() as session:
                await session.execute(
                    insert(ShareCard)
                    .values(share_id=share.id, form=form, png=png)
                    .on_conflict_do_nothing()
                )
        except IntegrityError as error:
            raise ShareNotFound from error
        except DBAPIError as error:
            if not is_disk_full(error):  # it is drawn again next time
                raise
        return png

    async def _find(self, share_id: UUID, form: CardForm) -> bytes | None:
        async with self.resources.database.session() as session:
            kept: bytes | None = await session.scalar(
                select(col(ShareCard.png)).where(
                    col(ShareCard.share_id) == share_id, col(ShareCard.form) == form
                )
            )
        return kept

    async def aclose(self) -> None:
        """Nothing to close."""


def cards_of(resources: Resources) -> Cards:
    """The pictures of this process."""
    return resources.kept(Cards, lambda held: Cards(held, asyncio.Lock()))
