"""Answers that refuse a connection or its headers before the application sees a
request.
"""

from http import HTTPStatus

from unwrapped.core.http.problems import problem


def _refusal(status: HTTPStatus, code: str, detail: str) -> bytes:
    """The bytes of an answer after which the connection is closed."""
    answer = problem(status, code, detail, headers={"Connection": "close"})
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])


TOO_LATE = _refusal(
    HTTPStatus.REQUEST_TIMEOUT,
    "request_timeout",
    "The headers of the request did not come in time.",
)
TOO_MANY = _refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many_connections",
    "There are too many connections, from this address or in total. Close some, or try"
    " again later. The operator of this service can raise CONNECTIONS_PER_ADDRESS and"
    " MAX_CONNECTIONS.",
)


def too_large(headers: int, header_bytes: int) -> bytes:
    """The answer to headers that exceed these limits."""
    return _refusal(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers_too_large",
        f"A request may have {headers:,} headers, and"
        f" {header_bytes:,} bytes in them and its first line.",
    )
