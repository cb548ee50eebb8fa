"""Names of hosts, in headers and in settings."""

import pytest

from unwrapped.core.http.guards.host_names import (
    host_of,
    host_pattern,
    is_address,
    is_host,
)


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("music.example.org", "music.example.org"),
        ("Music.Example.ORG:8443", "music.example.org"),
        ("music.example.org.", "music.example.org"),
        ("music.example.org.:80", "music.example.org"),
        ("music:", "music"),
        ("my_box", "my_box"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[FE80::1%eth0]", "fe80::1%eth0"),
    ],
)
def test_a_host_is_found(header: str, host: str) -> None:
    assert host_of(header) == host
    assert is_host(header)


@pytest.mark.parametrize(
    "header",
    [
        *("", " ", ":80", "a b", "a\n", "a,b", "a/b", "a?b", "a#b", "u@a", "a\\b"),
        *("a:b", "a:123456", "a:80:80", "::1", "[::1", "::1]", "[]", "[a]"),
        *("[127.0.0.1]", "[::1]a", "müsik.example", "a%00", "http://a"),
    ],
)
def test_an_invalid_host_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        host_of(header)
    assert not is_host(header)


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "fe80::1%eth0"])
def test_addresses_are_no_names(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["127.1", "0x7f.0.0.1", "2130706433", "localhost"])
def test_a_text_that_only_resolves_to_an_address_is_a_name(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Music.Example.org.", "music.example.org"),
        ("*.lan", "*.lan"),
        ("nas", "nas"),
        ("192.168.1.5", "192.168.1.5"),
        ("::1", "::1"),
    ],
)
def test_a_setting_names_hosts(text: str, pattern: str) -> None:
    assert host_pattern(text) == pattern


@pytest.mark.parametrize(
    "text",
    ["*", "*.", "*.*.org", "a.*", "*a.org", "a:80", "http://a", "a b", "-a", ".a", ""],
)
def test_a_setting_with_an_invalid_name_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="write names alone"):
        host_pattern(text)
