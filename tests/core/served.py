"""The application on a real socket, spoken to byte by byte."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.waiting import eventually
from unwrapped.cli.web_server import server_options
from unwrapped.core.config import Settings

PATIENCE_SECONDS = 30.0


@asynccontextmanager
async def served(app: ASGIApp, settings: Settings) -> AsyncIterator[int]:
    """The port on loopback where `serve` would have the application."""
    options = server_options(settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", **options))
    serving = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        # A server without an access log silences it for the whole process.
        logging.getLogger("uvicorn.access").propagate = True


async def exchange(port: int, request: bytes) -> bytes:
    """Return all bytes of the answer, until the server closes the connection."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read(-1)
        writer.close()
        await writer.wait_closed()
    return answer
