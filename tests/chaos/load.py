"""People who begin tasks through the API, and repeat requests that meet an outage."""

import asyncio
import random
from dataclasses import dataclass, field
from uuid import UUID

import httpx2

from tests.auth.factories import SignedIn
from tests.chaos.domain import Order, Work
from tests.cluster.exports import export_of

CLIENTS = 6
PAUSE_SECONDS = 0.1
SHORTEST_SECONDS, MEAN_SECONDS, LONGEST_SECONDS = 0.02, 0.3, 1.5
IMPORT_ROWS = 400

SHARES = {
    Work.STORE: 40,
    Work.SLEEP: 30,
    Work.COMPUTE: 20,
    Work.AWAY: 5,
    Work.PLANTED: 5,
}
"""The percentage of tasks of each kind, about."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that begins a task."""

    person: SignedIn
    path: str
    body: dict[str, object]


@dataclass(slots=True)
class Load:
    """Tasks that people begin when `let_go` releases them."""

    client: httpx2.AsyncClient
    people: list[SignedIn]
    chance: random.Random
    importers: list[SignedIn] = field(default_factory=list)
    """The people who also import a history, once each."""

    begun: set[UUID] = field(default_factory=set)
    """The tasks that the API has accepted."""

    resent: int = 0
    """The number of requests that met an outage and were sent again."""

    _let_go: int = 0
    _imports: list[Request] = field(default_factory=list)
    _requests: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)

    async def upload_exports(self, count: int) -> None:
        """Upload an export for each of the first `count` people, to be imported later."""
        self.importers = self.people[:count]
        for number, person in enumerate(self.importers):
            answer = await self.client.post(
                "/music/uploads",
                params={"name": "export.zip"},
                content=export_of(IMPORT_ROWS, artist=f"Artist {number}"),
                headers=person.headers,
            )
            assert answer.status_code == 201, answer.text
            uploads = [answer.json()["id"]]
            self._imports.append(
                Request(person, "/music/imports", {"uploads": uploads})
            )

    def let_go(self, count: int) -> None:
        """Release `count` more tasks, and an import if one is left."""
        for _ in range(count):
            person = self.people[self._let_go % len(self.people)]
            order = self._order(str(self._let_go))
            self._requests.put_nowait(
                Request(person, "/chaos/tasks", order.model_dump())
            )
            self._let_go += 1
        if self._imports:
            self._requests.put_nowait(self._imports.pop())

    def _order(self, key: str) -> Order:
        [work] = self.chance.choices(list(SHARES), list(SHARES.values()))
        seconds = SHORTEST_SECONDS + self.chance.expovariate(1 / MEAN_SECONDS)
        return Order(work=work, key=key, seconds=min(seconds, LONGEST_SECONDS))

    def let_go_all(self, total: int) -> None:
        """Release the rest of `total` tasks and all imports; none follow."""
        self.let_go(max(total - self._let_go, 0))
        while self._imports:
            self.let_go(0)
        self._requests.shutdown()

    async def begin(self) -> None:
        """Begin what is released, from a few clients at once, until nothing follows."""
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(self._begin_some())

    async def _begin_some(self) -> None:
        while True:
            try:
                request = await self._requests.get()
            except asyncio.QueueShutDown:
                return
            while not await self._is_begun(request):
                self.resent += 1
                await asyncio.sleep(PAUSE_SECONDS)

    async def _is_begun(self, request: Request) -> bool:
        """Send a request; return False when the database is away."""
        answer = await self.client.post(
            request.path, json=request.body, headers=request.person.headers
        )
        if answer.status_code == 503:
            return False
        assert answer.status_code == 202, answer.text
        self.begun.add(UUID(answer.json()["id"]))
        return True
