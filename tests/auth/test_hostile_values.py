"""No operation, whatever its values, changes data on a GET, or runs them as SQL."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.attacks import attack
from tests.auth.factories import SignedIn, sign_in
from tests.auth.operations import Place, operations, send
from tests.auth.origins import FROM_OWN_PAGE
from tests.auth.personal_rows import dump, make_personal_rows
from tests.conftest import MakeClient
from unwrapped.core.http.guards.same_origin import SAFE_METHODS
from unwrapped.core.process_resources import Resources

QUOTES = "\\' OR 1=1 OR ''='\"; DROP TABLE share; -- :user_id"
"""Quotes that are not bound as values cause an error at least; no answer is one."""

WILDCARDS = "%_%"
"""What is searched for is in a query."""


NAME = "ada-lovelace"
"""A name that no random token contains, since they have no hyphen."""


@pytest.fixture
def client(make_client: MakeClient, module_resources: Resources) -> httpx2.AsyncClient:
    """A client on a clone: the export reads on a connection of its own."""
    return make_client(module_resources)


@pytest.fixture(scope="module")
async def ada(module_resources: Resources) -> SignedIn:
    """A person with a row in every personal table; no test changes them."""
    return await make_personal_rows(module_resources, NAME)


@pytest.mark.sweep
@attack(19, "every-get")
async def test_a_get_changes_nothing(
    client: httpx2.AsyncClient,
    app: FastAPI,
    module_resources: Resources,
    ada: SignedIn,
) -> None:
    before = await dump(module_resources)
    before.pop("rate_limit")  # a link that opens nothing is counted
    reading = [one for one in operations(app) if one.method in SAFE_METHODS]
    assert len(reading) > 10
    for operation in reading:
        for whole in {False, len(operation.places) > len(operation.required)}:
            answer = await send(client, operation.request(whole=whole), ada.headers)
            assert answer.status_code < 500, answer.text
    after = await dump(module_resources)
    after.pop("rate_limit")
    assert after == before


def is_text(place: Place) -> bool:
    """Whether the place takes a string: a text, an enumeration, an id or a time."""
    return any(kind.get("items", kind).get("type") == "string" for kind in place.kinds)


@pytest.mark.sweep
@attack(34, "every-text")
async def test_a_text_is_never_a_statement(
    client: httpx2.AsyncClient,
    app: FastAPI,
    module_resources: Resources,
    ada: SignedIn,
) -> None:
    eve = await sign_in(module_resources, username="eve")
    carried = eve.headers | FROM_OWN_PAGE
    hers = {
        name: [row for row in rows if NAME in row]
        for name, rows in (await dump(module_resources)).items()
    }
    for operation in operations(app):
        for place in filter(is_text, operation.places):
            for value in (QUOTES, WILDCARDS)[: 1 + (place.where == "query")]:
                given = [value] if place.kinds[0].get("type") == "array" else value
                request = operation.request({place.name: given})
                answer = await send(client, request, carried)
                assert answer.status_code < 500, (operation.name, place.name, value)
                assert NAME not in answer.text
                assert "$argon2id" not in answer.text
    left = await dump(module_resources)
    for table, rows in hers.items():
        assert [row for row in left[table] if NAME in row] == rows
