"""Each client id causes the fault that it names, where and as often as it says."""

import json
from collections import Counter
from collections.abc import Callable

import httpx2
import pytest

from tests.processes import ROOT
from tests.sandbox.running import HUGE_BYTES, Running
from unwrapped.sandbox.clients import CLIENTS, Place
from unwrapped.sandbox.faults import API_FAULTS, ELSEWHERE, TOKEN_FAULTS

type Ask = Callable[[], httpx2.Response]


def asking(sandbox: Running, client_id: str, place: Place) -> Ask:
    """Sign in; return a function that sends the request in which the fault occurs."""
    if place is Place.CODE:
        code = sandbox.code(client_id)
        return lambda: sandbox.exchange(code, client_id)
    tokens = sandbox.tokens(client_id)
    if place is Place.REFRESH:
        return lambda: sandbox.refresh(tokens["refresh_token"], client_id)
    return lambda: sandbox.get("me/top/artists", tokens["access_token"])


def is_error(answer: httpx2.Response, status: int) -> None:
    """The error in the form of the API, or in that of the token endpoint."""
    assert answer.status_code == status
    if answer.url.path == "/api/token":
        assert answer.json()["error"] == "server_error"
        assert answer.json().keys() == {"error", "error_description"}
    else:
        assert answer.json()["error"]["status"] == status


def is_limited(answer: httpx2.Response, seconds: str) -> None:
    is_error(answer, 429)
    assert answer.headers["Retry-After"] == seconds


def is_text(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/plain")


def is_no_json(answer: httpx2.Response) -> None:
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def leads_away(answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.headers["Location"]) == (302, ELSEWHERE)


SEEN: dict[str, Callable[[httpx2.Response], object]] = {
    "204": lambda answer: (answer.status_code, answer.content) == (204, b""),
    "401": lambda answer: is_error(answer, 401),
    "403": lambda answer: is_text(answer, 403),
    "429": lambda answer: is_limited(answer, "1"),
    "quota": lambda answer: is_limited(answer, "74214"),
    "500": lambda answer: is_error(answer, 500),
    "502": lambda answer: is_text(answer, 502),
    "503": lambda answer: is_error(answer, 503),
    "half-json": is_no_json,
    "html": is_no_json,
    "odd": lambda answer: answer.json() == [None],
    "redirect": leads_away,
}
"""Checks of faults that are whole answers: they assert, or return whether it occurs."""

NO_ANSWERS = ("slow", "truncated", "huge")
FAULTS = {
    (place, name)
    for place, faults in (
        (Place.API, API_FAULTS),
        (Place.CODE, TOKEN_FAULTS),
        (Place.REFRESH, TOKEN_FAULTS),
    )
    for name in faults
}
PREFIX = {
    Place.API: "sandbox",
    Place.CODE: "sandbox-code",
    Place.REFRESH: "sandbox-refresh",
}


@pytest.mark.parametrize(
    ("place", "name"), sorted(one for one in FAULTS if one[1] in SEEN)
)
def test_a_fault_occurs_always_or_as_often_as_the_client_id_says(
    sandbox: Running, place: Place, name: str
) -> None:
    for ending, times in {"": 3, "-once": 1, "-twice": 2}.items():
        ask = asking(sandbox, f"{PREFIX[place]}-{name}{ending}", place)
        for _ in range(times):
            assert SEEN[name](ask()) in (None, True)
        if ending:
            assert ask().json().keys() & {"items", "access_token"}


@pytest.mark.parametrize("place", Place)
def test_an_answer_can_be_slow(sandbox: Running, place: Place) -> None:
    ask = asking(sandbox, f"{PREFIX[place]}-slow-once", place)
    sandbox.client.timeout = 0.2
    with pytest.raises(httpx2.ReadTimeout):
        ask()
    sandbox.client.timeout = 30.0
    # The code is used, although the client did not wait for the answer.
    assert ask().is_success is (place is not Place.CODE)


@pytest.mark.parametrize("place", Place)
def test_an_answer_can_be_cut_off(sandbox: Running, place: Place) -> None:
    ask = asking(sandbox, f"{PREFIX[place]}-truncated-once", place)
    with pytest.raises(httpx2.RemoteProtocolError):
        ask()
    assert ask().is_success


@pytest.mark.parametrize("place", Place)
def test_an_answer_can_be_huge(sandbox: Running, place: Place) -> None:
    ask = asking(sandbox, f"{PREFIX[place]}-huge-once", place)
    assert len(ask().json()["items"]) == HUGE_BYTES
    assert ask().is_success


def test_every_fault_has_a_test() -> None:
    assert {name for _, name in FAULTS} == {*SEEN, *NO_ANSWERS}
    faulty = Counter(one.place for one in CLIENTS.values() if one.fault is not None)
    assert faulty == Counter(place for place, _ in FAULTS for _ in range(3))


def test_every_client_id_is_shown_to_people(sandbox: Running) -> None:
    front = sandbox.client.get("/").text
    docs = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    for client in CLIENTS.values():
        if client.times is None:
            assert f"<code>{client.id}</code>" in front
        if client.fault is None:
            assert f"| `{client.id}` |" in docs
    for place, name in FAULTS:
        assert f"| `{name}` |" in docs, (place, name)
