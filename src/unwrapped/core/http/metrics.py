"""Metrics of a process, for Prometheus."""

from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram

from unwrapped.core.resources import Resources


class Meter(Protocol):
    """Metrics of a domain that are refreshed before each scrape."""

    async def read(self, resources: Resources) -> None:
        """Refresh the metrics."""
        ...


class Metrics:
    """What an application counts; each application has its own registry."""

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
