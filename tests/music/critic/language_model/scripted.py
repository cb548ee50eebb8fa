"""A scripted server on loopback with the OpenAI API for chat completions."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A received request."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


type Reply = Callable[[asyncio.StreamWriter, Asked], Awaitable[None]]


@dataclass(slots=True)
class ScriptedModel:
    """Sends one reply after the other, then repeats the last one."""

    replies: list[Reply]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def host(self) -> str:
        """The model and address that a listener agrees to."""
        return self.url.split("/")[2]

    def script(self, *replies: Reply) -> None:
        """Set the replies from now on."""
        self.replies = list(replies)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one request and close the connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = head[0].split()[1]
            asked = Asked(path, headers, json.loads(body or b"{}"))
            self.asked.append(asked)
            last = len(self.replies) == 1
            await (self.replies[0] if last else self.replies.pop(0))(writer, asked)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def http(status: int, body: bytes, **headers: str) -> Reply:
    """A complete response."""

    async def reply(writer: asyncio.StreamWriter, asked: Asked) -> None:
        named = {"Content-Length": str(len(body)), "Connection": "close"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = [f"HTTP/1.1 {status} Scripted", *map(": ".join, named.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()

    return reply


def says(content: object) -> Reply:
    """A completion with a text, or with an object that is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text}
    return http(200, json.dumps({"choices": [{"message": message}]}).encode())


def obliges(*more: object) -> Reply:
    """A verdict that any facts support; `more` are further beats."""

    async def reply(writer: asyncio.StreamWriter, asked: Asked) -> None:
        groups = json.loads(asked.body["messages"][1]["content"])
        artists = [group["facts"] for group in groups if group["about"] == "artist"]
        beats = [
            part(f"{name} got {plays}.", of_name, of_plays)
            for (of_name, _, name), (of_plays, _, plays), *_ in artists[:3]
        ]
        of_first, _, first = artists[0][0]
        title = part(f"Written for {first}", of_first)
        line = part(f"Everything is {first}.", of_first)
        await says(answer(title, line, [*beats, *more]))(writer, asked)

    return reply


def hang() -> Reply:
    """No answer, for as long as the client waits."""

    async def reply(writer: asyncio.StreamWriter, asked: Asked) -> None:
        await writer.wait_closed()

    return reply


def broken_off() -> Reply:
    """A response that breaks off before its end."""

    async def reply(writer: asyncio.StreamWriter, asked: Asked) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        await writer.drain()

    return reply


@asynccontextmanager
async def scripted_model(*replies: Reply) -> AsyncIterator[ScriptedModel]:
    """A server that listens for as long as the context lasts."""
    model = ScriptedModel(list(replies))
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    model.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield model
    finally:
        server.close()
        server.close_clients()


def part(text: str, *evidence: str) -> dict[str, object]:
    """A part of an answer."""
    return {"text": text, "evidence": list(evidence)}


def answer(
    title: dict[str, object], line: dict[str, object], beats: Sequence[object]
) -> dict[str, object]:
    """An answer in the requested form."""
    return {"title": title, "line": line, "beats": list(beats)}
