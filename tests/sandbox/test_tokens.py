"""The token endpoint: who gets tokens for what, and who is refused."""

import pytest

from tests.sandbox.running import (
    CALLBACK,
    CHALLENGE,
    SCOPES,
    VERIFIER,
    Running,
)
from unwrapped.sandbox.config import CLIENT_SECRET

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
EXCHANGE = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}


def refusal(sandbox: Running, **form: str) -> tuple[int, str]:
    """Ask for tokens without a secret; return the status and the error."""
    answer = sandbox.client.post("/api/token", data=form)
    assert answer.json().keys() == {"error", "error_description"}
    return answer.status_code, answer.json()["error"]


def test_a_code_is_exchanged_for_tokens(sandbox: Running) -> None:
    answer = sandbox.exchange(sandbox.code())
    reply = answer.json()
    access_token, refresh_token = reply.pop("access_token"), reply.pop("refresh_token")
    assert reply == {"token_type": "Bearer", "expires_in": 3600, "scope": SCOPES}
    assert access_token != refresh_token
    assert "no-store" in answer.headers["Cache-Control"]


def test_credentials_are_accepted_in_a_header_or_in_the_form(sandbox: Running) -> None:
    named = EXCHANGE | {"client_id": "sandbox"}
    whole = named | {"client_secret": CLIENT_SECRET}
    header = {"Authorization": "Basic c2FuZGJveDpzYW5kYm94LXNlY3JldA=="}

    def status(form: dict[str, str], headers: dict[str, str]) -> int:
        form = form | {"code": sandbox.code()}
        answer = sandbox.client.post("/api/token", data=form, headers=headers)
        return answer.status_code

    assert status(whole, {}) == status(EXCHANGE, header) == status(named, header) == 200
    assert status(whole, header) == 400
    assert status(named | {"client_id": "sandbox-iss"}, header) == 400


