"""Access tokens are created, and verified with any key of the ring."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from pydantic import SecretStr

from unwrapped.core.config import Algorithm, Settings
from unwrapped.core.process_resources import token_signer
from unwrapped.core.secrets.key_ring import KeyRing, WeakSecret
from unwrapped.core.security import AccessClaims, InvalidToken, TokenSigner

FIRST = "Hq8vN3sYpLx0Zr5dKwTgE2bMc7uJfA1o"
SECOND = "w9XeRt4BnQz6VyUi1LkSj8HgFd3PaOm0"
CLAIMS = AccessClaims(7, uuid4())


def signer(ring: str, algorithm: Algorithm = Algorithm.HS256) -> TokenSigner:
    return TokenSigner(KeyRing.parse(ring), algorithm, timedelta(minutes=15))


def token_of(signer: TokenSigner) -> str:
    return signer.create_access_token(CLAIMS.user_id, CLAIMS.session_id)


def test_a_signer_does_not_show_its_keys() -> None:
    assert FIRST not in repr(signer(FIRST))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_token_says_who_was_signed_in(algorithm: Algorithm) -> None:
    made = signer(FIRST + SECOND, algorithm)
    assert made.verify_token(token_of(made)) == CLAIMS


@pytest.mark.parametrize(
    ("algorithm", "fewest"), [(Algorithm.HS384, 48), (Algorithm.HS512, 64)]
)
def test_a_longer_hash_needs_a_longer_key(algorithm: Algorithm, fewest: int) -> None:
    """RFC 7518, 3.2: the key is at least as long as the hash."""
    long_enough, too_short = (
        Settings(secret_key=SecretStr((FIRST + SECOND)[:length]), algorithm=algorithm)
        for length in (fewest, fewest - 1)
    )
    made = token_signer(long_enough)
    assert made.verify_token(token_of(made)) == CLAIMS
    with pytest.raises(WeakSecret, match=str(fewest)):
        token_signer(too_short)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_secret_that_is_made_is_long_enough(
    tmp_path: Path, algorithm: Algorithm
) -> None:
    made = token_signer(Settings(unwrapped_home=tmp_path, algorithm=algorithm))
    assert made.verify_token(token_of(made)) == CLAIMS


def test_a_new_key_signs_while_tokens_of_the_old_one_are_valid() -> None:
    before = signer(f"k1:{FIRST}")
    rotated = signer(f"k2:{SECOND},k1:{FIRST}")
    assert rotated.verify_token(token_of(before)) == CLAIMS
    assert jwt.get_unverified_header(token_of(rotated))["kid"] == "k2"


def test_tokens_of_a_key_that_left_the_ring_are_refused() -> None:
    old = token_of(signer(f"k1:{FIRST}"))
    with pytest.raises(InvalidToken):
        signer(f"k2:{SECOND}").verify_token(old)
    with pytest.raises(InvalidToken):
        signer(f"k1:{SECOND}").verify_token(old)


def test_a_token_ends_after_its_lifetime() -> None:
    made = TokenSigner(KeyRing.parse(FIRST), Algorithm.HS256, timedelta(seconds=-1))
    with pytest.raises(InvalidToken):
        made.verify_token(token_of(made))
