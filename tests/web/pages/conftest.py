"""People who use the pages with a browser, which an HTTP client stands for."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import HASHED, cookie, make_user, make_web_session
from tests.auth.origins import FROM_OWN_PAGE
from tests.conftest import MakeClient
from tests.web.pages.readers import HTML, Reader, make_account
from unwrapped.core.process_resources import Resources
from unwrapped.music.listens.query_parameters import get_now


@pytest.fixture
def visitor(client: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """A browser that is not signed in, on a page of this service."""
    client.headers.update(FROM_OWN_PAGE | HTML)
    return client


@pytest.fixture
async def ada(session: AsyncSession) -> int:
    """The id of a person with a password."""
    user = await make_user(session, username="ada", password_hash=HASHED)
    return user.id or 0


@pytest.fixture
async def browser(
    visitor: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> httpx2.AsyncClient:
    """The browser of this person, signed in."""
    visitor.headers.update(cookie(await make_web_session(session, ada)))
    return visitor


@pytest.fixture
async def reader(make_client: MakeClient, common_resources: Resources) -> Reader:
    """A person with a browser and a history, which is read on further connections."""
    account = await make_account(common_resources.database)
    return account.browse(make_client, common_resources)


NOW = datetime(2023, 5, 31, 22, tzinfo=UTC)


@pytest.fixture
def at_now(app: FastAPI) -> Iterator[None]:
    """All requests are made at `NOW`."""
    app.dependency_overrides[get_now] = lambda: NOW
    yield
    del app.dependency_overrides[get_now]
