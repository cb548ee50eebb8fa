"""Types of settings: origins, networks, host names, several values of one variable."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from unwrapped.core.http.guards.host_names import host_pattern, is_host
from unwrapped.core.printable import printable

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def _origin(value: str) -> str:
    origin = value.lower().removesuffix("/")
    scheme, _, host = origin.partition("://")
    if scheme not in {"http", "https"} or not is_host(host):
        raise ValueError("write it as https://music.example.org, without a path")
    return origin.removesuffix(_DEFAULT_PORTS[scheme]).removesuffix(":")


Origin = Annotated[str, AfterValidator(_origin)]
"""Scheme, host and port of an address, as browsers send them: without a default port.
"""


def parts_of(value: object) -> object:
    """Split a variable's value at its commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _host_patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(host_pattern(value) for value in values)


def _network(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError(
            "write IP addresses or networks, between commas, like 127.0.0.1 or"
            f" 10.0.0.0/8; {printable(text)!r} is neither"
        ) from error
    if not network.prefixlen:
        raise ValueError(
            f"{network} contains every address, so any client could pretend to be"
            " another: name the addresses of your proxies"
        )
    return str(network)


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_network(value) for value in values)


# pydantic-settings expects a list as JSON.
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(parts_of)]
"""Several values of one variable, between commas."""

HostPatterns = Annotated[CommaSeparated, AfterValidator(_host_patterns)]
"""Host names, including `*.example.org`."""

Networks = Annotated[CommaSeparated, AfterValidator(_networks)]
"""IP addresses and networks, except the network of all addresses."""
