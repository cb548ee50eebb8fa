"""The pictures of shares: drawn at the first request, and stored for later ones."""

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
    """Draws and stores pictures of shares. A process draws one at a time, in about 0.1 s."""

    resources: Resources
    drawing: asyncio.Lock

    async def get(self, share: OpenShare, form: CardForm, address: str | None) -> bytes:
        """The picture as PNG; it is drawn if it is not stored.

        Raises `RateLimited` if too many pictures were drawn for the address of the client,
        and `ShareNotFound` if the share is revoked while the picture is drawn.
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
            if not is_disk_full(error):  # then the next request draws the picture again
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
        """Do nothing: there is nothing to close."""


def cards_of(resources: Resources) -> Cards:
    """Return the pictures of shares that this process keeps."""
    return resources.kept(Cards, lambda held: Cards(held, asyncio.Lock()))
