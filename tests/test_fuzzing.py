"""Every operation under fire: made-up requests, alone and one after the other.

The application runs with its own lifespan, on a database of its own, in the one thread
that Schemathesis has for applications. Each run makes other requests: they follow from
`--randomly-seed`, which pytest prints as it begins.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis.stateful import run_state_machine_as_test
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.schemas import APIOperation, BaseSchema

from tests.auth.factories import HASHED, sign_in
from tests.conftest import SECRET, make_resources
from tests.databases import cloned
from unwrapped.core.config import Settings
from unwrapped.core.database import Database

pytestmark = pytest.mark.sweep

EXAMPLES = hypothesis.settings().max_examples
REQUESTS, FLOWS, STEPS = max(1, EXAMPLES // 40), max(1, EXAMPLES // 8), 6
"""Requests of each operation of a kind; flows, and steps of each."""

LEFT_OUT = (
    # The document cannot say what a cursor, a time zone or an archive is: what fits it
    # may still be refused.
    "positive_data_acceptance",
    # FastAPI has a route for each method: `Allow` names one of them.
    "allow_header_conformance",
)
"""The checks of Schemathesis that are disabled."""

UNHURRIED = hypothesis.settings(
    deadline=None,
    max_examples=REQUESTS,
    suppress_health_check=list(HealthCheck),
    phases=[hypothesis.Phase.generate],
)
"""No shrinking: a failure is reported as it was found, to save hundreds of requests."""

TAKES_ANYTHING = {"GET /api/v1/public/shares/{token}"}
"""What no request can be malformed for, although it takes something."""

type NewUser = Callable[[], dict[str, str]]


@pytest.fixture(scope="module")
def seed(request: pytest.FixtureRequest) -> int:
    """What the requests of this run follow from."""
    return int(request.config.getoption("randomly_seed"))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """Where the tests do what is asynchronous."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def fuzzed(
    request: pytest.FixtureRequest,
    runner: asyncio.Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """The settings of the application: a database and a home of its own."""
    context = cloned(request.getfixturevalue("template"))
    yield Settings(
        unwrapped_home=tmp_path_factory.mktemp("fuzzed"),
        database_url=SecretStr(runner.run(context.__aenter__()).for_asyncpg()),
        secret_key=SecretStr(SECRET),
        allowed_hosts=("testserver",),
    )
    runner.run(context.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def new_user(runner: asyncio.Runner, fuzzed: Settings) -> Iterator[NewUser]:
    """Makes users who are signed in: what their requests carry."""
    database = Database(fuzzed.external_address, pool_size=1)
    resources = make_resources(fuzzed, database)
    yield lambda: runner.run(sign_in(resources, password_hash=HASHED)).headers
    runner.run(database.dispose())


@pytest.fixture(scope="module")
def api(fuzzed: Settings) -> Iterator[BaseSchema]:
    """The document of an application that runs."""
    from unwrapped.main import configuration_of, create_app
    from unwrapped.tasks.settings import TaskSettings

    config = SchemathesisConfig.from_dict(
        {
            "checks": {name: {"enabled": False} for name in LEFT_OUT},
            "request-timeout": 60.0,  # a busy machine is no fault of an answer
        }
    )
    app = create_app(configuration_of(fuzzed).replace(TaskSettings, worker=False))
    yield schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    shutdown_lifespans()


def modes_of(operation: APIOperation[Any, Any, Any, Any]) -> list[GenerationMode]:
    """Which requests can be made: always some that fit, mostly some that do not."""
    taken = operation.body or operation.query or operation.path_parameters
    if not taken or operation.label in TAKES_ANYTHING:
        return [GenerationMode.POSITIVE]
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def test_no_request_is_answered_otherwise_than_documented(
    api: BaseSchema, new_user: NewUser, seed: int
) -> None:
    drawn = random.Random(seed)  # noqa: S311 - of requests, no secret
    for found in api.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        modes = modes_of(operation)
        for mode in [drawn.choice(modes)] if REQUESTS == 1 else modes:

            @hypothesis.seed(seed)
            @UNHURRIED
            @given(case=operation.as_strategy(mode))
            def answer(case: schemathesis.Case[Any]) -> None:
                case.call_and_validate(headers=new_user())

            answer()


def test_no_flow_of_requests_is_answered_otherwise_than_documented(
    api: BaseSchema, new_user: NewUser, seed: int
) -> None:
    """Requests continue with what answers returned: made, read, deleted, read again."""
    machine: Any = api.as_state_machine()

    class Flow(machine):  # type: ignore[misc] # made from the document
        def setup(self) -> None:
            self.headers = new_user()

        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, object]:
            return {"headers": self.headers}

    limits = hypothesis.settings(
        UNHURRIED, max_examples=FLOWS, stateful_step_count=STEPS
    )
    run_state_machine_as_test(hypothesis.seed(seed)(Flow), settings=limits)
