"""Processes that are stopped while somebody watches a task."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.auth.factories import sign_in
from tests.cli.service import Place, Web, free_port
from tests.conftest import SECRET
from tests.tasks.events import events_of
from tests.tasks.workplace import Workplace
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources

PATIENCE_SECONDS = 60.0


def serve(place: Place, port: int, **env: str) -> Web:
    """`unwrapped serve`."""
    return place.serve("--no-worker", "--port", str(port), **env)


def plain_uvicorn(place: Place, port: int, **env: str) -> Web:
    """A server that waits for open streams without limit when it is stopped."""
    command = (sys.executable, "-m", "uvicorn", "unwrapped.main:app")
    env["WORKER"] = "false"
    return place.start(Web, (*command, "--port", str(port)), env)


@pytest.mark.parametrize("start", [serve, plain_uvicorn])
async def test_a_server_that_is_asked_to_stop_waits_for_no_watcher(
    workplace: Workplace,
    cloned_resources: Resources,
    clone: DatabaseAddress,
    tmp_path: Path,
    start: Callable[..., Web],
) -> None:
    ada = await sign_in(cloned_resources)
    task_id = await Workplace(workplace.resources, ada.id).begin("tests.work")
    port = free_port()
    with Place(tmp_path) as place:
        web = start(place, port, DATABASE_URL=clone.for_asyncpg(), SECRET_KEY=SECRET)
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS
        ) as client:
            await until_answering(client, web)
            path = f"/api/v1/tasks/{task_id}/events"
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                client.stream("GET", path, headers=ada.headers) as answer,
            ):
                events = events_of(answer)
                assert (await anext(events)).id == "1"
                web.process.send_signal(signal.SIGTERM)
                # It ends as a stream does, and is not cut off.
                assert [event async for event in events] == []
        assert await asyncio.to_thread(web.wait) == -signal.SIGTERM
        assert "graceful" not in web.said, web.said
        place.assert_nothing_left()


async def until_answering(client: httpx2.AsyncClient, web: Web) -> None:
    """Wait until the server takes connections."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            assert web.is_running, web.said
            try:
                assert (await client.get("/healthz")).is_success
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
