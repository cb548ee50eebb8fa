"""Figures about a process, for Prometheus."""

from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram

from unwrapped.core.resources import Resources


class Meter(Protocol):
    """Figures of a domain that are read before they are told."""

    async def read(self, resources: Resources) -> None:
        """Bring the figures up to date."""
        ...


class Metrics:
    """What an application counts; each application has a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
