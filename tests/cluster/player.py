"""A player that scrobbles, and remembers what it was answered."""

from contextlib import suppress
from dataclasses import dataclass, field

import httpx2

from tests.cli.service import NO_TLS
from tests.cluster.cluster import Cluster

AT = 1_700_000_000


@dataclass
class Reporting:
    """A player, and what it was answered 200 for."""

    token: str
    sent: int = 0
    answered: set[int] = field(default_factory=set)

    def report(self, url: str, batches: int) -> None:
        """Submit listens nobody has submitted yet."""
        headers = {"Authorization": f"Token {self.token}"}
        with httpx2.Client(base_url=url, verify=NO_TLS, headers=headers) as client:
            for _ in range(batches):
                self._submit(client)

    def _submit(self, client: httpx2.Client) -> None:
        times = [AT + 300 * (self.sent + n) for n in range(5)]
        self.sent += len(times)
        listens = [
            {
                "listened_at": at,
                "track_metadata": {"artist_name": "A", "track_name": f"T {at % 7}"},
            }
            for at in times
        ]
        body = {"listen_type": "import", "payload": listens}
        with suppress(httpx2.TransportError):
            answer = client.post("/1/submit-listens", json=body)
            if answer.status_code == 200:
                self.answered |= set(times)

    def assert_stored(self, cluster: Cluster) -> None:
        """Every listen that was answered is stored once, and none twice."""
        moments = ",".join(f"to_timestamp({at})" for at in sorted(self.answered))
        found = f"SELECT count(*) FROM listen WHERE started_at IN ({moments})"  # noqa: S608
        assert cluster.query(found) == len(self.answered)
        twice = "SELECT count(*) - count(DISTINCT (user_id, started_at)) FROM listen"
        assert cluster.query(twice) == 0
