"""Which operations of the OpenAPI document each kind of credentials allows."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    bearer,
    cookie,
    make_personal_token,
    make_session,
    make_user,
    make_web_session,
)
from tests.auth.operations import Operation, operations, send
from tests.auth.origins import ELSEWHERE, FOREIGN, FROM_OWN_PAGE, OURS
from tests.conftest import MakeClient
from unwrapped.auth.models import Scope
from unwrapped.core.http.guards.same_origin import SAFE_METHODS
from unwrapped.core.process_resources import Resources

OF_THE_ACCOUNT = {
    "DELETE /api/v1/auth/session",
    "GET /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "POST /api/v1/auth/tokens",
    "GET /api/v1/auth/tokens",
    "DELETE /api/v1/auth/tokens/{token_id}",
    "POST /api/v1/music/scrobbles/tokens",
    "GET /api/v1/music/scrobbles/tokens",
    "DELETE /api/v1/music/scrobbles/tokens/{token_id}",
    "POST /api/v1/auth/me/password",
    "POST /api/v1/auth/me/delete",
    "GET /api/v1/auth/linked-accounts",
    "POST /api/v1/auth/{provider}/link",
    "DELETE /api/v1/auth/{provider}/link",
    "PUT /api/v1/music/model-consent",
    *(f"{method} /api/v1/auth/people" for method in ("GET", "POST")),
    *(f"{method} /api/v1/auth/people/registration" for method in ("GET", "PUT")),
    "GET /api/v1/auth/people/{user_id}",
    *(f"POST /api/v1/auth/people/{{user_id}}/{one}" for one in ("disable", "enable")),
    *(f"PUT /api/v1/auth/people/{{user_id}}/{one}" for one in ("password", "role")),
}
"""Operations of a person who has signed in; no script may use them."""

EXPORTS = {"GET /api/v1/auth/me/export", "GET /api/v1/music/listens/export"}
"""Operations that need a personal token with a scope."""

REFUSALS = {"invalid_token", "insufficient_scope", "session_needed", "cross_site"}


def protected(app: FastAPI) -> list[Operation]:
    """The operations that nobody may use without credentials."""
    return [one for one in operations(app) if "security" in one.spec]


def refusal(answer: httpx2.Response) -> str | None:
    """Return the code of a refusal; None when the credentials were accepted."""
    if answer.status_code not in {401, 403}:
        return None
    code = str(answer.json()["code"])
    return code if code in REFUSALS else None


class Person:
    """Creates accounts."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._tokens: dict[frozenset[Scope], str] = {}

    async def by_access_token(self) -> dict[str, str]:
        """Return the headers of an API client."""
        async with self._resources.database.session() as session:
            user = await make_user(session, password_hash=HASHED)
            signed = await make_session(session, user.id or 0)
        signer = self._resources.signer
        return bearer(signer.create_access_token(signed.user_id, signed.id))

    async def by_cookie(self) -> dict[str, str]:
        """Return the headers of a browser."""
        async with self._resources.database.session() as session:
            user = await make_user(session, password_hash=HASHED)
            return cookie(await make_web_session(session, user.id or 0))

    async def by_personal_token(self, scopes: frozenset[Scope]) -> dict[str, str]:
        """Return the headers of a script. No request of a script ends a token."""
        if scopes not in self._tokens:
            async with self._resources.database.session() as session:
                user = await make_user(session, password_hash=HASHED)
                token = await make_personal_token(session, user.id or 0, *scopes)
            self._tokens[scopes] = token
        return bearer(self._tokens[scopes])


@pytest.fixture
def person(resources: Resources) -> Person:
    """Accounts on the test's database."""
    return Person(resources)


def test_the_document_shows_which_operations_need_a_session(app: FastAPI) -> None:
    documented = {
        one.name
        for one in protected(app)
        if "session_needed" in one.spec["responses"]["403"]["description"]
    }
    assert documented == OF_THE_ACCOUNT
    for one in protected(app):
        assert "insufficient_scope" in one.spec["responses"]["403"]["description"]


