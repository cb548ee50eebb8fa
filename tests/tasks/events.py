"""Server-sent events, as a client reads them line by line."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True, slots=True)
class Event:
    """The content of one event of a task."""

    id: str
    task: dict[str, Any]


async def events_of(answer: httpx2.Response) -> AsyncIterator[Event]:
    """The events of a stream, until it ends; comments are left out."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Event(fields["id"], json.loads(fields["data"]))
            fields = {}
