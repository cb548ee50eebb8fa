"""The caller's own account."""

import httpx2
import pytest

from tests.auth.factories import SignedIn, sign_in
from unwrapped.core.process_resources import Resources

ME = "/api/v1/auth/me"


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A user with a name, an address and a zone."""
    return await sign_in(
        resources,
        username="ada",
        display_name="Ada",
        email="ada@example.org",
        time_zone="Europe/Berlin",
    )


CHANGES: tuple[dict[str, object], ...] = (
    {},
    {"display_name": "Countess"},
    {"email": "countess@example.org"},
    {"email": None},
    {"time_zone": "US/Pacific"},
    {"time_zone": "Asia/Calcutta"},
    {"display_name": "Ada 2", "email": None, "time_zone": "UTC"},
)


async def test_only_the_given_members_change(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    expected = (await client.get(ME, headers=ada.headers)).json()
    for changes in CHANGES:
        expected |= changes
        answer = await client.patch(ME, headers=ada.headers, json=changes)
        assert answer.status_code == 200
        assert answer.json() == expected
        assert (await client.get(ME, headers=ada.headers)).json() == expected


MALFORMED: tuple[dict[str, object], ...] = (
    {"display_name": None},
    {"display_name": ""},
    {"display_name": "  "},
    {"display_name": "a\x00"},
    {"time_zone": None},
    {"time_zone": ""},
    {"email": ""},
    {"email": "ada@"},
    {"username": "eve"},
    {"password": "correct horse"},
    {"id": 1},
    {"user_id": 1},
    {"is_admin": True},
)


async def test_an_invalid_value_changes_nothing(
    client: httpx2.AsyncClient, ada: SignedIn, subtests: pytest.Subtests
) -> None:
    before = (await client.get(ME, headers=ada.headers)).json()
    for changes in MALFORMED:
        also = {"display_name": "Eve"} | changes
        with subtests.test(changes=changes):
            answer = await client.patch(ME, headers=ada.headers, json=also)
            assert answer.status_code == 422
            assert [fault["where"] for fault in answer.json()["faults"]] == [
                f"body.{next(iter(changes))}"
            ]
    assert (await client.get(ME, headers=ada.headers)).json() == before


async def test_an_unknown_zone_is_refused_with_the_nearest_name(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for zone, suggested in (
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("US/Pacfic", "US/Pacific"),
        ("nowhere at all", "an IANA name"),
    ):
        answer = await client.patch(ME, headers=ada.headers, json={"time_zone": zone})
        assert answer.status_code == 422
        [fault] = answer.json()["faults"]
        assert suggested in fault["message"]


async def test_only_the_callers_account_changes(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    eve = await sign_in(resources, username="eve")
    await client.patch(ME, headers=eve.headers, json={"display_name": "Mallory"})
    me = await client.get(ME, headers=ada.headers)
    assert me.json()["display_name"] == "Ada"
