"""Opening shares for anybody, with a rate limit on wrong links."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from unwrapped.auth.sessions.router import Address
from unwrapped.core.dependencies import ResourcesDep, open_session
from unwrapped.core.postgres.rate_limits import Rate, RateLimiter, network_of
from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.music.shares.service import OpenShare, ShareNotFound, ShareService

MISSES = Rate("share", 60, timedelta(minutes=1))
"""Wrong links, from one address."""

# The default, that no cache keeps them, makes a revoked link end at once.
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Vary": "Accept"}
"""Headers of every answer with a share."""


class PublicShares:
    """Opens shares for a client at an address."""

    def __init__(
        self, shares: ShareService, limiter: RateLimiter, address: str | None
    ) -> None:
        self._shares = shares
        self._limiter = limiter
        self._address = address

    async def open(self, token: str) -> OpenShare:
        """The share of a token. Raises `ShareNotFound` or `RateLimited`.

        Valid links are not counted: a share may be popular.
        """
        try:
            return await self._shares.open(token)
        except ShareNotFound:
            await self._limiter.hit(MISSES, network_of(self._address))
            raise


async def get_public_shares(
    shares: ShareServiceDep, resources: ResourcesDep, address: Address
) -> PublicShares:
    """Shares for the client of the request."""
    return PublicShares(shares, resources.limiter, address)


PublicSharesDep = Annotated[PublicShares, Depends(get_public_shares)]


async def get_opened_share(
    token: str, request: Request, resources: ResourcesDep, address: Address
) -> OpenShare:
    """The share of the path, in a short transaction: drawing may take a while."""
    async with open_session(request) as session:
        shares = PublicShares(ShareService(session), resources.limiter, address)
        return await shares.open(token)


OpenedShare = Annotated[OpenShare, Depends(get_opened_share)]
