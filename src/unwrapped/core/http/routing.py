"""Routers and routes of the API and of pages: they refuse repeated members and unknown
parameters.
"""

import json
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any, ClassVar

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute

from unwrapped.core.http.api_prefix import API
from unwrapped.core.http.problems import ALWAYS


class StrictRequest(Request):
    """A request whose JSON names no member twice: parsers differ in which one they use."""

    async def json(self) -> Any:
        """Return the body. Raises `JSONDecodeError`, which is answered with 422."""
        body = await self.body()
        return json.loads(body, object_pairs_hook=_each_once)


class StrictRoute(APIRoute):
    """A route that reads a `StrictRequest` and refuses unknown query parameters.

    Otherwise a misspelled filter would silently have no effect.
    """

    takes_any_parameters: ClassVar[bool] = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        fields = get_flat_params(self.dependant)
        known = [one.alias for one in fields if isinstance(one.field_info, Query)]

        async def handle_strictly(request: Request) -> Response:
            if not self.takes_any_parameters:
                _refuse_unknown(request, known)
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


class Overrides:
    """What tests put in the place of dependencies.

    Routes belong to no application: all applications of a process share it.
    """

    def __init__(self) -> None:
        self.dependency_overrides: dict[Callable[..., Any], Callable[..., Any]] = {}


OVERRIDES = Overrides()


class WholeRouter(APIRouter):
    """A router whose routes are whole where they are declared, and are added as they are.

    `include_router` builds every route again for each router around it, and matches a
    request router by router.
    """

    def add(self, *parts: APIRouter) -> None:
        """Add the routes of other routers."""
        for part in parts:
            self.routes.extend(part.routes)


class ApiRouter(WholeRouter):
    """A router of the API, of `StrictRoute`s unless it names another class."""

    def __init__(
        self,
        *,
        prefix: str,
        tags: list[str | Enum],
        route_class: type[StrictRoute] = StrictRoute,
    ) -> None:
        super().__init__(
            prefix=API + prefix,
            tags=tags,
            route_class=route_class,
            responses=ALWAYS,
            generate_unique_id_function=operation_id,
            dependency_overrides_provider=OVERRIDES,
        )


def operation_id(route: APIRoute) -> str:
    """The name of an operation in generated clients: that of its function."""
    return route.name


class LinkRoute(StrictRoute):
    """A route whose address people share: messengers and sites append parameters to it."""

    takes_any_parameters = True


class PageRoute(LinkRoute):
    """A route of a page: clients that accept anything (`*/*`) get HTML."""

    is_page: ClassVar[bool] = True


class PageRouter(WholeRouter):
    """A router of pages, which the OpenAPI document leaves out."""

    def __init__(self, *, route_class: type[PageRoute] = PageRoute) -> None:
        super().__init__(
            route_class=route_class,
            include_in_schema=False,
            dependency_overrides_provider=OVERRIDES,
        )


def _refuse_unknown(request: Request, known: list[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        takes = f"it takes {', '.join(known)}" if known else "it takes none"
        message = f"This endpoint has no such parameter: {takes}."
        raise RequestValidationError(
            [{"loc": ("query", name), "msg": message} for name in unknown]
        )


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise json.JSONDecodeError("a member is repeated", "", 0)
    return members
