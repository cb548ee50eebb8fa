"""The secrets of a sign-in tie it to a browser."""

import base64
import hashlib
import re

from unwrapped.auth.oauth.browser_binding import BROWSER_SECRET, STATE, Secrets


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
