"""Paths that could lead a browser to another service are replaced."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.core.http.own_addresses import HOME, own_path


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
