"""People who begin tasks through the API, whatever answers them."""

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
"""Of a hundred tasks about so many are of each kind."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that begins a task."""

    person: SignedIn
    path: str
    body: dict[str, object]


@dataclass(slots=True)
class Load:
    """Tasks that are begun as they are let go, by people who do not give up."""

    client: httpx2.AsyncClient
    people: list[SignedIn]
    chance: random.Random
    importers: list[SignedIn] = field(default_factory=list)
    """Those who import a history as well, once each."""

    begun: set[UUID] = field(default_factory=set)
    """The tasks that the API said it has."""

    resent: int = 0
    """Requests that met an outage, and were sent again."""

    _let_go: int = 0
    _imports: list[Request] = field(default_factory=list)
    _requests: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)

    async def upload_exports(self, count: int) -> None:
        """Upload an export for each of so many people, to be imported among the rest."""
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
        """Have so many more tasks begun, and an import while there are any."""
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
        """Have what is left of so many tasks begun, and of the imports: the last ones."""
        self.let_go(max(total - self._let_go, 0))
        while self._imports:
            self.let_go(0)
        self._requests.shutdown()

    async def begin(self) -> None:
        """Begin what is let go, from a few clients at once, until that was all."""
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
        """Send a request; False when the database is away."""
        answer = await self.client.post(
            request.path, json=request.body, headers=request.person.headers
        )
        if answer.status_code == 503:
            return False
        assert answer.status_code == 202, answer.text
        self.begun.add(UUID(answer.json()["id"]))
        return True
