"""Whether response times reveal a secret: who has an account, how much of a token is
right.

Each pair is measured in turns on a running service. The AUC is the chance that the time
of one kind is longer than that of the other: 0.5 reveals nothing, more than 0.65 would.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from itertools import chain

import click
import httpx2

from benchmarks.service_database import PASSWORD, fresh_resources, new_account
from benchmarks.service_process import UNLIMITED, service
from unwrapped.auth.sessions.caller_lookup import PERSONAL_TOKEN
from unwrapped.core.secrets.tokens import CHECK_CHARACTERS, checksum

PORT = 8195
REVEALING = 0.65

type Ask = Callable[[], Awaitable[httpx2.Response]]


@click.command()
@click.option("--pairs", default=400, show_default=True)
def main(pairs: int) -> None:
    """Measure, and print one line for each secret."""
    asyncio.run(measure(pairs))


async def measure(pairs: int) -> None:
    """Measure all secrets, on one service."""
    async with fresh_resources() as resources:
        await new_account(resources, "ada")
        async with service(resources, PORT, **UNLIMITED) as client:
            form = {"username": "ada", "password": PASSWORD}
            answer = (await client.post("/api/v1/auth/token", data=form)).json()
            bearer = {"Authorization": f"Bearer {answer['access_token']}"}
            new = {"name": "timing", "scopes": ["read"]}
            made = await client.post("/api/v1/auth/tokens", json=new, headers=bearer)
            near = _near(made.json()["token"])

            def sign_in(name: str) -> Ask:
                form = {"username": name, "password": "wrong"}
                return lambda: client.post("/api/v1/auth/token", data=form)

            def read(token: str) -> Ask:
                headers = {"Authorization": f"Bearer {token}"}
                return lambda: client.get("/api/v1/auth/me", headers=headers)

            await _compare("known and unknown user", sign_in("ada"), sign_in("eve"), pairs)  # fmt: skip
            await _compare("token right up to its end, and random", read(near), read(PERSONAL_TOKEN.create()), pairs)  # fmt: skip


def _near(token: str) -> str:
    """A well-formed token that begins as this one does, and differs in one character."""
    body = token[:-CHECK_CHARACTERS]
    other = body[:-1] + ("a" if body[-1] != "a" else "b")
    return other + checksum(other)


async def _compare(name: str, one: Ask, other: Ask, pairs: int) -> None:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(pairs):
        turns = list(zip(times, (one, other), strict=True))
        random.shuffle(turns)
        for taken, ask in turns:
            begun = time.perf_counter()
            answer = await ask()
            taken.append(time.perf_counter() - begun)
            if answer.status_code != httpx2.codes.UNAUTHORIZED:
                raise click.ClickException(f"{name}: {answer.status_code}")
    found = auc(*times)
    verdict = "reveals" if abs(found - 0.5) > REVEALING - 0.5 else "reveals nothing"
    print(f"| {name} | AUC {found:.3f} | {verdict} |")


def auc(one: list[float], other: list[float]) -> float:
    """The chance that a value of `other` is above one of `one` (Mann-Whitney U)."""
    ranked = sorted(
        chain(((value, 0) for value in one), ((value, 1) for value in other))
    )
    ranks = sum(rank for rank, (_, kind) in enumerate(ranked, 1) if kind)
    below = len(other) * (len(other) + 1) / 2
    return (ranks - below) / (len(one) * len(other))


if __name__ == "__main__":
    main()
