"""Finds out who sent a request: a client, a trusted proxy or an unknown one.

A reverse proxy on the same machine makes all clients look local; the headers that it
adds reveal it. Any client can send these headers, so they are trusted only from the
addresses in `TRUSTED_PROXIES`.
"""

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = b"x-forwarded-"
NAMES = frozenset(
    {
        b"forwarded",
        b"via",
        b"x-real-ip",
        b"x-client-ip",
        b"true-client-ip",
        b"cf-connecting-ip",
    }
)
"""Headers that only proxies add, besides `PREFIX`: no browser sends one."""

log = structlog.get_logger()


class Sender(StrEnum):
    """Who a request came from."""

    CLIENT = "client"
    PROXY = "proxy"
    """One of `TRUSTED_PROXIES`."""
    UNKNOWN_PROXY = "unknown_proxy"
    """A proxy that is not one of `TRUSTED_PROXIES`."""


class TrustedProxies:
    """The addresses and networks in `TRUSTED_PROXIES`."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(network) for network in networks)

    def __contains__(self, address: str | None) -> bool:
        if not self._networks:
            return False
        try:
            found = ip_address(address or "")
        except ValueError:  # a unix socket, a name
            return False
        # A socket for IPv6 shows IPv4 peers as these.
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self._networks)

    def spelled(self) -> list[str]:
        """All of them, as they appear on a socket for IPv4 and on one for IPv6."""
        written = [str(network) for network in self._networks]
        mapped = [
            f"::ffff:{network.network_address}/{96 + network.prefixlen}"
            for network in self._networks
            if network.version == 4
        ]
        return written + mapped


class ProxyCheck:
    """Takes the client's address and scheme from trusted proxies, and detects others.

    The result is in the request's state (`sender_of`).
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[str]) -> None:
        # Imported here: a module that only needs `Sender` does not load uvicorn.
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

        self._app = app
        self._trusted = TrustedProxies(trusted)
        # It takes the last address in the header that is not one of a trusted proxy.
        self._believing = ProxyHeadersMiddleware(
            app,  # type: ignore[arg-type]  # the same protocol under other names
            trusted_hosts=self._trusted.spelled(),
        )
        self._has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        client = scope.get("client")
        if client is not None and client[0] in self._trusted:
            state["sender"] = Sender.PROXY
            await self._believing(scope, receive, send)  # type: ignore[arg-type]  # as above
            return
        if found := added_by_a_proxy(scope):
            state["sender"] = Sender.UNKNOWN_PROXY
            self._warn(found)
        await self._app(scope, receive, send)

    def _warn(self, header: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            log.warning(
                "proxy.unknown",
                header=header,
                advice="A proxy that is not in TRUSTED_PROXIES passes requests on: all"
                " of its clients count as one, and none of them can create an account.",
            )


def sender_of(scope: Scope) -> Sender:
    """Who sent the request, as `ProxyCheck` found out."""
    sender: Sender = scope.get("state", {}).get("sender", Sender.CLIENT)
    return sender


def added_by_a_proxy(scope: Scope) -> str:
    """The name of a header that proxies add; empty if there is none."""
    for name, _ in scope["headers"]:
        if name in NAMES or name.startswith(PREFIX):
            return str(name, "ascii", "replace")
    return ""
