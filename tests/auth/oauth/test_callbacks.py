"""The parameters of the redirect from a provider."""

import pytest

from unwrapped.auth.oauth.callbacks import Callback, SignInDeclined
from unwrapped.auth.oauth.clients.client import Endpoints
from unwrapped.auth.oauth.errors import SignInRefused

ISSUER = "https://auth.example.org"
ENDPOINTS = Endpoints(authorization=f"{ISSUER}/authorize", token=f"{ISSUER}/token")
NAMES_ISSUER = Endpoints(
    authorization=ENDPOINTS.authorization, token=ENDPOINTS.token, names_issuer=True
)


def test_known_parameters_are_read_and_others_ignored() -> None:
    answer = Callback.parse(b"state=s&code=a%2Bb&session_state=x&session_state=y&iss=z")
    assert answer == Callback(state="s", code="a+b", iss="z")
    assert "a+b" not in repr(answer)


@pytest.mark.parametrize(
    "query",
    [
        b"code=a&code=a",
        b"state=a&state=b",
        b"iss=a&code=b&iss=",
        b"error=a&error=b",
        b"code=%ff",
        b"code=\xc3\xa4",
        b"&".join(b"x=1" for _ in range(51)),
    ],
    ids=["code", "state", "iss", "error", "no UTF-8", "not encoded", "many"],
)
def test_ambiguous_parameters_are_refused(query: bytes) -> None:
    with pytest.raises(SignInRefused):
        Callback.parse(query)


@pytest.mark.parametrize(
    ("iss", "endpoints", "is_right"),
    [
        (None, ENDPOINTS, True),
        (ISSUER, ENDPOINTS, True),
        (ISSUER, NAMES_ISSUER, True),
        (None, NAMES_ISSUER, False),
        ("", ENDPOINTS, False),
        (f"{ISSUER}/", ENDPOINTS, False),
        ("https://evil.example", ENDPOINTS, False),
        ("https://evil.example", NAMES_ISSUER, False),
    ],
)
def test_the_issuer_must_be_the_one_that_was_asked(
    iss: str | None, endpoints: Endpoints, is_right: bool
) -> None:
    answer = Callback(iss=iss)
    if is_right:
        answer.require_issuer(ISSUER, endpoints)
        return
    with pytest.raises(SignInRefused):
        answer.require_issuer(ISSUER, endpoints)


def test_require_code_returns_the_code_or_raises() -> None:
    assert Callback(code="a").require_code() == "a"
    with pytest.raises(SignInDeclined):
        Callback(error="access_denied").require_code()
    for refused in (
        Callback(),
        Callback(code=""),
        Callback(code="a", error="server_error"),
        Callback(error="<script>"),
    ):
        with pytest.raises(SignInRefused) as answer:
            refused.require_code()
        assert "script" not in answer.value.message
