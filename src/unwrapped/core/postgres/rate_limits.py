"""Limits on how often something may be tried, across all processes.

The generic cell rate algorithm (GCRA, ITU-T I.371): each hit moves the theoretical
arrival time of its key by one interval; a hit is refused when that time would be
further ahead of the clock than the burst allows. One row for each key, one statement
for each hit.
"""

import hmac
import math
import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Column, DateTime, Table, Text, delete, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from unwrapped.core.database import Database, count_changed
from unwrapped.core.exceptions import TooManyRequests
from unwrapped.core.postgres.disk_space import is_disk_full

MOST_IN_MEMORY = 100_000
HOME_NETWORK = 64
"""Bits of an IPv6 address that identify one customer."""

# Its migration makes it UNLOGGED, which Atlas does not compare: empty after a crash.
rate_limit = Table(
    "rate_limit",
    SQLModel.metadata,
    Column("key", Text, primary_key=True),
    Column("theoretical_arrival", DateTime(timezone=True), nullable=False),
)

_HIT = text("""
    INSERT INTO rate_limit AS kept VALUES (:key, clock_timestamp() + :interval)
    ON CONFLICT (key) DO UPDATE
    SET theoretical_arrival =
        greatest(kept.theoretical_arrival, clock_timestamp()) + :interval
    WHERE greatest(kept.theoretical_arrival, clock_timestamp()) + :interval
        <= clock_timestamp() + :burst
    RETURNING 1
""")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `hits` in a period, all at once or evenly spread."""

    name: str
    hits: int
    period: timedelta

    @property
    def interval(self) -> timedelta:
        """The time after which one more hit is allowed."""
        return self.period / self.hits


class RateLimited(TooManyRequests):
    """Something was tried more often than allowed."""

    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        message = f"Too many attempts. Try again in {retry_after} seconds."
        super().__init__(message, retry_after)


class HitsInMemory:
    """Hits counted in this process alone, while the database has no space for them."""

    def __init__(self) -> None:
        self._arrivals: dict[str, float] = {}

    def hit(self, rate: Rate, key: str) -> None:
        """Count a hit. Raises `RateLimited`, without counting it."""
        now = time.monotonic()
        if len(self._arrivals) >= MOST_IN_MEMORY:
            self._arrivals = {k: at for k, at in self._arrivals.items() if at > now}
        arrival = max(self._arrivals.get(key, now), now) + rate.interval.total_seconds()
        wait = arrival - now - rate.period.total_seconds()
        if wait > 0 or len(self._arrivals) >= MOST_IN_MEMORY:
            raise RateLimited(max(1, math.ceil(wait)))
        self._arrivals[key] = arrival

    def forget(self, key: str) -> None:
        """Delete all hits of a key."""
        self._arrivals.pop(key, None)


class RateLimiter:
    """Counts hits in separate transactions: a request that fails counts, too."""

    def __init__(
        self, database: Database, secret: bytes, memory: HitsInMemory | None = None
    ) -> None:
        self._database = database
        self._secret = secret
        self._memory = memory or HitsInMemory()

    async def hit(self, rate: Rate, subject: str) -> None:
        """Count a hit of the subject. Raises `RateLimited`, without counting it."""
        key = self._key(rate, subject)
        try:
            await self._hit(rate, key)
        except DBAPIError as error:
            if not is_disk_full(error):
                raise
            # A full disk neither locks anybody out nor lifts the limit.
            self._memory.hit(rate, key)

    async def _hit(self, rate: Rate, key: str) -> None:
        values = {"key": key, "interval": rate.interval, "burst": rate.period}
        async with self._database.session_apart() as session:
            if await session.scalar(_HIT, values) is None:
                ahead = await session.scalar(
                    select(rate_limit.c.theoretical_arrival - func.clock_timestamp())
                    .where(rate_limit.c.key == key)
                )  # fmt: skip
                wait = (ahead or timedelta()) + rate.interval - rate.period
                raise RateLimited(max(1, math.ceil(wait.total_seconds())))

    async def forget(self, rate: Rate, subject: str) -> None:
        """Delete all hits of a subject that has proven its identity."""
        key = self._key(rate, subject)
        self._memory.forget(key)
        try:
            async with self._database.session_apart() as session:
                await session.execute(delete(rate_limit).where(rate_limit.c.key == key))
        except DBAPIError as error:
            if not is_disk_full(error):
                raise

    async def delete_idle(self) -> int:
        """Delete the keys that limit nothing any more; return their number."""
        async with self._database.session_apart() as session:
            idle = rate_limit.c.theoretical_arrival < func.clock_timestamp()
            return await count_changed(session, delete(rate_limit).where(idle))

    def _key(self, rate: Rate, subject: str) -> str:
        """A hash of the limit and its subject: no address or name is stored."""
        text = f"{rate.name}\0{subject}".encode(errors="surrogatepass")
        return hmac.digest(self._secret, text, "sha256").hex()


def network_of(host: str | None) -> str:
    """What counts as one client: an IPv4 address, or the network of an IPv6 one."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        shift = address.max_prefixlen - HOME_NETWORK
        return str(IPv6Address(int(address) >> shift << shift))
    return str(address)
