"""The cookie of a browser that has signed in cannot be forged or transferred."""

from datetime import timedelta

import pytest

from unwrapped.auth.sessions import device_cookie
from unwrapped.auth.sessions.device_cookie import LIFETIME, MOST_ACCOUNTS, Devices
from unwrapped.core.secrets.key_ring import KeyRing

FIRST = KeyRing({"k1": b"1" * 32})
BOTH = KeyRing({"k2": b"2" * 32, "k1": b"1" * 32})
NEXT = KeyRing({"k2": b"2" * 32})


def test_a_browser_is_known_to_the_account_that_it_signed_in_to() -> None:
    cookie = Devices(FIRST).add(None, "Ada")
    assert Devices(FIRST).find(cookie, "ada") == cookie.partition(".")[0]
    assert Devices(FIRST).find(cookie, "eve") is None
    assert "ada" not in cookie.lower()


def test_each_sign_in_creates_another_id() -> None:
    first = Devices(FIRST).add(None, "ada")
    second = Devices(FIRST).add(first, "ada")
    assert first != second
    assert "~" not in second


def test_a_browser_is_known_to_a_limited_number_of_accounts() -> None:
    known, cookie = Devices(FIRST), None
    names = [f"user-{number}" for number in range(MOST_ACCOUNTS + 2)]
    for name in names:
        cookie = known.add(cookie, name)
    found = [name for name in names if known.find(cookie, name) is not None]
    assert found == names[2:]


def test_a_new_key_signs_and_the_old_one_verifies_until_it_is_gone() -> None:
    old = Devices(FIRST).add(None, "ada")
    assert Devices(BOTH).find(old, "ada") is not None
    assert Devices(NEXT).find(old, "ada") is None
    assert Devices(NEXT).find(Devices(BOTH).add(old, "ada"), "ada") is not None


@pytest.mark.parametrize(
    "forge",
    [
        lambda cookie: cookie[:-1],
        lambda cookie: f"x{cookie}",
        lambda cookie: cookie.replace(".20", ".21", 1),
        lambda cookie: cookie.rpartition(".")[0] + ".",
        lambda cookie: f"{cookie}\udcff",
        lambda _: "",
        lambda _: "~~~..~",
        lambda _: "x" * 9000,
        lambda _: None,
    ],
)
def test_a_cookie_that_the_service_did_not_sign_is_ignored(forge: object) -> None:
    assert callable(forge)
    cookie = Devices(FIRST).add(None, "ada")
    forged = forge(cookie)
    assert Devices(FIRST).find(forged, "ada") is None
    assert Devices(FIRST).find(Devices(FIRST).add(forged, "ada"), "ada") is not None


@pytest.mark.parametrize(("days", "is_known"), [(400, True), (401, False)])
def test_the_cookie_expires(
    days: int, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = Devices(FIRST).add(None, "ada")
    later = device_cookie._today() + timedelta(days=days)
    monkeypatch.setattr(device_cookie, "_today", lambda: later)
    assert timedelta(days=400) == LIFETIME
    assert (Devices(FIRST).find(cookie, "ada") is not None) is is_known
