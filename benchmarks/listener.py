"""A client that is signed in to the measured service, as a browser is."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import httpx2

from benchmarks.service_database import PASSWORD
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.core.http.api_prefix import API

PATIENCE_SECONDS = 600
FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(slots=True)
class Listener:
    """A client that sends the `Secure` session cookie itself: libraries send it over
    HTTPS only.
    """

    client: httpx2.AsyncClient
    headers: dict[str, str]

    @classmethod
    async def sign_in(cls, client: httpx2.AsyncClient, username: str) -> "Listener":
        """Sign in by the form, with `PASSWORD`; return the client."""
        form = {"username": username, "password": PASSWORD}
        answer = await client.post("/sign-in", data=form, headers=FROM_OUR_PAGE)
        found = re.search(rf"{COOKIE}=[^;]+", str(answer.headers.multi_items()))
        if found is None:
            raise RuntimeError(answer.text)
        return cls(client, FROM_OUR_PAGE | {"Cookie": found[0]})

    async def get(self, path: str, accept: str = "text/html") -> httpx2.Response:
        """The answer for a path. Raises `RuntimeError` unless it is a success."""
        return await self._request("GET", path, headers={"Accept": accept})

    async def api(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """An answer of the API."""
        return dict((await self._request(method, f"{API}{path}", **content)).json())

    async def import_export(self, export: bytes) -> str:
        """Import a file and wait for the end; return the id of the import."""
        upload = await self.api(
            "POST", "/music/uploads?name=export.zip", content=export
        )
        begun = await self.api(
            "POST", "/music/imports", json={"uploads": [upload["id"]]}
        )
        return await self._done(begun["id"])

    async def judge(self) -> str:
        """Have the whole history judged; return the id of the analysis."""
        begun = await self.api("POST", "/music/analysis/begin?period=all")
        return await self._done(begun["id"])

    async def _done(self, task: str) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (read := await self.api("GET", f"/tasks/{task}"))[
                "status"
            ] != "completed":
                if read["status"] == "failed":
                    raise RuntimeError(read["error_message"])
                await asyncio.sleep(0.2)
        return task

    async def _request(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        **content: Any,
    ) -> httpx2.Response:
        said = self.headers | (headers or {})
        answer = await self.client.request(
            method, path, headers=said, timeout=PATIENCE_SECONDS, **content
        )
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer
