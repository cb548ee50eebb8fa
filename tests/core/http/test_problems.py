"""Every error is answered as problem+json, without repeating the input."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from tests.attacks import attack
from tests.auth.factories import HASHED, SignedIn, sign_in
from tests.auth.operations import JSON, Operation, operations, send
from tests.auth.origins import FROM_OWN_PAGE
from unwrapped.core.exceptions import (
    AppException,
    Conflict,
    ContentTooLarge,
    ExternalAPIError,
    Forbidden,
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UserNotFoundError,
)
from unwrapped.core.http.problems import ALWAYS, problem, problems, status_of
from unwrapped.core.process_resources import Resources

PROBLEM = "application/problem+json"
ME, REGISTER = "/api/v1/auth/me", "/api/v1/auth/register"
MARK = "xylophone"


@pytest.fixture(scope="module")
def every(app: FastAPI) -> list[Operation]:
    """Every operation."""
    return operations(app)


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody who is signed in."""
    return await sign_in(resources, password_hash=HASHED)


@pytest.fixture
async def admin(resources: Resources) -> SignedIn:
    """Somebody who may ask for everything."""
    return await sign_in(resources, password_hash=HASHED, role="administrator")


def assert_problem(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == PROBLEM
    problem = answer.json()
    assert problem.keys() - {"faults"} == {"title", "status", "code", "detail"}
    assert problem["status"] == status


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Invalid, 400),
        (ContentTooLarge, 413),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (UserNotFoundError, 404),
        (Conflict, 409),
        (TooManyRequests, 429),
        (Unavailable, 503),
        (ExternalAPIError, 502),
        (AppException, 500),
    ],
)
def test_every_kind_has_a_status(kind: type[AppException], status: int) -> None:
    assert status_of(kind) == status


def test_a_declared_status_keeps_the_codes_of_every_endpoint() -> None:
    for error in (Invalid, ContentTooLarge, Unavailable):
        own = problems(error)[status_of(error)]["content"][PROBLEM]["examples"]
        every = ALWAYS[status_of(error)]["content"][PROBLEM]["examples"]
        assert own.keys() == every.keys() | {error.code}


def test_the_codes_of_one_status_are_shown_together() -> None:
    documented = problems(NotFound, Conflict, UserNotFoundError)
    assert documented[404]["description"] == "not_found or user_not_found"
    assert documented[409]["description"] == "conflict"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("GET", "/api/v1/auth/%00", 404, "not_found"),
        ("GET", "/%ED%A0%80", 404, "not_found"),
        ("GET", "/api/v1/public/shares/x", 404, "share_not_found"),
        ("GET", REGISTER, 405, "method_not_allowed"),
        ("DELETE", ME, 405, "method_not_allowed"),
        ("TRACE", ME, 405, "method_not_allowed"),
        ("OPTIONS", ME, 405, "method_not_allowed"),
        ("ANYTHING", ME, 405, "method_not_allowed"),
    ],
)
async def test_a_path_that_does_not_exist_is_a_problem(
    client: httpx2.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert_problem(answer, status)
    assert answer.json()["code"] == code


@attack(46, "override")
async def test_no_operation_answers_to_a_method_it_does_not_have(
    client: httpx2.AsyncClient, every: list[Operation], ada: SignedIn
) -> None:
    for path in {one.path for one in every}:
        own = {one.method: one for one in every if one.path == path}
        some = next(iter(own.values()))
        for method in {"HEAD", "OPTIONS", "PUT"} - own.keys():
            request = some.request()
            request.method = method
            overriding = {"X-HTTP-Method-Override": some.method, **ada.headers}
            answer = await send(client, request, overriding)
            assert answer.status_code == 405, request
            assert not [n for n in answer.headers if n.startswith("access-control")]
            assert answer.headers["Allow"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", None])
async def test_json_must_say_that_it_is_json(
    client: httpx2.AsyncClient, kind: str | None
) -> None:
    body = json.dumps({"username": "ada", "password": "correct horse"})
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await client.post(REGISTER, content=body, headers=headers)
    assert_problem(answer, 422)


@attack(39, "input")
@pytest.mark.parametrize(
    "body",
    [
        {"username": [MARK], "password": "correct horse"},
        {"username": MARK, "password": MARK[:5]},
        {"username": f"{MARK} x", "password": MARK},
        {"username": MARK, "password": MARK, "email": MARK},
        {"username": MARK, "password": MARK, "email": f"{MARK}@-"},
        {"username": MARK, "password": MARK, "email": f"x@{MARK}..org"},
        {"username": MARK, "password": MARK, "display_name": {MARK: MARK}},
        {"username": MARK, "password": MARK, "id": MARK},
        {"username": {"password": MARK}},
        [MARK],
        MARK,
    ],
)
async def test_a_malformed_body_is_not_repeated(
    client: httpx2.AsyncClient, body: object
) -> None:
    answer = await client.post(REGISTER, json=body)
    assert_problem(answer, 422)
    assert MARK not in answer.text
    assert answer.json()["code"] == "malformed"
    for fault in answer.json()["faults"]:
        assert fault.keys() == {"where", "message"}


@attack(39, "address")
@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"/api/v1/tasks/{MARK}", {}),
        ("/api/v1/music/listens", {"limit": MARK}),
        ("/api/v1/music/listens", {"source": MARK}),
        ("/api/v1/music/listens", {"cursor": MARK}),
        ("/api/v1/music/analysis/status", {"task": MARK}),
    ],
)
async def test_a_malformed_address_is_not_repeated(
    client: httpx2.AsyncClient, ada: SignedIn, path: str, query: dict[str, str]
) -> None:
    answer = await client.get(path, params=query, headers=ada.headers)
    assert answer.status_code in {400, 422}
    assert MARK not in answer.text


