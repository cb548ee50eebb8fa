"""Sign-ins per second, compared with hashing alone, and how an attack affects others.

- **hashing alone**: the same Argon2id in two threads.
- **sign-ins**: `POST /api/v1/auth/token` over eight connections, without limits.
- **others during an attack**: the time of another user's `GET /api/v1/auth/me`, one
  after the other, while somebody sends 50 wrong passwords per second for one account
  (with the default limits), and while nobody does.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import click
import httpx2
from pydantic import SecretStr

from benchmarks.service_database import (
    PASSWORD,
    fresh_resources,
    new_account,
    new_user,
    token_of,
)
from benchmarks.service_process import UNLIMITED, service
from unwrapped.auth.passwords import hash_password, verify_password
from unwrapped.core.process_resources import Resources

PORT = 8194
CONNECTIONS = 8
ATTACKS_A_SECOND = 50
LONG_TOKENS = {"ACCESS_TOKEN_EXPIRE_MINUTES": "60"}


@click.command()
@click.option("--seconds", default=10, show_default=True)
@click.option("--runs", default=3, show_default=True)
def main(seconds: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    asyncio.run(measure(seconds, runs))


async def measure(seconds: int, runs: int) -> None:
    """Measure sign-ins and their floor in turns, then the attack."""
    async with fresh_resources() as resources:
        await new_account(resources, "ada")
        floors, rates = [], []
        async with service(resources, PORT, **UNLIMITED) as client:
            for _ in range(runs):
                floors.append(await hashing(seconds))
                rates.append(await sign_ins(client, seconds))
        floor, rate = statistics.median(floors), statistics.median(rates)
        print(f"| Argon2id alone, two threads | {floor:.0f} a second | | |")
        print(f"| sign-ins | {rate:.0f} a second | {rate / floor:.2f} of the hashing | |")  # fmt: skip
        await others(resources, seconds, runs)


async def hashing(seconds: int) -> float:
    """Verified passwords per second."""
    hashed = await hash_password(SecretStr(PASSWORD), "ada")

    async def one() -> None:
        await verify_password(SecretStr(PASSWORD), hashed)

    return await a_second(one, seconds)


async def sign_ins(client: httpx2.AsyncClient, seconds: int) -> float:
    """Sign-ins per second."""
    form = {"username": "ada", "password": PASSWORD}

    async def one() -> None:
        (await client.post("/api/v1/auth/token", data=form)).raise_for_status()

    return await a_second(one, seconds)


async def a_second(one: Callable[[], Awaitable[None]], seconds: int) -> float:
    """How often the work is done per second, `CONNECTIONS` at once."""
    ends = time.perf_counter() + seconds
    done = 0

    async def again() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            await one()
            done += 1

    await asyncio.gather(*(again() for _ in range(CONNECTIONS)))
    return done / seconds


async def others(resources: Resources, seconds: int, runs: int) -> None:
    """Measure the requests of another user, with and without an attack, in turns."""
    user_id = await new_user(resources)
    headers = {"Authorization": f"Bearer {await token_of(resources, user_id)}"}
    calm: list[float] = []
    attacked: list[float] = []
    async with service(resources, PORT, **LONG_TOKENS) as client:
        for _ in range(runs):
            calm += await times(client, headers, seconds)
            async with attack(client):
                attacked += await times(client, headers, seconds)
    for name, taken in (("nobody attacks", calm), ("50 wrong passwords a second", attacked)):  # fmt: skip
        cuts = statistics.quantiles(taken, n=100)
        print(f"| another user's GET while {name} | p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms | | |")  # fmt: skip


async def times(
    client: httpx2.AsyncClient, headers: dict[str, str], seconds: int
) -> list[float]:
    """The milliseconds of each request of a signed-in user."""
    ends = time.perf_counter() + seconds
    taken = []
    while (begun := time.perf_counter()) < ends:
        (await client.get("/api/v1/auth/me", headers=headers)).raise_for_status()
        taken.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.01)
    return taken


@asynccontextmanager
async def attack(client: httpx2.AsyncClient) -> AsyncIterator[None]:
    """Guess the password of one account during the context."""

    async def guess(number: int) -> None:
        form = {"username": "ada", "password": f"guess {number}"}
        answer = await client.post("/api/v1/auth/token", data=form)
        if answer.status_code not in (401, 429):
            raise click.ClickException(
                f"a guess was answered with {answer.status_code}"
            )

    async def guesses() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(1_000_000):
                group.create_task(guess(number))
                await asyncio.sleep(1 / ATTACKS_A_SECOND)

    attacking = asyncio.create_task(guesses())
    try:
        yield
    finally:
        attacking.cancel()
        with suppress(asyncio.CancelledError):
            await attacking


if __name__ == "__main__":
    main()
