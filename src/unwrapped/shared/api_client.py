"""Calls of external services: limited in time, size and tries, without redirects.

Every failure is an `ExternalAPIError`, whose message contains the name of the service
but nothing that was sent or received.
"""

import asyncio
import json
import math
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version

import httpx2
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
)

from unwrapped.core.exceptions import ExternalAPIError

SECONDS = 10.0
"""The limit for all tries together, and for all requests of a sign-in."""

MOST_BYTES = 256 * 1024
ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 2.0
"""A service that asks to wait longer than this is not tried again."""


class ServiceUnreachable(ExternalAPIError):
    """The service did not answer, or not in time."""

    code = "service_unreachable"


class ServiceFailing(ExternalAPIError):
    """The service answered that it cannot serve now (5xx)."""

    code = "service_failing"


class ServiceOverloaded(ExternalAPIError):
    """The service answered that there were too many requests (429)."""

    code = "service_overloaded"


class UnexpectedAnswer(ExternalAPIError):
    """The answer is not in a form that this program can read."""

    code = "unexpected_answer"


SERVICE_PROBLEMS = (
    ServiceUnreachable,
    ServiceFailing,
    ServiceOverloaded,
    UnexpectedAnswer,
)
"""The errors that an endpoint that calls an external service can raise."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status of 2xx or 4xx, except 429."""

    service: str
    status: int
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the request succeeded."""
        return self.status < HTTPStatus.MULTIPLE_CHOICES

    def json_object(self) -> dict[str, object]:
        """Return the body, a JSON object. Raises `UnexpectedAnswer`."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise UnexpectedAnswer(
                f"{self.service} answered with something other than JSON."
            ) from error
        if not isinstance(value, dict):
            raise UnexpectedAnswer(
                f"{self.service} answered with something other than a JSON object."
            )
        return value


def open_http_client() -> httpx2.AsyncClient:
    """Create the HTTP client of all `ApiClient`s of a process."""
    return httpx2.AsyncClient(
        # A cookie set for one person must not be sent for another.
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "User-Agent": f"unwrapped/{version('unwrapped')}",
            "Accept": "application/json",
            # A small compressed answer can become a large one.
            "Accept-Encoding": "identity",
        },
        follow_redirects=False,
        timeout=SECONDS,
        verify=_trusted(),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The trusted CAs, loaded once per process: loading takes longer than a sign-in."""
    return httpx2.create_ssl_context()


@asynccontextmanager
async def answers_in_time(
    service: str, seconds: float | None = None
) -> AsyncIterator[None]:
    """Raise `ServiceUnreachable` if the block takes longer than `seconds`."""
    seconds = SECONDS if seconds is None else seconds
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise ServiceUnreachable(
            f"{service} did not answer within {seconds:g} seconds."
        ) from error


class ApiClient:
    """Calls one service."""

    def __init__(self, service: str, http: httpx2.AsyncClient) -> None:
        self.service = service
        """Its name, for people."""
        self._http = http

    async def get(
        self,
        url: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a GET, which is repeated when that may help.

        Raises `ExternalAPIError`, with `retry_after` if the service gave one. Other
        refusals (4xx) are returned.
        """
        request = self._http.build_request("GET", url, params=params, headers=headers)
        tries = AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            reraise=True,
        )
        async with answers_in_time(self.service):
            return await tries(self._send, request)

    async def post_form(
        self, url: str, form: dict[str, str], *, headers: dict[str, str] | None = None
    ) -> Answer:
        """Post a form, once: a second time might have another effect.

        Raises `ExternalAPIError` as `get` does.
        """
        request = self._http.build_request("POST", url, data=form, headers=headers)
        async with answers_in_time(self.service):
            return await self._send(request)

    async def post_json(
        self,
        url: str,
        value: object,
        *,
        headers: dict[str, str] | None = None,
        seconds: float,
    ) -> Answer:
        """Post a JSON value, once, within `seconds`.

        Raises `ExternalAPIError` as `get` does.
        """
        request = self._http.build_request(
            "POST", url, json=value, headers=headers, timeout=seconds
        )
        async with answers_in_time(self.service, seconds):
            return await self._send(request)

    async def _send(self, request: httpx2.Request) -> Answer:
        try:
            response = await self._http.send(request, stream=True)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ServiceUnreachable(f"{self.service} cannot be reached.") from error
        try:
            self._require_answer(response)
            return Answer(
                self.service, response.status_code, await self._body(response)
            )
        except httpx2.HTTPError as error:
            raise ServiceUnreachable(
                f"{self.service} broke off during its answer."
            ) from error
        finally:
            await response.aclose()

    def _require_answer(self, response: httpx2.Response) -> None:
        status = response.status_code
        retry_after = seconds_to_wait(response.headers.get("Retry-After"))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ServiceOverloaded(
                f"{self.service} receives too many requests.", retry_after
            )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServiceFailing(
                f"{self.service} has a problem of its own ({status}).", retry_after
            )
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise UnexpectedAnswer(f"{self.service} redirects elsewhere.")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnexpectedAnswer(
                f"{self.service} compresses its answers without being asked."
            )

    async def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MOST_BYTES:
                raise UnexpectedAnswer(f"The answer of {self.service} is too long.")
        return bytes(body)


def seconds_to_wait(header: str | None) -> int | None:
    """Parse `Retry-After` (RFC 9110, 10.2.3): seconds or a time; None for neither."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdecimal():
        # Very long numbers are cut: any large one means the same.
        return int(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, math.ceil((moment - datetime.now(UTC)).total_seconds()))


def _may_pass(error: BaseException) -> bool:
    return (
        isinstance(error, (ServiceUnreachable, ServiceFailing, ServiceOverloaded))
        and (error.retry_after or 0) <= LONGEST_WAIT_SECONDS
    )


def _wait(state: RetryCallState) -> float:
    """The next pause: twice the one before, or as long as the service asks for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ExternalAPIError) else None
    backoff = FIRST_WAIT_SECONDS * 2.0 ** (state.attempt_number - 1)
    return backoff if asked is None else max(backoff, asked)
