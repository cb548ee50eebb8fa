"""Debian's `scrobbler`, which sends what a portable player has written down."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.clients.programs import program
from tests.clients.service import NAME, Service
from unwrapped.web.pages.scrobblers.clients import clients_for

pytestmark = pytest.mark.clients

PLAYS, BATCH = 60, 50
_HEAD = "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Rockbox\n"


def send(folder: Path, service: Service, token: str, first: int) -> str:
    """What `scrobbler` says of a log with a play a minute; every third was skipped."""
    device = folder / "device"
    device.mkdir(exist_ok=True)
    rows = [
        f"The Quiet Tides\tHalf\tSilence {n}\t{n + 1}\t31\t{'S' if n % 3 == 2 else 'L'}\t{first + 60 * n}\t\n"
        for n in range(PLAYS)
    ]
    (device / ".scrobbler.log").write_text(_HEAD + "".join(rows), encoding="utf-8")
    configuration = folder / ".config" / "qtscrob" / "qtscrob.conf"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    listed = clients_for(service.address, NAME, token)
    [client] = [one for one in listed if "scrobbler.log" in one.title]
    configuration.write_text(client.entries[-1].value)
    running = subprocess.Popen(
        (program("scrobbler"), "-f", "-l", str(device), "-v", "5"),
        env={"HOME": str(folder), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        return running.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:  # as after a refusal
        running.kill()
        return running.communicate()[0]


def test_a_log_is_sent_in_batches_and_counts_once(
    service: Service, tmp_path: Path
) -> None:
    token = service.make_token("Rockbox")
    first = int(time.time()) - 60 * PLAYS - 600
    folder = tmp_path / "scrobbler"
    folder.mkdir()
    refused = send(folder, service, token[:-1], first)
    assert "username or password" in refused.lower() or "BADAUTH" in refused, refused
    service.kill()
    assert "refused" in send(folder, service, token, first)
    service.start()
    assert service.counted() == []
    heard = [f"Silence {n}" for n in range(PLAYS) if n % 3 != 2]
    for _ in range(2):  # as after an answer that was lost
        send(folder, service, token, first)
        service.waits_for(*heard)
    assert service.token_of("Rockbox")["last_answer"] == "OK"
