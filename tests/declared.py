"""Checks that `responses=` of an endpoint declares all problems that it answers with."""

import json
from functools import lru_cache

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unwrapped.core.http.problems import MEDIA_TYPE

type Codes = dict[str, frozenset[str]]

CRASHED = "internal_error"
"""The code of a crash, which no endpoint declares and tests provoke on purpose."""


class UndeclaredProblem(AssertionError):
    """The OpenAPI document does not declare a problem of the operation."""


@lru_cache(maxsize=1)
def declared_codes(app: FastAPI) -> Codes:
    """The codes of the problems of each operation, `GET /path/{of}/it 404`."""
    return {
        f"{method.upper()} {path} {status}": frozenset(
            response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
        )
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
        for status, response in operation["responses"].items()
    }


@lru_cache(maxsize=1)
def _operations(app: FastAPI) -> frozenset[str]:
    return frozenset(named.rpartition(" ")[0] for named in declared_codes(app))


def checked(app: FastAPI) -> ASGIApp:
    """The application; a request that ends in one raises `UndeclaredProblem`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        status, is_problem, body = 0, False, b""

        async def send_on(message: Message) -> None:
            nonlocal status, is_problem, body
            if message["type"] == "http.response.start":
                status = message["status"]
                is_problem = (b"content-type", MEDIA_TYPE.encode()) in message[
                    "headers"
                ]
            elif is_problem:
                body += message.get("body", b"")
            await send(message)

        await app(scope, receive, send_on)
        operation = _operation(scope)
        # The document leaves pages out.
        if is_problem and operation in _operations(app):
            code = json.loads(body)["code"]
            known = declared_codes(app).get(f"{operation} {status}", frozenset())
            if code not in known and code != CRASHED:
                raise UndeclaredProblem(
                    f"{operation} answers {status} {code}: add the error of that code to"
                    f" responses=problems(...) of {scope['endpoint'].__name__} in"
                    f" {scope['endpoint'].__module__}"
                )

    return answer


def _operation(scope: Scope) -> str | None:
    """The operation of a request as the document names it; None if it reached none."""
    route = scope.get("route")
    if route is None or scope["method"] not in route.methods:
        return None
    segments = scope["path"].split("/")
    template = "/".join(segments[: len(segments) - route.path.count("/")]) + route.path
    return f"{scope['method']} {template}"
