"""Opening shares for anybody, and slowing down who tries links that open nothing."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from unwrapped.auth.sessions.router import Address
from unwrapped.core.dependencies import ResourcesDep, open_session
from unwrapped.core.postgres.rate_limits import Rate, RateLimiter, network_of
from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.music.shares.service import OpenShare, ShareNotFound, ShareService

MISSES = Rate("share", 60, timedelta(minutes=1))
"""Links that open nothing, from one address."""

# That no cache keeps them, the default, lets a revoked link end at once.
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Vary": "Accept"}
"""Of every answer with a share."""


class PublicShares:
    """Shares as anybody at an address may open them."""

    def __init__(
        self, shares: ShareService, limiter: RateLimiter, address: str | None
    ) -> None:
        self._shares = shares
        self._limiter = limiter
        self._address = address

    async def open(self, token: str) -> OpenShare:
        """What is behind a token. Raises `ShareNotFound` or `RateLimited`.

        What opens is never counted: a share may be as popular as it likes.
        """
        try:
            return await self._shares.open(token)
        except ShareNotFound:
            await self._limiter.hit(MISSES, network_of(self._address))
            raise


async def get_public_shares(
    shares: ShareServiceDep, resources: ResourcesDep, address: Address
) -> PublicShares:
    """Shares as the one who asks may open them."""
    return PublicShares(shares, resources.limiter, address)


PublicSharesDep = Annotated[PublicShares, Depends(get_public_shares)]


async def get_opened_share(
    token: str, request: Request, resources: ResourcesDep, address: Address
) -> OpenShare:
    """The share of the path, in a short transaction: what follows may take a while."""
    async with open_session(request) as session:
        shares = PublicShares(ShareService(session), resources.limiter, address)
        return await shares.open(token)


OpenedShare = Annotated[OpenShare, Depends(get_opened_share)]
