"""Limits on connections, and on the open files that they need."""

import resource
import subprocess
import sys

import pytest

from unwrapped.core.http.guards.connections import FEWEST, OTHER_FILES, Gate, affordable
from unwrapped.core.http.guards.proxies import TrustedProxies

SOFT = 256
LIMITED = f"""
import resource
from unwrapped.core.http.guards.connections import affordable, raise_open_files
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, ({SOFT}, hard))
print(affordable(100_000), affordable(100), affordable(1))
raise_open_files()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_as_many_files_may_be_open_as_the_system_lets() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True
    )
    few, hundred, one, soft = map(int, done.stdout.split())
    assert (few, hundred, one) == (SOFT - OTHER_FILES, 100, FEWEST)
    assert soft == resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert affordable(FEWEST) == FEWEST


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
