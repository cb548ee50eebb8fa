"""Limits on connections, and on the open files that they need."""

import resource

import pytest

from unwrapped.core.http.guards.connections import (
    FEWEST,
    OTHER_FILES,
    Gate,
    affordable,
    raise_open_files,
)
from unwrapped.core.http.guards.proxies import TrustedProxies

SOFT = 256


def test_as_many_files_may_be_open_as_the_system_lets() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, before[1]))
    try:
        found = [affordable(wanted) for wanted in (100_000, 100, 1)]
        raise_open_files()
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert found == [SOFT - OTHER_FILES, 100, FEWEST]
    assert raised == (before[1], before[1])


@pytest.mark.parametrize(
    ("addresses", "let_in"),
    [
        (["192.0.2.1"] * 3, [True, True, False]),
        (["192.0.2.1", "192.0.2.2"] * 2, [True] * 4),
        (["192.0.2.1", "::ffff:192.0.2.1"] * 2, [True, True, False, False]),
        (["2001:db8::1", "2001:db8::2", "2001:db8::3"], [True, True, False]),
        (["2001:db8::1", "2001:db8:0:1::1"] * 2, [True] * 4),
        (["127.0.0.1", "10.9.9.9"] * 3, [True] * 5 + [False]),
        ([None] * 3, [True, True, False]),
    ],
    ids=["one", "two", "mapped", "a /64", "two /64", "proxies", "no address"],
)
def test_connections_are_counted_by_network_except_those_of_proxies(
    addresses: list[str | None], let_in: list[bool]
) -> None:
    gate = Gate(5, 2, TrustedProxies(("127.0.0.1/32", "10.0.0.0/8")))
    assert [gate.enter(address) for address in addresses] == let_in
    for address, is_in in zip(addresses, let_in, strict=True):
        if is_in:
            gate.leave(address)
    assert [gate.enter(address) for address in addresses] == let_in
