"""Which form a client asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.core.http.negotiation import HTML, JSON, preferred

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "of_the_api", "of_a_page"),
    [
        ("", JSON, HTML),
        ("*/*", JSON, HTML),
        ("image/png", JSON, HTML),
        (CHROMIUM, HTML, HTML),
        ("TEXT/HTML", HTML, HTML),
        ("text/*", HTML, HTML),
        ("text/*;q=0.5, */*;q=0.1", HTML, HTML),
        ("application/json", JSON, JSON),
        ("application/*", JSON, JSON),
        ("application/json, text/plain, */*", JSON, JSON),
        ("*/*, application/json", JSON, JSON),
        ("text/html, application/json", JSON, HTML),
        ("text/html;q=0.9, application/json", JSON, JSON),
        ("text/html, application/json;q=0.9", HTML, HTML),
        ("text/html ; level=1 ; q=0.9 , application/json; q=0.8", HTML, HTML),
        ("application/json;q=0.1, */*", HTML, HTML),
        ("text/html;q=0, */*", JSON, JSON),
        ("text/html;q=0", JSON, HTML),
        ("text/html;q=nonsense, application/json;q=0.1", JSON, JSON),
        ("text/html;q=7, application/json", JSON, HTML),
        (";;,=,;q=", JSON, HTML),
    ],
)
def test_the_preferred_type_is_returned(
    accept: str, of_the_api: str, of_a_page: str
) -> None:
    assert preferred(accept, (JSON, HTML)) == of_the_api
    assert preferred(accept, (HTML, JSON)) == of_a_page


@given(st.text(alphabet="texhmljsonapplic/*;q=0.19, \x00\u00e4"))
def test_every_text_prefers_one_of_those_offered(accept: str) -> None:
    assert preferred(accept, (JSON, HTML)) in (JSON, HTML)
