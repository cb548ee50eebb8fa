"""`unwrapped worker` as a user runs it: as many as they like, beside web processes."""

import signal
from pathlib import Path

import pytest

from tests.cli.running import assert_refused
from tests.cli.service import SECRET, Place, tour


def test_workers_and_web_share_the_embedded_database(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        web = place.serve("--no-worker")
        web.ready()
        worker = place.worker()
        assert "6. Anybody" in tour(web.address)
        # The last one out stops the database; until then it serves those who are left.
        assert web.stop() == -signal.SIGTERM
        server = place.cluster() / "data" / "postmaster.pid"
        assert server.exists()
        assert worker.stop() == 0
        assert not server.exists()
        place.assert_nothing_left()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_well_when_told_to(tmp_path: Path, how: signal.Signals) -> None:
    with Place(tmp_path) as place:
        worker = place.worker()
        worker.told("worker.ready")
        assert worker.stop(how) == 0
        place.assert_nothing_left()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY has a key of 5 bytes"),
        ("WORKER_CONCURRENCY", "1", "WORKER_CONCURRENCY"),
        ("DATABASE_URL", "postgresql://u@127.0.0.1:1/x", "SECRET_KEY is not set"),
    ],
)
def test_what_cannot_work_is_one_line(
    tmp_path: Path, setting: str, value: str, said: str
) -> None:
    with Place(tmp_path) as place:
        assert_refused(place.run("worker", **{setting: value}), said)


def test_a_database_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql://u:pw@127.0.0.1:1/x", "SECRET_KEY": SECRET}
    with Place(tmp_path) as place:
        assert_refused(place.run("worker", **env), "No connection to the database")
