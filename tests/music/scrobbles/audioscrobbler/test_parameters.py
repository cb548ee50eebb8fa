"""Parameters as clients send them: in the query, in the form, or in both."""

import pytest

from unwrapped.music.scrobbles.audioscrobbler.parameters import (
    MOST_FIELDS,
    TooManyFields,
    read_parameters,
)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (b"method=track.love&artist=A&track=T&sk=k", b""),  # web-scrobbler
        (b"", b"method=track.love&artist=A&track=T&sk=k"),  # pylast
        (b"format=json", b"method=track.love&artist=A&track=T&sk=k"),  # rustfm
        (b"METHOD=track.love&Artist=A", b"Track=T&SK=k"),
        (b"method=track.love&artist=&track=T", b"artist=A&track=&sk=k"),
        (b"method=track.love&artist=B", b"artist=A&track=T&sk=k"),
    ],
)
def test_query_and_form_are_read_together(query: bytes, body: bytes) -> None:
    parameters = read_parameters(query, body)
    said = [parameters.get(name) for name in ("method", "artist", "track", "sk")]
    assert said == ["track.love", "A", "T", "k"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"a=Bj%C3%B6rk", "Björk"),
        (b"a=a+b%2Bc%26d", "a b+c&d"),
        (b"a=%20%20x%0A", "x"),
        (b"a=%00", "\N{REPLACEMENT CHARACTER}"),
        (b"a=S%F8ren", "Søren"),
        (b"a=S\xf8ren", "Søren"),
        (b"a=\xc3\xb6", "ö"),
        (b"a", ""),
        (b"", ""),
        (b"%%%&==&a=1", "1"),
    ],
)
def test_values_in_any_encoding_are_read(sent: bytes, read: str) -> None:
    assert read_parameters(b"", sent).get("a") == read


def test_the_last_value_that_is_not_empty_counts() -> None:
    """mpdscribble sends a rating twice: once empty, once as "L"."""
    assert read_parameters(b"", b"r%5B0%5D=L&r%5B0%5D=").get("r[0]") == "L"
    assert read_parameters(b"", b"r%5B0%5D=&r%5B0%5D=L").get("r[0]") == "L"


def test_rows_are_in_the_order_of_their_indexes_which_may_have_gaps() -> None:
    body = "&".join(f"artist[{index}]=A{index}" for index in (10, 2, 0)) + "&track[2]=T"
    rows = read_parameters(b"", body.encode()).rows("artist", "track")
    assert [(row.get("artist"), row.get("track")) for row in rows] == [
        ("A0", ""),
        ("A2", "T"),
        ("A10", ""),
    ]


def test_a_request_without_indexes_has_one_row_or_none() -> None:
    [row] = read_parameters(b"artist=A", b"").rows("artist", "track")
    assert row.get("artist") == "A"
    assert not read_parameters(b"method=x", b"").rows("artist", "track")


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(TooManyFields):
        read_parameters(b"", b"&".join([b"a=1"] * (MOST_FIELDS + 1)))
