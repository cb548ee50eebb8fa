"""Opening shares for anybody, with a rate limit on invalid links."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from unwrapped.auth.sessions.router import Address
from unwrapped.core.dependencies import ResourcesDep, open_session
from unwrapped.core.postgres.rate_limits import Rate, RateLimiter, network_of
from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.music.shares.service import OpenShare, ShareNotFound, ShareService

MISSES = Rate("share", 60, timedelta(minutes=1))
"""The limit on invalid links from one network address."""

# No `Cache-Control`: the default, `no-store`, makes a revoked link stop working at once.
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Vary": "Accept"}
"""The headers of every answer with a share."""


class PublicShares:
    """Opens shares for a client with a network address."""

    def __init__(
        self, shares: ShareService, limiter: RateLimiter, address: str | None
    ) -> None:
        self._shares = shares
        self._limiter = limiter
        self._address = address

    async def open(self, token: str) -> OpenShare:
        """The share of a token. Raises `ShareNotFound` or `RateLimited`.

        Only invalid links are counted: many people may open a valid one.
        """
        try:
            return await self._shares.open(token)
        except ShareNotFound:
            await self._limiter.hit(MISSES, network_of(self._address))
            raise


async def get_public_shares(
    shares: ShareServiceDep, resources: ResourcesDep, address: Address
) -> PublicShares:
    """The service that opens shares for the client of the request."""
    return PublicShares(shares, resources.limiter, address)


PublicSharesDep = Annotated[PublicShares, Depends(get_public_shares)]


async def get_opened_share(
    token: str, request: Request, resources: ResourcesDep, address: Address
) -> OpenShare:
    """The share of the path. The transaction ends before its picture is drawn."""
    async with open_session(request) as session:
        shares = PublicShares(ShareService(session), resources.limiter, address)
        return await shares.open(token)


OpenedShare = Annotated[OpenShare, Depends(get_opened_share)]
