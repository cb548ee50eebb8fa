"""Servers on loopback that imitate an unavailable one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

type Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, port: int = 0) -> AsyncIterator[int]:
    """A server on loopback; at the end all its connections are cut."""
    server = await asyncio.start_server(handler, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()


def refusing(code: str) -> Handler:
    """A handler that refuses connections as PostgreSQL does, with this SQLSTATE."""

    async def refuse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked_for_tls = await reader.readexactly(8)
        assert int.from_bytes(asked_for_tls[4:]) == 80877103
        writer.write(b"N")
        await reader.read(1)
        fields = f"SFATAL\0VFATAL\0C{code}\0Mnot now\0\0".encode()
        writer.write(b"E" + (len(fields) + 4).to_bytes(4) + fields)
        await writer.drain()
        writer.close()

    return refuse
