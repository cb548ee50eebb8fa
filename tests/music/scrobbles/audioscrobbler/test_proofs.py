"""The proofs that clients send in place of a token."""

import pytest

from unwrapped.music.scrobbles.audioscrobbler.proofs import is_proof
from unwrapped.music.scrobbles.tokens import md5


def test_proofs_are_those_that_clients_send() -> None:
    known = md5("a token")
    assert is_proof(md5(known + "1700000000"), known, "1700000000")
    assert is_proof(md5("anna" + known).upper(), "anna", known)


@pytest.mark.parametrize("sent", ["", "ä", md5("anna"), md5("a token")])
def test_anything_else_proves_nothing(sent: str) -> None:
    assert not is_proof(sent, "anna", md5("a token"))