@pytest.mark.parametrize(
    "header",
    [
        "Basic c2FuZGJveDp3cm9uZw==",  # sandbox:wrong
        "Basic bm9ib2R5OnNhbmRib3gtc2VjcmV0",  # nobody:sandbox-secret
        "Basic c2FuZGJveA==",  # sandbox
        "Basic =",
        "Basic /w==",
        "Basic",
        "Bearer c2FuZGJveDpzYW5kYm94LXNlY3JldA==",
    ],
)
def test_wrong_credentials_are_refused(sandbox: Running, header: str) -> None:
    form = EXCHANGE | {"code": sandbox.code()}
    answer = sandbox.client.post(
        "/api/token", data=form, headers={"Authorization": header}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_a_code_is_accepted_once_and_a_second_use_revokes_its_tokens(
    sandbox: Running,
) -> None:
    code = sandbox.code()
    tokens = sandbox.exchange(code).json()
    assert sandbox.get("me", tokens["access_token"]).status_code == 200
    again = sandbox.exchange(code)
    assert again.status_code == 400
    assert again.json() == {
        "error": "invalid_grant",
        "error_description": "Invalid authorization code",
    }
    assert sandbox.get("me", tokens["access_token"]).status_code == 401
    assert sandbox.refresh(tokens["refresh_token"]).status_code == 400


def test_a_code_is_valid_for_ten_minutes(sandbox: Running) -> None:
    early, late = sandbox.code(), sandbox.code()
    sandbox.clock.advance(minutes=9, seconds=59)
    assert sandbox.exchange(early).status_code == 200
    sandbox.clock.advance(seconds=1)
    refused = sandbox.exchange(late)
    assert refused.json()["error_description"] == "Authorization code expired"


def test_a_code_is_valid_only_for_its_client_and_redirect_uri(sandbox: Running) -> None:
    code = sandbox.code()
    other = sandbox.exchange(code, "sandbox-iss")
    assert other.json()["error"] == "invalid_grant"
    for redirect_uri in ("https://127.0.0.1:8443/api/v1/auth/callback", CALLBACK + "/"):
        form = EXCHANGE | {"redirect_uri": redirect_uri, "code": code}
        answer = sandbox.ask_tokens(**form)
        assert answer.json()["error_description"] == "Invalid redirect URI"
    assert sandbox.ask_tokens(grant_type="authorization_code", code=code).json() == {
        "error": "invalid_request",
        "error_description": "redirect_uri must be supplied",
    }
    assert sandbox.exchange(code).status_code == 200


def test_a_challenge_needs_its_verifier(sandbox: Running) -> None:
    form = EXCHANGE | {"client_id": "sandbox", "code": sandbox.code(**PKCE)}
    assert refusal(sandbox, **form) == (400, "invalid_request")
    for wrong in ("w" * 43, CHALLENGE, "ß"):
        assert refusal(sandbox, **form, code_verifier=wrong) == (400, "invalid_grant")
    wrong_with_secret = sandbox.exchange(form["code"])
    assert wrong_with_secret.json()["error"] == "invalid_request"
    good = sandbox.client.post("/api/token", data=form | {"code_verifier": VERIFIER})
    assert good.status_code == 200


def test_a_verifier_without_a_challenge_is_refused(sandbox: Running) -> None:
    form = EXCHANGE | {"client_id": "sandbox", "code": sandbox.code()}
    assert refusal(sandbox, **form) == (400, "invalid_client")
    assert refusal(sandbox, **form, code_verifier=VERIFIER) == (400, "invalid_client")
    answer = sandbox.ask_tokens(
        grant_type="authorization_code",
        redirect_uri=CALLBACK,
        code=form["code"],
        code_verifier=VERIFIER,
    )
    assert answer.json()["error"] == "invalid_grant"


def test_a_refresh_needs_the_secret_if_the_code_did(sandbox: Running) -> None:
    form = {"grant_type": "refresh_token", "client_id": "sandbox"}
    confidential = sandbox.tokens()["refresh_token"]
    assert refusal(sandbox, **form, refresh_token=confidential) == (400, "invalid_client")  # fmt: skip
    code = EXCHANGE | {"client_id": "sandbox", "code": sandbox.code(**PKCE)}
    public = sandbox.client.post("/api/token", data=code | {"code_verifier": VERIFIER})
    form["refresh_token"] = public.json()["refresh_token"]
    assert sandbox.client.post("/api/token", data=form).status_code == 200


def test_a_refresh_returns_no_refresh_token_and_the_old_one_stays_valid(
    sandbox: Running,
) -> None:
    first = sandbox.tokens()
    for _ in range(2):
        again = sandbox.refresh(first["refresh_token"]).json()
        assert "refresh_token" not in again
        assert again["scope"] == SCOPES
        assert sandbox.get("me", again["access_token"]).status_code == 200


def test_a_refresh_token_is_valid_only_for_its_client(sandbox: Running) -> None:
    token = sandbox.tokens()["refresh_token"]
    for client_id, given in (("sandbox-iss", token), ("sandbox", token + "x")):
        answer = sandbox.refresh(given, client_id)
        assert answer.json()["error_description"] == "Invalid refresh token"


def test_a_refresh_token_ends_six_months_after_the_consent(sandbox: Running) -> None:
    token = sandbox.tokens()["refresh_token"]
    sandbox.clock.advance(days=181)
    assert sandbox.refresh(token).status_code == 200
    sandbox.clock.advance(days=1)
    answer = sandbox.refresh(token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_tokens_of_a_revoked_client_are_refused(sandbox: Running) -> None:
    tokens = sandbox.tokens("sandbox-revoked")
    assert sandbox.get("me", tokens["access_token"]).status_code == 401
    answer = sandbox.refresh(tokens["refresh_token"], "sandbox-revoked")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Refresh token revoked",
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "unsupported_grant_type"),
        (b'{"grant_type": "authorization_code"}', "unsupported_grant_type"),
        (b"grant_type=client_credentials", "unsupported_grant_type"),
        (b"grant_type=refresh_token&grant_type=refresh_token", "invalid_request"),
        (b"grant_type=%ff", "invalid_request"),
        ("grant_type=ä".encode(), "invalid_request"),
        (b"grant_type=authorization_code", "invalid_request"),
        (b"grant_type=refresh_token&refresh_token=", "invalid_request"),
        (b"a" * 70_000, "invalid_request"),
    ],
    ids=[
        "empty",
        "json",
        "client-credentials",
        "twice",
        "no-utf-8",
        "not-encoded",
        "no-code",
        "no-token",
        "large",
    ],
)
def test_an_invalid_form_is_refused(sandbox: Running, body: bytes, error: str) -> None:
    answer = sandbox.client.post(
        "/api/token", content=body, auth=("sandbox", CLIENT_SECRET)
    )
    assert (answer.status_code, answer.json()["error"]) == (400, error)
