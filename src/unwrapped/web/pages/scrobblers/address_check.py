"""Checks whether clients can use the address at which the browser reached the service."""

from ipaddress import ip_address

from fastapi import Request

from unwrapped.core.http.guards.proxies import Sender, sender_of
from unwrapped.core.http.own_addresses import own_address
from unwrapped.core.http.state import state_of


def doubts(request: Request) -> list[str]:
    """Reasons why clients may not reach the service at the address that the browser used."""
    found = []
    host = request.url.hostname or ""
    if _is_this_machine(host):
        found.append(
            f"The address {host} always means the machine that the client runs on. A"
            " client on another machine, or a phone, needs an address that leads to this"
            " server from there."
        )
    settings = state_of(request).resources.settings
    is_set = own_address(request) == settings.backend_url
    if sender_of(request.scope) is Sender.UNKNOWN_PROXY and not is_set:
        found.append(
            "A proxy that this server does not trust passed your request on"
            " (TRUSTED_PROXIES), so the server cannot know the address that you see."
        )
    return found


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
