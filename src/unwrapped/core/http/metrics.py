"""The metrics of a process, for Prometheus, and who may read them."""

import hmac
from ipaddress import IPv6Address, ip_address
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
)
from sqlalchemy import QueuePool, text
from starlette.requests import Request

from unwrapped.core.exceptions import NotFound, Unauthenticated
from unwrapped.core.http.guards.proxies import added_by_a_proxy
from unwrapped.core.process_resources import Resources

_SIZE = text("SELECT pg_database_size(current_database())")


class MetricsTokenNeeded(Unauthenticated):
    """Metrics are only for programs on this machine and clients that know the token."""

    code = "metrics_token_needed"

    def __init__(self) -> None:
        super().__init__("Send METRICS_TOKEN as a bearer token.")


class MetricsElsewhere(NotFound):
    """Metrics are only for programs on this machine."""

    def __init__(self) -> None:
        super().__init__("Not Found")


class Meter(Protocol):
    """Metrics that are refreshed before each report."""

    async def read(self, resources: Resources) -> None:
        """Refresh the metrics."""
        ...


class Metrics:
    """What an application counts; each application has its own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Counter(
            "unwrapped_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "unwrapped_http_request_seconds",
            "Time from the first byte of a request to the last of its answer.",
            ["route"],
            registry=self.registry,
        )


class DatabaseMeter:
    """The connections of this process, and the size of the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._connections = Gauge(
            "unwrapped_database_connections",
            "Connections of the pool of this process: in use, idle, and its limit.",
            ["state"],
            registry=registry,
        )
        self._bytes = Gauge(
            "unwrapped_database_bytes",
            "Size of the database with its indexes.",
            registry=registry,
        )

    async def read(self, resources: Resources) -> None:
        """Refresh the metrics. Raises the database's error if it does not answer."""
        pool = resources.database.engine.pool
        if isinstance(pool, QueuePool):
            self._connections.labels("in_use").set(pool.checkedout())
            self._connections.labels("idle").set(pool.checkedin())
            self._connections.labels("limit").set(pool.size())
        async with resources.database.session() as session:
            self._bytes.set(await session.scalar(_SIZE) or 0)


def require_reader(request: Request, resources: Resources) -> None:
    """Raise `MetricsTokenNeeded` or `MetricsElsewhere` unless the request may read metrics."""
    if _is_on_this_machine(request):
        return
    token = resources.settings.metrics_token
    if token is None:
        raise MetricsElsewhere
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    wanted = token.get_secret_value().encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(sent.encode(), wanted):
        raise MetricsTokenNeeded


def _is_on_this_machine(request: Request) -> bool:
    """Whether a program on this machine sent the request, and not through a proxy."""
    if request.client is None or added_by_a_proxy(request.scope):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback
