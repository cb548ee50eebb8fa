"""The page about the API and the document that it shows."""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr

from tests.attacks import attack
from tests.conftest import SECRET
from unwrapped.core.config import Settings
from unwrapped.core.http.problems import MEDIA_TYPE, Problem
from unwrapped.main import create_app

# Chromium has shown that the page works under this policy.
SOURCES = re.compile(r'(?:src|href)="([^"]*)"')


@pytest.fixture(scope="module")
def undocumented() -> FastAPI:
    """The application without the page."""
    return create_app(Settings(secret_key=SecretStr(SECRET), api_docs=False))


async def test_the_page_loads_only_what_is_here(client: httpx2.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    sources = SOURCES.findall(page.text)
    assert len(sources) == 3
    for source in sources:
        assert (await client.get(source)).status_code == 200
    [document] = re.findall(r"url: '([^']*)'", page.text)
    assert (await client.get(document)).json()["info"]["title"] == "Unwrapped"


async def test_the_policy_allows_the_script_of_the_page_by_its_hash(
    client: httpx2.AsyncClient,
) -> None:
    page = await client.get("/docs")
    [script] = re.findall(rb"<script>(.*?)</script>", page.content, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@attack(51, "turned-off")
@pytest.mark.parametrize(
    "path",
    [
        *("/docs", "/docs/", "/redoc", "/docs/oauth2-redirect", "/openapi.json"),
        *("/static-offline-docs/swagger-ui-bundle.js", "/static-offline-docs/"),
    ],
)
async def test_a_setting_turns_it_off(undocumented: FastAPI, path: str) -> None:
    transport = httpx2.ASGITransport(app=undocumented)
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://localhost"
    ) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@attack(51, "debug")
def test_no_application_is_in_debug_mode(app: FastAPI) -> None:
    assert app.debug is False


@pytest.fixture
async def document(client: httpx2.AsyncClient) -> Any:
    """The document, as it is served."""
    return (await client.get("/openapi.json")).json()


def documented(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_the_document_is_valid(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    faults = OpenAPIV31SpecValidator(document).iter_errors()
    assert [fault.message for fault in faults] == []


async def test_operations_are_named_after_their_functions(document: Any) -> None:
    ids = [operation["operationId"] for _, operation in documented(document)]
    assert len(set(ids)) == len(ids)
    assert {"list_listens", "list_tasks", "begin_analysis"} <= set(ids)
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", one) for one in ids)


@pytest.mark.sweep
async def test_every_problem_of_an_operation_has_an_example(document: Any) -> None:
    for name, operation in documented(document):
        for status, response in operation["responses"].items():
            if int(status) < 400 or name == "GET /readyz":
                continue
            [(media_type, content)] = response["content"].items()
            assert media_type == MEDIA_TYPE, (name, status)
            examples = content["examples"]
            assert " or ".join(examples) == response["description"], (name, status)
            for code, example in examples.items():
                shown = Problem.model_validate(example["value"], strict=True)
                assert (shown.code, shown.status) == (code, int(status)), name
                assert shown.detail, (name, status)
