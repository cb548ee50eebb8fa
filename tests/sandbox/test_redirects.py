"""Which redirect URIs can be registered, and which URIs of requests match them."""

import pytest

from unwrapped.sandbox.config import SandboxConfig
from unwrapped.sandbox.redirects import (
    RedirectUriRefused,
    form_target,
    is_registered,
    with_parameters,
)

LOOPBACK = "http://127.0.0.1/callback"


@pytest.mark.parametrize(
    "uri",
    [
        "https://music.example.org/callback",
        "https://music.example.org",
        "https://music.example.org?a=b",
        "http://127.0.0.1:8000/callback",
        LOOPBACK,
        "http://[::1]:8000/callback",
    ],
)
def test_a_uri_that_spotify_would_register_is_accepted(uri: str) -> None:
    SandboxConfig(redirect_uris=(uri,))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "http://localhost:8000/callback",
        "http://192.168.1.5/callback",
        "http://127.0.0.1.example.org/callback",
        "http://127.0.0.1@example.org/callback",
        "https://example.org/callback#fragment",
        "https://example.org/a b",
        "https://example.org/a\r\nb",
        "https://exämple.org/",
        "https:///callback",
        "javascript:alert(1)",
        "app://callback",
    ],
)
def test_a_uri_that_spotify_would_not_register_is_refused(uri: str) -> None:
    with pytest.raises(RedirectUriRefused, match="cannot be registered"):
        SandboxConfig(redirect_uris=(uri,))


@pytest.mark.parametrize(
    ("uri", "is_good"),
    [
        (LOOPBACK, True),
        ("http://127.0.0.1:5000/callback", True),
        ("http://127.0.0.1:/callback", False),
        ("http://127.0.0.1:٣/callback", False),
        ("http://127.0.0.1:5000/callback\n", False),
        ("http://127.0.0.1:5000/callback/more", False),
        ("http://127.0.0.1:5000@example.org/callback", False),
        ("http://[::1]:5000/callback", False),
        ("https://127.0.0.1:5000/callback", False),
    ],
)
def test_a_loopback_uri_without_a_port_matches_every_port(
    uri: str, is_good: bool
) -> None:
    assert is_registered(uri, (LOOPBACK,)) is is_good


def test_another_uri_without_a_port_matches_only_its_own() -> None:
    registered = ("https://example.org/callback", "http://127.0.0.1:8000/callback")
    assert not is_registered("https://example.org:444/callback", registered)
    assert not is_registered("http://127.0.0.1:8001/callback", registered)


def test_parameters_are_added_to_existing_ones() -> None:
    assert with_parameters("https://a.example/b", {"c": "d e"}) == "https://a.example/b?c=d+e"  # fmt: skip
    assert with_parameters("https://a.example/b?x=y", {"c": "&"}) == "https://a.example/b?x=y&c=%26"  # fmt: skip


def test_a_page_may_lead_to_the_origin_of_the_uri() -> None:
    assert form_target("https://a.example:444/b?c") == "https://a.example:444"
    assert form_target("http://[::1]:8000/b") == "http:"
    with pytest.raises(ValueError, match="no registered URI"):
        form_target("nonsense")
