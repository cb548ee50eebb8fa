"""Browsers get problems as pages, at every address."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.attacks import attack
from tests.auth.operations import operations, send
from tests.web.parsed import parse
from unwrapped.core.http.problems import Fault, Problem
from unwrapped.web.problem_page import problem_page

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ME, REGISTER = "/api/v1/auth/me", "/api/v1/auth/register"
FORM = {"Content-Type": "application/json"}
SHARE = "/s/" + "x" * 32

PROBLEMS = {
    "400": ("GET", "/healthz", {"Host": "a b"}, b"", 400, "bad_request"),
    "401": ("GET", ME, {}, b"", 401, "invalid_token"),
    "404": ("GET", "/nowhere", {}, b"", 404, "not_found"),
    "404-api": ("GET", "/api/v1/nowhere", {}, b"", 404, "not_found"),
    "404-file": ("GET", "/static-offline-docs/x", {}, b"", 404, "not_found"),
    "404-asset": ("GET", "/static/x/css/base.css", {}, b"", 404, "asset_not_found"),
    "404-share": ("GET", SHARE, {}, b"", 404, "share_not_found"),
    "404-mistyped": ("GET", "/s/mistyped?utm=1", {}, b"", 404, "share_not_found"),
    "404-old": ("GET", "/api/v1/public/shares/x", {}, b"", 404, "share_not_found"),
    "405": ("POST", SHARE, {}, b"", 405, "method_not_allowed"),
    "413": ("POST", REGISTER, {}, b"x" * 70_000, 413, "content_too_large"),
    "421": ("GET", "/", {"Host": "evil.example"}, b"", 421, "misdirected_request"),
    "422": ("POST", REGISTER, FORM, b"{", 422, "malformed"),
}


@attack(45, "problem-page")
@pytest.mark.parametrize("asked", PROBLEMS.values(), ids=PROBLEMS.keys())
async def test_a_browser_sees_a_page_and_a_program_a_problem(
    client: httpx2.AsyncClient, asked: tuple[str, str, dict[str, str], bytes, int, str]
) -> None:
    method, path, headers, content, status, code = asked
    shown = await client.request(
        method, path, headers=headers | BROWSER, content=content
    )
    assert shown.status_code == status
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in shown.headers["Vary"]
    assert "set-cookie" not in shown.headers
    policy = shown.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src" not in policy
    page = parse(shown.text)
    # Guests of a dead link get words, and no code.
    assert [one.text for one in page.all("code")] == ([] if status == 404 else [code])
    assert page.one("a").attributes["href"] == "/"
    is_page = path.startswith(("/s/", "/portraits/", "/static/"))
    for accept in ("application/json", "*/*"):
        asking = headers | {"Accept": accept}
        reply = await client.request(method, path, headers=asking, content=content)
        assert reply.status_code == status
        assert reply.headers.get("Allow") == shown.headers.get("Allow")
        if is_page and accept == "*/*":
            assert reply.content == shown.content
            continue
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == code


async def test_every_operation_shows_its_problems_to_browsers_as_pages(
    client: httpx2.AsyncClient, app: FastAPI
) -> None:
    for operation in operations(app):
        answer = await send(client, operation.request(), BROWSER)
        if answer.status_code >= 400:
            kind = answer.headers["Content-Type"]
            assert kind == "text/html; charset=utf-8", operation.name


@attack(25, "problem-page")
def test_input_that_a_problem_repeats_is_escaped() -> None:
    evil = "<script>alert('x')</script>\u202e"
    fault = Fault(where=f"query.{evil}", message=evil)
    shown = problem_page(
        Problem(title=evil, status=451, code="odd", detail=f"{evil}!", faults=[fault]),
        {"Retry-After": "7"},
    )
    text = bytes(shown.body).decode()
    assert (shown.status_code, shown.headers["Retry-After"]) == (451, "7")
    assert "<script" not in text
    assert text.count("&lt;script") == 4 + 1
