"""The page of the sandbox, and the way back to the client."""

import pytest

from tests.sandbox.running import (
    CALLBACK,
    CHALLENGE,
    GRETA,
    Form,
    Running,
    authorization,
    callback,
)

HOSTILE = {
    "html": "\"><script>alert(1)</script><form action='https://example.org'>",
    "header": "x\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "parameters": "a&code=stolen&state=b#c?d=e;f",
    "percent": "%0d%0a%3Cb%3E+%2B",
    "template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "unicode": "🎵 ẞ \u202e\u2028\ufeff",
    "spaces": "  a  b\tc\n",
    "nul": "a\x00b",
    "empty": "",
    "long": "s" * 8000,
}


def test_the_page_has_no_script_and_loads_nothing_from_elsewhere(
    sandbox: Running,
) -> None:
    answer = sandbox.authorize()
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'"
        " http://127.0.0.1:8000; frame-ancestors 'none'"
    )
    assert answer.headers["Content-Security-Policy"] == policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Spotify (sandbox)" in answer.text
    for tag, attributes in Form.of(answer.text).elements:
        assert tag not in {"script", "style", "iframe", "object", "img"}
        assert not [name for name in attributes if name.startswith(("on", "style"))]
        assert not (attributes.get("href") or "/").startswith("http")
    style = sandbox.client.get("/style.css")
    assert style.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("state", HOSTILE.values(), ids=HOSTILE)
def test_the_state_is_returned_unchanged_and_does_not_change_the_page(
    sandbox: Running, state: str
) -> None:
    shown = sandbox.authorize(state=state)
    plain = Form.of(sandbox.authorize(state="plain").text)
    form = Form.of(shown.text)
    assert [tag for tag, _ in form.elements] == [tag for tag, _ in plain.elements]
    for decision in ("agree", "cancel"):
        data = {"listener": GRETA, "decision": decision}
        answer = sandbox.client.post(form.action, data=data)
        assert answer.status_code == 302
        assert "Set-Cookie" not in answer.headers
        reply = callback(answer.headers["Location"])
        assert reply["state"] == state
        assert reply.keys() == {"state", "code" if decision == "agree" else "error"}


def test_without_a_state_none_is_returned(sandbox: Running) -> None:
    assert callback(sandbox.sign_in(sandbox.authorize().url)).keys() == {"code"}


def test_a_cancellation_is_sent_to_the_client(sandbox: Running) -> None:
    answer = sandbox.decide(sandbox.authorize(state="s").url, GRETA, "cancel")
    reply = callback(answer.headers["Location"])
    assert reply == {"error": "access_denied", "state": "s"}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "user-read-recently-played everything"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        (
            {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
            "invalid_request",
        ),
        (
            {"code_challenge": CHALLENGE + "=", "code_challenge_method": "S256"},
            "invalid_request",
        ),
    ],
    ids=["implicit", "scope", "no-method", "no-challenge", "plain", "padded"],
)
def test_an_error_in_the_request_is_sent_to_the_client(
    sandbox: Running, wrong: dict[str, str], error: str
) -> None:
    answer = sandbox.authorize(state="s", **wrong)
    assert answer.status_code == 302
    assert callback(answer.headers["Location"]) == {"error": error, "state": "s"}


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://example.org/",
        f"{CALLBACK}/",
        f"{CALLBACK}?a=b",
        f"{CALLBACK}#f",
        CALLBACK.upper(),
        CALLBACK.replace("127.0.0.1", "localhost"),
        CALLBACK.replace(":8000", ":8001"),
        CALLBACK.replace("127.0.0.1", "127.0.0.1@example.org"),
        f"{CALLBACK}\r\nSet-Cookie: a=b",
        f" {CALLBACK}",
        "javascript:alert(1)",
        f'{CALLBACK}"><script>',
    ],
)
def test_an_unregistered_redirect_uri_is_refused(sandbox: Running, uri: str) -> None:
    for answer in (
        sandbox.authorize(redirect_uri=uri),
        sandbox.client.post(
            "/authorize",
            params=authorization(redirect_uri=uri),
            data={"listener": GRETA, "decision": "agree"},
        ),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert "INVALID_CLIENT: Invalid redirect URI" in answer.text
        assert "<script" not in answer.text


@pytest.mark.parametrize(
    "client_id", ["", "nobody", "<script>alert(1)</script>", "sandbox\r\nX: y"]
)
def test_an_unknown_client_is_refused(sandbox: Running, client_id: str) -> None:
    answer = sandbox.authorize(client_id)
    assert answer.status_code == 400
    assert "INVALID_CLIENT: Invalid client" in answer.text
    assert "alert" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "client_id=sandbox&client_id=sandbox",
        "state=a&state=b",
        "client_id=%ff%fe",
        "&".join(f"a{number}=" for number in range(51)),
    ],
    ids=["client-twice", "state-twice", "no-utf-8", "many"],
)
def test_parameters_that_cannot_be_read_are_refused(
    sandbox: Running, query: str
) -> None:
    assert sandbox.client.get(f"/authorize?{query}").status_code == 400


@pytest.mark.parametrize("listener", ["", "nobody", "<b>"])
def test_only_known_listeners_can_sign_in(sandbox: Running, listener: str) -> None:
    data = {"listener": listener, "decision": "agree"}
    answer = sandbox.client.post("/authorize", params=authorization(), data=data)
    assert answer.status_code == 400
    assert "<b>" not in answer.text


def test_the_callback_names_the_issuer_that_the_client_id_selects(
    sandbox: Running,
) -> None:
    for client_id, issuer in {
        "sandbox": None,
        "sandbox-iss": sandbox.address,
        "sandbox-iss-wrong": "https://accounts.example.org",
    }.items():
        url = sandbox.authorize(client_id).url
        assert callback(sandbox.sign_in(url)).get("iss") == issuer
        answer = sandbox.decide(url, GRETA, "cancel")
        assert callback(answer.headers["Location"]).get("iss") == issuer
