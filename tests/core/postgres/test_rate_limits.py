"""Limits on attempts: how many pass, the answers, and what is stored."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from unwrapped.core.postgres.rate_limits import (
    Rate,
    RateLimited,
    RateLimiter,
    network_of,
    rate_limit,
)
from unwrapped.core.process_resources import Resources

QUARTER = timedelta(minutes=15)
THREE = Rate("three", 3, QUARTER)
ADA = "ada@198.51.100.7"


async def passed(limiter: RateLimiter, rate: Rate, subject: str, times: int) -> int:
    """Make concurrent hits; return the number of those that pass."""
    hits = (limiter.hit(rate, subject) for _ in range(times))
    results = await asyncio.gather(*hits, return_exceptions=True)
    refusals = [one for one in results if one is not None]
    assert all(isinstance(one, RateLimited) for one in refusals), refusals
    return times - len(refusals)


async def seconds_to_wait(limiter: RateLimiter, rate: Rate, subject: str) -> int:
    """Make a hit that is refused; return the seconds to wait."""
    with pytest.raises(RateLimited) as refused:
        await limiter.hit(rate, subject)
    assert refused.value.retry_after is not None
    assert f"again in {refused.value.retry_after} seconds" in refused.value.message
    return refused.value.retry_after


async def wait(session: AsyncSession, seconds: float) -> None:
    """Simulate that this time has passed."""
    earlier = rate_limit.c.theoretical_arrival - timedelta(seconds=seconds)
    await session.execute(update(rate_limit).values(theoretical_arrival=earlier))


@attack(41, "200-at-once")
async def test_of_two_hundred_at_once_exactly_the_allowed_number_passes(
    cloned_resources: Resources,
) -> None:
    limiter = cloned_resources.limiter
    assert await passed(limiter, Rate("ten", 10, QUARTER), ADA, 200) == 10


@pytest.mark.parametrize("hits", [1, 2, 7, 30])
async def test_all_may_come_at_once_and_no_more(
    resources: Resources, hits: int
) -> None:
    rate = Rate("some", hits, QUARTER)
    for _ in range(hits):
        await resources.limiter.hit(rate, ADA)
    await seconds_to_wait(resources.limiter, rate, ADA)


async def test_a_hit_after_the_wait_that_was_shown_passes(
    resources: Resources, session: AsyncSession
) -> None:
    limiter = resources.limiter
    for _ in range(3):
        await limiter.hit(THREE, ADA)
    seconds = await seconds_to_wait(limiter, THREE, ADA)
    assert 240 < seconds <= 300, "a third of the time earns a hit"
    await wait(session, seconds - 60)
    assert 1 <= await seconds_to_wait(limiter, THREE, ADA) <= 60
    await wait(session, 60)
    await limiter.hit(THREE, ADA)
    assert 240 < await seconds_to_wait(limiter, THREE, ADA) <= 300


async def test_after_a_pause_there_are_exactly_all_hits_again(
    resources: Resources, session: AsyncSession
) -> None:
    limiter = resources.limiter
    for _ in range(3):
        await limiter.hit(THREE, ADA)
    await wait(session, 10 * QUARTER.total_seconds())
    for _ in range(3):
        await limiter.hit(THREE, ADA)
    await seconds_to_wait(limiter, THREE, ADA)


async def test_a_refused_hit_counts_nothing(
    resources: Resources, session: AsyncSession
) -> None:
    limiter, arrival = resources.limiter, select(rate_limit.c.theoretical_arrival)
    for _ in range(3):
        await limiter.hit(THREE, ADA)
    before = await session.scalar(arrival)
    for _ in range(3):
        await seconds_to_wait(limiter, THREE, ADA)
    assert await session.scalar(arrival) == before


async def test_each_subject_and_each_limit_counts_for_itself(
    resources: Resources,
) -> None:
    limiter, one = resources.limiter, Rate("one", 1, QUARTER)
    for subject in ("a", "A", "a\x00", "", "\ud800", "two\x00a"):
        await limiter.hit(one, subject)
        await limiter.hit(Rate("two", 1, QUARTER), subject)
        await seconds_to_wait(limiter, one, subject)


async def test_forgotten_hits_do_not_count(resources: Resources) -> None:
    limiter, one = resources.limiter, Rate("one", 1, QUARTER)
    await limiter.hit(one, "a")
    await limiter.hit(one, "b")
    await limiter.forget(one, "a")
    await limiter.forget(one, "nobody")
    await limiter.hit(one, "a")
    await seconds_to_wait(limiter, one, "b")


class Failed(Exception):
    """The error that a request ends with."""


@attack(41, "rolled-back-requests")
async def test_a_hit_of_a_request_that_is_rolled_back_counts(
    cloned_resources: Resources,
) -> None:
    limiter, one = cloned_resources.limiter, Rate("one", 1, QUARTER)

    async def request() -> None:
        async with cloned_resources.database.session() as session:
            await session.execute(text("SELECT 1"))
            await limiter.hit(one, ADA)
            raise Failed

    with pytest.raises(Failed):
        await request()
    with pytest.raises(RateLimited):
        await request()


@attack(50, "who-tried")
async def test_the_counts_do_not_show_who_tried(
    resources: Resources, session: AsyncSession
) -> None:
    await resources.limiter.hit(THREE, ADA)
    await RateLimiter(resources.database, b"another secret").hit(THREE, ADA)
    keys = (await session.scalars(select(rate_limit.c.key))).all()
    assert len(set(keys)) == 2
    for key in keys:
        assert len(bytes.fromhex(key)) == 32


async def test_the_table_is_not_logged(session: AsyncSession) -> None:
    kind = text("SELECT relpersistence FROM pg_class WHERE relname = 'rate_limit'")
    assert await session.scalar(kind) == b"u"


async def test_the_sweep_deletes_keys_that_limit_nobody(
    resources: Resources, session: AsyncSession
) -> None:
    limiter, one = resources.limiter, Rate("one", 1, QUARTER)
    await limiter.hit(one, "long ago")
    await wait(session, QUARTER.total_seconds())
    await limiter.hit(one, "now")
    assert await limiter.delete_idle() == 1
    assert await limiter.delete_idle() == 0
    assert await session.scalar(select(func.count()).select_from(rate_limit)) == 1
    await seconds_to_wait(limiter, one, "now")


@attack(42, "addresses")
@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:DB8:0001:0002::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("testclient", "unknown"),
        ("198.51.100.7, 10.0.0.1", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_counts_for_its_network(host: str | None, network: str) -> None:
    assert network_of(host) == network
