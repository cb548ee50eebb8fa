"""The service as a separate process, for benchmarks that send requests to it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from benchmarks.service_database import SECRET
from unwrapped.core.process_resources import Resources

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 300
"""Long enough for a machine that must read all modules from its disk."""

UNLIMITED = dict.fromkeys(
    ("SIGN_INS_PER_ACCOUNT", "SIGN_INS_PER_ADDRESS", "REFRESHES_PER_SESSION"), "1000000"
)
"""Settings with limits that no benchmark reaches."""


@asynccontextmanager
async def service(
    resources: Resources,
    port: int,
    options: Sequence[str] = ("--no-worker",),
    /,
    **environment: str,
) -> AsyncIterator[httpx2.AsyncClient]:
    """Run `unwrapped serve` on the database of the resources; yield a client."""
    command = ["unwrapped", "serve", *options, "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET}
        | {"DATABASE_URL": resources.database.address.for_asyncpg()}
        | environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        try:
            await until_ready(process, client)
            yield client
        finally:
            process.terminate()
            await process.wait()


async def until_ready(
    process: asyncio.subprocess.Process,
    client: httpx2.AsyncClient,
    path: str = "/readyz",
) -> None:
    """Wait until a path answers with success. Raises `RuntimeError` if the process
    ends.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if process.returncode is not None:
                raise RuntimeError(f"{client.base_url} ended: {process.returncode}")
            try:
                if (await client.get(path)).is_success:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)
