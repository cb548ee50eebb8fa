"""A test whose request ends in a problem that the document does not name fails."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.declared import UndeclaredProblem, checked
from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.core.http.problems import add_problem_handlers, problems
from unwrapped.core.http.routing import ApiRouter


@pytest.fixture
def forgetful() -> FastAPI:
    """An application with an endpoint that declares one of its two errors."""
    router = ApiRouter(prefix="/things", tags=["things"])

    @router.get("/{name}", responses=problems(NotFound))
    async def read_thing(name: str) -> None:
        raise NotFound("gone") if name == "gone" else Conflict("taken")

    app = FastAPI()
    app.include_router(router)
    add_problem_handlers(app)
    return app


async def test_an_undeclared_error_is_named_with_the_endpoint_to_change(
    forgetful: FastAPI,
) -> None:
    transport = httpx2.ASGITransport(app=checked(forgetful))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://test"
    ) as client:
        assert (await client.get("/api/v1/things/gone")).status_code == 404
        assert (await client.get("/api/v1/nowhere")).status_code == 404
        assert (await client.put("/api/v1/things/gone")).status_code == 405
        with pytest.raises(UndeclaredProblem) as failure:
            await client.get("/api/v1/things/taken")
    assert str(failure.value) == (
        "GET /api/v1/things/{name} answers 409 conflict: add the error of that code to"
        f" responses=problems(...) of read_thing in {__name__}"
    )
