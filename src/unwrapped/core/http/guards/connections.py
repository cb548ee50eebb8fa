"""Limits on the connections of a web process, in total and from one address."""

import sys
from collections import Counter

from unwrapped.core.http.guards.proxies import TrustedProxies
from unwrapped.core.postgres.rate_limits import network_of

if sys.platform != "win32":
    import resource

OTHER_FILES = 128
"""File descriptors left for the database, the worker, uploads and logs."""

FEWEST = 16
UNLIMITED = 10_240
"""The soft limit that systems with an infinite hard limit accept (macOS)."""


def raise_open_files() -> None:
    """Raise the limit of open files of this process, and those it starts, to the
    maximum.
    """
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = UNLIMITED if hard == resource.RLIM_INFINITY else hard
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def affordable(wanted: int) -> int:
    """The number of connections wanted, or fewer if the limit of open files is lower."""
    if sys.platform != "win32":
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            return max(FEWEST, min(wanted, soft - OTHER_FILES))
    return wanted


class Gate:
    """Counts the connections of a process, and decides who may open another one."""

    def __init__(self, in_all: int, per_address: int, proxies: TrustedProxies) -> None:
        self._in_all = in_all
        self._per_address = per_address
        self._proxies = proxies
        self._open = 0
        self._open_of: Counter[str] = Counter()

    def enter(self, address: str | None) -> bool:
        """Count another connection of the address; False if it may not open one."""
        if self._open >= self._in_all:
            return False
        # All clients of a proxy have its address.
        if address not in self._proxies:
            network = network_of(address)
            if self._open_of[network] >= self._per_address:
                return False
            self._open_of[network] += 1
        self._open += 1
        return True

    def leave(self, address: str | None) -> None:
        """Stop counting a connection that was let in."""
        self._open -= 1
        if address not in self._proxies:
            network = network_of(address)
            self._open_of[network] -= 1
            if not self._open_of[network]:
                del self._open_of[network]
