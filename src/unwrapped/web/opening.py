"""Opening shares for anybody, and slowing down who tries links that open nothing."""

from collections.abc import Awaitable
from datetime import timedelta

from unwrapped.core.rate_limits import Rate, RateLimiter, network_of
from unwrapped.music.shares.service import ShareNotFound, ShareService

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
        """The public portrait, as JSON. Raises `ShareNotFound` or `RateLimited`."""
        return await self._opened(self._shares.read_portrait(token))

    async def read_page(self, token: str) -> str:
        """The page. Raises `ShareNotFound` or `RateLimited`."""
        return await self._opened(self._shares.read_page(token))

    async def _opened(self, reading: Awaitable[str]) -> str:
        """What opens is never counted: a share may be as popular as it likes."""
        try:
            return await reading
        except ShareNotFound:
            await self._limiter.hit(MISSES, network_of(self._address))
            raise