async def test_a_body_of_thousands_of_faults_is_answered_in_short(
    client: httpx2.AsyncClient,
) -> None:
    members = {f"{number:x}": 0 for number in range(6000)}
    answer = await client.post(REGISTER, json=members)
    assert_problem(answer, 422)
    assert len(answer.content) < 64 * 1024


def request_strings(
    schema: dict[str, Any], document: dict[str, Any]
) -> list[dict[str, Any]]:
    """Every schema of a text within the schema of a request."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return request_strings(document["components"]["schemas"][name], document)
    inner = [*schema.get("anyOf", ()), *schema.get("properties", {}).values()]
    inner += [schema["items"]] if "items" in schema else []
    found = [text for one in inner for text in request_strings(one, document)]
    return [*found, schema] if schema.get("type") == "string" else found


BOUNDED = {"uuid", "date-time", "date", "time", "binary"}


def test_every_text_in_a_request_has_a_bound(
    app: FastAPI, every: list[Operation]
) -> None:
    for operation in every:
        for place in operation.places:
            if place.where == "path":
                continue  # bounded by the server's limit of a request's first line
            for text in request_strings(dict(place.schema), app.openapi()):
                bounds = text.keys() & {"maxLength", "enum", "const"}
                assert bounds or text.get("format") in BOUNDED, (operation.name, place)


def test_every_body_refuses_members_that_it_does_not_know(
    every: list[Operation],
) -> None:
    bodies = [one for one in every if one.body.get("type") == "object"]
    assert len(bodies) >= 5
    assert [
        one.name for one in bodies if one.body.get("additionalProperties") is not False
    ] == []


def test_every_operation_shows_its_problems(
    app: FastAPI, every: list[Operation]
) -> None:
    assert "HTTPValidationError" not in json.dumps(app.openapi())
    problem = {"$ref": "#/components/schemas/Problem"}
    for operation in every:
        answers = operation.spec["responses"]
        assert answers.keys() >= {"408", "413", "421", "422", "503"}, operation.name
        assert "security" not in operation.spec or "401" in answers, operation.name
        for status, answer in answers.items():
            for kind, content in answer.get("content", {}).items():
                is_problem = content.get("schema") == problem
                assert (kind == PROBLEM) == is_problem, (operation.name, status)
            assert status[0] in "23" or answer["content"], (operation.name, status)


DEEP = 9_000
NUMBER = "9" * 5000
HOSTILE = {
    "NUL": r'"ada\u0000ada"',
    "lone surrogate": r'"ada\ud800ada"',
    "control": r'"ada\u0007ada"',
    "noncharacter": r'"ada\uffffada"',
    "huge fraction": f"1e{NUMBER}",
    "NaN": "NaN",
    "long text": f'"{"x" * 7_000}"',
    "wrong type": '{"a": 1}',
}
"""Values that can be read from the text of a JSON body."""

UNREADABLE = {
    "nothing": b"",
    "cut": b'{"a": ',
    "huge number": b'{"time_zone": %s}' % NUMBER.encode(),
    "deep list": b'{"time_zone": %s}' % (b"[" * DEEP + b"]" * DEEP),
    "deep objects": b'{"a":' * (DEEP // 2) + b"1" + b"}" * (DEEP // 2),
    "deep and cut": b"[" * 60_000,
    "bad UTF-8": b'{"time_zone": "ada\xff\xfeada"}',
    "raw control": b'{"time_zone": "ada\nada"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a long key": b'{"%s": 1}' % (b"k" * 60_000),
    "a key that is a NUL": rb'{"\u0000": 1}',
    "a key that is a surrogate": rb'{"\ud800": 1}',
    "many keys": json.dumps({str(n): 0 for n in range(200)}).encode(),
}
"""Bodies that are refused before an operation has a say."""


async def assert_refused(
    client: httpx2.AsyncClient, request: httpx2.Request, who: SignedIn
) -> None:
    answer = await send(client, request, who.headers | FROM_OWN_PAGE)
    assert 400 <= answer.status_code < 500, (request, answer.text)
    assert answer.headers["Content-Type"] == PROBLEM
    answer.json()


def body_with(operation: Operation, members: Mapping[str, str]) -> bytes:
    """A JSON body that is valid except for these members."""
    valid = {
        place.name: json.dumps(sample)
        for place, sample in operation.samples().items()
        if place.where == "body"
    }
    pairs = (f'"{key}":{text}' for key, text in (valid | dict(members)).items())
    return f"{{{','.join(pairs)}}}".encode()


async def faulty(
    client: httpx2.AsyncClient, request: httpx2.Request, who: SignedIn
) -> set[str]:
    """Send a request, which must not break anything; return the names at fault."""
    answer = await send(client, request, who.headers | FROM_OWN_PAGE)
    assert answer.status_code < 500, (request, answer.text)
    faults = answer.json().get("faults", []) if answer.is_client_error else []
    return {fault["where"].split(".")[1] for fault in faults if "." in fault["where"]}


@attack(29, "value")
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_value_in_a_body_is_refused(
    client: httpx2.AsyncClient, every: list[Operation], admin: SignedIn, value: str
) -> None:
    for operation in every:
        if operation.media_type != JSON:
            continue
        names = [place.name for place in operation.of("body")]
        body = body_with(operation, dict.fromkeys(names, value))
        request = operation.raw(operation.samples(), body)
        # What is judged later than the form of a body is sent alone.
        for name in set(names) - await faulty(client, request, admin):
            body = body_with(operation, {name: value})
            request = operation.raw(operation.samples(), body)
            await assert_refused(client, request, admin)


@attack(29, "unreadable")
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_body_that_cannot_be_read_is_refused(
    client: httpx2.AsyncClient, every: list[Operation], admin: SignedIn, body: bytes
) -> None:
    changing = next(one for one in every if one.name == f"PATCH {ME}")
    await assert_refused(client, changing.raw({}, body), admin)


@attack(29, "body")
@pytest.mark.parametrize("body", [b"null", b"[]"])
async def test_a_hostile_body_is_refused(
    client: httpx2.AsyncClient, every: list[Operation], admin: SignedIn, body: bytes
) -> None:
    for operation in every:
        if operation.media_type == JSON:
            request = operation.raw(operation.samples(), body)
            await assert_refused(client, request, admin)


@attack(29, "member-twice")
async def test_a_member_that_comes_twice_is_refused(
    client: httpx2.AsyncClient, every: list[Operation], admin: SignedIn
) -> None:
    for operation in every:
        if operation.media_type == JSON:
            whole = body_with(operation, {})
            request = operation.raw(operation.samples(), whole[:-1] + b"," + whole[1:])
            answer = await send(client, request, admin.headers | FROM_OWN_PAGE)
            assert answer.status_code in {400, 422}, operation.name
            assert "JSON decode error" in answer.text


@attack(29, "address")
@pytest.mark.parametrize(
    "value",
    ["%00", "%ED%A0%80", NUMBER, "-1"],
    ids=lambda value: value[:9],
)
async def test_a_hostile_value_in_an_address_is_refused(
    client: httpx2.AsyncClient, every: list[Operation], admin: SignedIn, value: str
) -> None:
    for operation in every:
        query = [place.name for place in operation.of("query")]
        at_fault = set()
        if query:
            request = operation.request(dict.fromkeys(query, value))
            at_fault = await faulty(client, request, admin)
        for place in (*operation.of("path"), *operation.of("query")):
            if place.name in at_fault:
                continue
            request = operation.request({place.name: value})
            answer = await send(client, request, admin.headers)
            assert answer.status_code < 500, (request, answer.text)
            if place.is_id or place.name in {"limit", "cursor", "tz", "source"}:
                assert answer.status_code >= 400, request


async def test_names_in_a_problem_are_cleaned_and_cut(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    member = "\x1b[2J\u202e\u200fevil" + "x" * 30_000
    answer = await client.patch(ME, headers=ada.headers, json={member: 1})
    assert_problem(answer, 422)
    [fault] = answer.json()["faults"]
    assert fault["where"].startswith("body.[2J evilxxx")
    assert len(fault["where"]) < 100
    zone = "\u202eBerlin/" + "x" * 100
    refused = await client.patch(ME, headers=ada.headers, json={"time_zone": zone})
    assert "\u202e" not in refused.json()["faults"][0]["message"]
    answered = problem(HTTPStatus.BAD_REQUEST, "odd", f"{member} is damaged.")
    detail = json.loads(bytes(answered.body))["detail"]
    assert detail.startswith("[2J evilxxx")
    assert detail.endswith("xx is damaged.")
    assert len(detail) <= 1000
