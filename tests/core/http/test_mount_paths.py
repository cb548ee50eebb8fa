"""Requests below mounts reach their routers, however clients write their addresses."""

import httpx2
import pytest
from fastapi import APIRouter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from unwrapped.core.domain import Mount
from unwrapped.core.http.mount_paths import MountPaths, is_below

MOUNTS = (
    Mount(prefix="/1", load=APIRouter),
    Mount(prefix="/apis/old", load=APIRouter, root_parameter=("hs", "true")),
)


async def _path(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.url.path}?{request.url.query}")


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/1/submit", "/1/submit?"),
        ("/1/submit/", "/1/submit?"),
        ("//1///submit//?a=//", "/1/submit?a=//"),
        ("/1/", "/1?"),
        ("/1/%C3%A9/", "/1/é?"),
        ("/apis//old/?x=1", "/apis/old?x=1"),
        ("/?hs=true&p=1.2", "/apis/old?hs=true&p=1.2"),
        ("//?p=1.2&hs=true", "/apis/old?p=1.2&hs=true"),
        # What is not below a mount stays as it is.
        ("/?hs=false", "/?hs=false"),
        ("/?", "/?"),
        ("/10//x/", "/10//x/?"),
        ("/api//v1/", "/api//v1/?"),
        ("/apis/older/", "/apis/older/?"),
    ],
)
async def test_the_path_that_is_reached(asked: str, reached: str) -> None:
    inner = Starlette(routes=[Route("/{path:path}", _path)])
    transport = httpx2.ASGITransport(app=MountPaths(inner, MOUNTS))
    async with httpx2.AsyncClient(transport=transport) as client:
        answer = await client.get(f"http://testserver{asked}")
    assert answer.text == reached


def test_a_prefix_ends_with_its_segment() -> None:
    assert is_below("/1", "/1")
    assert is_below("/1/x", "/1")
    assert not is_below("/10", "/1")
