"""Opening shares for anybody, and slowing down who tries links that open nothing."""

from datetime import timedelta

from unwrapped.core.postgres.rate_limits import Rate, RateLimiter, network_of
from unwrapped.music.analysis.stored import read_stored
from unwrapped.music.shares.service import ShareNotFound, ShareService
from unwrapped.web.portrait_page import render_portrait

MISSES = Rate("share", 60, timedelta(minutes=1))
"""Links that open nothing, from one address."""


class PublicShares:
    """Shares as anybody at an address may open them."""

    def __init__(
        self, shares: ShareService, limiter: RateLimiter, address: str | None
    ) -> None:
        self._shares = shares
        self._limiter = limiter
        self._address = address

    async def read_portrait(self, token: str) -> str:
        """The public portrait, as JSON. Raises `ShareNotFound` or `RateLimited`.

        What opens is never counted: a share may be as popular as it likes.
        """
        try:
            return await self._shares.read_portrait(token)
        except ShareNotFound:
            await self._limiter.hit(MISSES, network_of(self._address))
            raise

    async def read_page(self, token: str) -> str:
        """The page, drawn now. Raises `ShareNotFound` or `RateLimited`."""
        return render_portrait(read_stored(await self.read_portrait(token)))
