"""Calls of external services, over a transport that answers as services do."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.shared.api_client import (
    MOST_BYTES,
    ApiClient,
    ServiceFailing,
    ServiceOverloaded,
    ServiceUnreachable,
    UnexpectedAnswer,
    open_http_client,
    seconds_to_wait,
)

URL = "https://api.example.org/things"
SECRET = "hunter2-of-ada"  # noqa: S105 - of nobody

type Answer = Callable[[httpx2.Request], httpx2.Response]


class Service:
    """Answers one by one, and repeats the last one forever."""

    def __init__(self, *answers: Answer | httpx2.Response) -> None:
        self._answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        last = len(self._answers) == 1
        answer = self._answers[0] if last else self._answers.pop(0)
        return answer(request) if callable(answer) else answer

    def client(self) -> ApiClient:
        """A client of it."""
        transport = httpx2.MockTransport(self)
        return ApiClient("Example", httpx2.AsyncClient(transport=transport))


class Raw(httpx2.AsyncByteStream):
    """Bytes as they come over the wire."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data


def text(status: int, body: str = "", **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, stream=Raw(body.encode()), headers=named)


def refuse(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError(f"cannot reach {SECRET}", request=request)


async def test_an_answer_is_what_came_back() -> None:
    service = Service(text(200, '{"name": "Ada"}'))
    answer = await service.client().get(URL, params={"q": "a b"}, headers={"X-A": "1"})
    assert answer.is_success
    assert answer.json_object() == {"name": "Ada"}
    (request,) = service.requests
    assert (str(request.url), request.headers["X-A"]) == (f"{URL}?q=a+b", "1")


async def test_a_refusal_is_an_answer() -> None:
    service = Service(text(401, '{"error": "expired"}'))
    answer = await service.client().get(URL)
    assert (answer.status, answer.is_success) == (401, False)
    assert answer.json_object() == {"error": "expired"}
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "trouble",
    [refuse, text(500), text(503), text(429, Retry_After="0")],
    ids=["no connection", "500", "503", "429"],
)
async def test_a_request_whose_error_may_pass_is_tried_again(
    trouble: Answer | httpx2.Response,
) -> None:
    service = Service(trouble, text(200, "{}"))
    assert (await service.client().get(URL)).is_success
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (refuse, ServiceUnreachable),
        (text(502, SECRET), ServiceFailing),
        (text(429, SECRET, Retry_After="0"), ServiceOverloaded),
    ],
    ids=["no connection", "502", "429"],
)
async def test_an_error_that_persists_is_raised_without_the_text_of_the_service(
    trouble: Answer | httpx2.Response, expected: type[ExternalAPIError]
) -> None:
    service = Service(trouble)
    with pytest.raises(expected) as failed:
        await service.client().get(URL)
    assert "Example" in failed.value.message
    assert SECRET not in failed.value.message
    assert len(service.requests) == 3


async def test_a_service_that_asks_to_retry_later_is_not_waited_for() -> None:
    service = Service(text(429, Retry_After="74214"))
    with pytest.raises(ServiceOverloaded) as failed:
        await service.client().get(URL)
    assert failed.value.retry_after == 74214
    assert len(service.requests) == 1


async def test_a_form_is_sent_once() -> None:
    service = Service(text(503))
    with pytest.raises(ServiceFailing):
        await service.client().post_form(URL, {"code": "a&b=c"})
    (request,) = service.requests
    assert request.content == b"code=a%26b%3Dc"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    service = Service(text(status, Location="http://169.254.169.254/latest"))
    with pytest.raises(UnexpectedAnswer):
        await service.client().get(URL)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1]", '"x"', "<html>", "NaN", "[" * 100_000, "\ud800"],
    ids=["nothing", "half", "list", "text", "page", "NaN", "deep", "no UTF-8"],
)
async def test_an_answer_that_is_not_a_json_object_is_unexpected(body: str) -> None:
    raw = httpx2.Response(200, stream=Raw(body.encode(errors="surrogatepass")))
    answer = await Service(raw).client().get(URL)
    with pytest.raises(UnexpectedAnswer):
        answer.json_object()


async def endless(piece: bytes, sent: list[int]) -> AsyncIterator[bytes]:
    for _ in range(1_000_000):
        sent.append(len(piece))
        yield piece


async def test_an_endless_answer_is_cut_off() -> None:
    sent: list[int] = []
    endless_answer = httpx2.Response(200, content=endless(b"x" * 65_536, sent))
    with pytest.raises(UnexpectedAnswer, match="too long"):
        await Service(endless_answer).client().get(URL)
    assert sum(sent) <= MOST_BYTES + 2 * 65_536


async def test_a_compressed_answer_is_refused() -> None:
    service = Service(httpx2.Response(200, stream=Raw(b"\x1f\x8b"), headers={"Content-Encoding": "gzip"}))  # fmt: skip
    with pytest.raises(UnexpectedAnswer, match="without being asked"):
        await service.client().get(URL)


def broken_off(request: httpx2.Request) -> httpx2.Response:
    async def half() -> AsyncIterator[bytes]:
        yield b'{"name"'
        raise httpx2.ReadError("gone", request=request)

    return httpx2.Response(200, content=half())


async def test_a_truncated_answer_is_an_error() -> None:
    service = Service(broken_off)
    with pytest.raises(ServiceUnreachable, match="broke off"):
        await service.client().get(URL)


async def test_a_cookie_for_one_person_is_not_sent_for_another() -> None:
    async with open_http_client() as http:
        assert not http.follow_redirects
        request = http.build_request("GET", URL)
        answer = httpx2.Response(200, request=request, headers={"Set-Cookie": "a=b"})
        http.cookies.extract_cookies(answer)
        assert "Cookie" not in http.build_request("GET", URL).headers
        assert request.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("9" * 5000, 999_999_999),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0661", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds(header: str | None, expected: int | None) -> None:
    assert seconds_to_wait(header) == expected


def test_retry_after_may_be_a_time() -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    assert 3590 < (seconds_to_wait(format_datetime(until, usegmt=True)) or 0) <= 3601