@pytest.mark.sweep
@attack(18, "bearer")
async def test_a_session_allows_every_operation(
    make_client: MakeClient, module_resources: Resources, app: FastAPI
) -> None:
    """A token may come from anywhere, a cookie only from pages of this service."""
    # The export reads on a connection of its own.
    client, person = make_client(module_resources), Person(module_resources)
    token, secret = await person.by_access_token(), await person.by_cookie()
    refused = []
    for operation in protected(app):
        for carried in (token | FOREIGN, secret | FROM_OWN_PAGE):
            answer = await send(client, operation.request(), carried)
            refused.append((operation.name, carried, refusal(answer)))
            client.cookies.clear()
        if operation.name in OF_THE_ACCOUNT and operation.method not in SAFE_METHODS:
            # It may have ended the session that it used.
            token, secret = await person.by_access_token(), await person.by_cookie()
    assert [one for one in refused if one[2]] == []


@pytest.mark.parametrize("ours", OURS.values(), ids=OURS)
async def test_a_cookie_may_come_from_our_pages(
    client: httpx2.AsyncClient, person: Person, ours: dict[str, str]
) -> None:
    carried = await person.by_cookie() | ours
    answer = await client.patch("/api/v1/auth/me", json={}, headers=carried)
    assert refusal(answer) is None


def needed_for(operation: Operation) -> Scope:
    """The scope that a personal token must have."""
    if operation.name in EXPORTS:
        return Scope.EXPORT
    return Scope.READ if operation.method in SAFE_METHODS else Scope.WRITE


@pytest.mark.sweep
async def test_a_personal_token_allows_only_what_its_scopes_name(
    make_client: MakeClient, module_resources: Resources, app: FastAPI
) -> None:
    # Exports read on a connection of their own.
    client, person = make_client(module_resources), Person(module_resources)
    for operation in protected(app):
        needed = needed_for(operation)
        opened = "session_needed" if operation.name in OF_THE_ACCOUNT else None
        for scopes, expected in (
            (frozenset({needed}), opened),
            (frozenset(Scope) - {needed}, "insufficient_scope"),
        ):
            carried = await person.by_personal_token(scopes)
            answer = await send(client, operation.request(), carried)
            assert refusal(answer) == expected, (operation.name, scopes)


@pytest.mark.sweep
@attack(18, "every-operation")
async def test_a_cookie_from_another_site_changes_nothing(
    client: httpx2.AsyncClient, app: FastAPI, person: Person
) -> None:
    carried = await person.by_cookie()
    changing = [one for one in protected(app) if one.method not in SAFE_METHODS]
    for operation in changing:
        answer = await send(client, operation.request(), carried | FOREIGN)
        assert (answer.status_code, refusal(answer)) == (403, "cross_site"), operation
    for name, elsewhere in ELSEWHERE.items():
        answer = await send(client, changing[0].request(), carried | elsewhere)
        assert (answer.status_code, refusal(answer)) == (403, "cross_site"), name
    alive = await client.get("/api/v1/auth/me", headers=carried)
    assert alive.status_code == 200


async def test_a_token_takes_precedence_over_a_cookie(
    client: httpx2.AsyncClient, person: Person
) -> None:
    good = await person.by_cookie() | FROM_OWN_PAGE
    path = "/api/v1/auth/me"
    for bad in ("Bearer ", "Bearer x", "Bearer unwrapped_pat_x"):
        answer = await client.get(path, headers=good | {"Authorization": bad})
        assert refusal(answer) == "invalid_token"
    of_another_scheme = await client.get(
        path, headers=good | {"Authorization": "Basic x"}
    )
    assert of_another_scheme.status_code == 200


@attack(18, "another-scheme")
async def test_a_cookie_beside_another_scheme_must_come_from_our_page(
    client: httpx2.AsyncClient, person: Person
) -> None:
    carried = await person.by_cookie() | {"Authorization": "Basic x"}
    answer = await client.patch("/api/v1/auth/me", json={}, headers=carried)
    assert refusal(answer) == "cross_site"
