"""The state ties a sign-in to a browser and to the path that it leads to."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.auth.oauth.browser_binding import BROWSER_SECRET, STATE, Secrets
from unwrapped.auth.oauth.states import HOME, own_path


def made() -> Secrets:
    return Secrets(STATE.create(), BROWSER_SECRET.create())


def test_verifier_challenge_and_nonce_follow_from_both_values() -> None:
    one, other = made(), made()
    mixed = [Secrets(one.state, other.browser), Secrets(other.state, one.browser)]
    every = [one, other, *mixed]
    for name in ("verifier", "challenge", "nonce"):
        values = {getattr(secrets, name) for secrets in every}
        assert len(values) == len(every)
        assert all(re.fullmatch(r"[\w-]{43}", value) for value in values)
    assert Secrets(one.state, one.browser).verifier == one.verifier


def test_the_challenge_is_the_verifier_by_s256() -> None:
    secrets = made()
    digest = hashlib.sha256(secrets.verifier.encode()).digest()
    assert base64.urlsafe_b64decode(f"{secrets.challenge}=") == digest


def test_the_repr_shows_no_secret() -> None:
    secrets = made()
    for secret in (secrets.state, secrets.browser, secrets.verifier, secrets.nonce):
        assert secret not in repr(secrets)
        assert secret not in secrets.state_hash + secrets.browser_hash


@pytest.mark.parametrize(
    "path",
    ["/", "/docs", "/a/b?c=d&e=%2F#f", "/?next=//evil.example", "/%09/evil.example"],
)
def test_a_path_of_the_service_is_accepted(path: str) -> None:
    assert own_path(path) == path


@given(st.text(max_size=30))
def test_paths_that_lead_elsewhere_are_replaced(text: str) -> None:
    for path in (text, f"/{text}"):
        chosen = own_path(path)
        assert chosen in (path, HOME)
        assert re.match(r"/(?![/\\])", chosen)
        assert chosen.isascii()
        assert chosen.isprintable()
