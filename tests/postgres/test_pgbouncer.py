"""PgBouncer between the service and its database."""

import subprocess

import pytest

from tests import processes
from tests.cluster.cluster import Cluster, Listener
from tests.cluster.exports import export_of
from tests.cluster.player import Reporting
from tests.postgres.servers import Postgres, pgbouncer
from tests.processes import UNWRAPPED, environment
from tests.waiting import until

ROWS = 5_000

pytestmark = pytest.mark.postgres


def test_all_works_through_sessions(primary: Postgres, cluster: Cluster) -> None:
    address = pgbouncer(primary.start(), "session")
    cluster.environment["DATABASE_URL"] = address.for_asyncpg()
    upgraded = run(cluster, "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    server = cluster.serve().until_ready()
    listener = Listener(server.url, "ada")

    task = listener.begin_import(listener.upload("export.zip", export_of(ROWS)))
    assert listener.states(task)[-1] == "completed"
    assert listener.result(task)["stored"] == ROWS
    analysis = listener.begin_analysis("UTC")
    assert listener.states(analysis)[-1] == "completed"

    player = Reporting(listener.make_scrobbling_token("kitchen"))
    player.report(server.url, 3)
    assert len(player.answered) == 15
    stored = "SELECT count(*) FROM listen"
    until(lambda: cluster.query(stored) == ROWS + 15 or None)
    listener.close()
    said = server.log.read_text()
    assert "database.deaf" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("transaction", b"Set `pool_mode = session` in PgBouncer"),
        ("statement", b"not allowed in statement pooling mode"),
    ],
)
def test_what_lends_connections_for_less_is_refused(
    primary: Postgres, cluster: Cluster, mode: str, words: bytes
) -> None:
    address = pgbouncer(primary.start(), mode)
    cluster.environment["DATABASE_URL"] = address.for_asyncpg()
    for command in (("db", "upgrade"), ("serve", "--port", "0"), ("worker",)):
        refused = run(cluster, *command)
        assert refused.returncode == 2, command
        assert words in refused.stdout + refused.stderr, command
        assert b"Traceback" not in refused.stderr


def run(cluster: Cluster, *command: str) -> subprocess.CompletedProcess[bytes]:
    """`unwrapped COMMAND`, run to its end."""
    ours = {"UNWRAPPED_HOME": str(cluster.home)} | cluster.environment
    return processes.run((*UNWRAPPED, *command), env=environment(**ours))
