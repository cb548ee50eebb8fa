"""Requests built from the OpenAPI document, for tests of all operations."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2
from fastapi import FastAPI

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

BY_FORMAT = {
    "uuid": "13ef0698-2003-4811-a6f9-0cf19e40b1c2",
    "date-time": "2100-01-01T00:00:00Z",
    "email": "ada@example.org",
    "binary": "content",
    "password": "correct horse battery",
}
BY_TYPE: dict[str, object] = {
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "string": "text",
    "object": {},
}


SHARED = {"provider", "kind"}
"""Names in a path that belong to nobody."""


@dataclass(frozen=True, eq=False)
class Place:
    """A place for a value in the requests of an operation."""

    where: str
    """path, query or body."""

    name: str
    schema: Mapping[str, Any]

    @property
    def kinds(self) -> list[Mapping[str, Any]]:
        """The schemas that the value may fit, null left out."""
        options = self.schema.get("anyOf", [self.schema])
        return [option for option in options if option.get("type") != "null"]

    @property
    def is_id(self) -> bool:
        """Whether the value names an object."""
        inner = [kind.get("items", kind) for kind in self.kinds]
        if self.where == "path":
            return self.name not in SHARED
        return any(kind.get("format") == "uuid" for kind in inner)

    def sample(self) -> object:
        """A value that fits. Raises `NotImplementedError` for a schema it cannot make."""
        return sample_of({**self.kinds[0], "examples": self.schema.get("examples")})


def sample_of(schema: Mapping[str, Any]) -> object:
    """A value that fits the schema."""
    if schema.get("examples"):
        return schema["examples"][0]
    for certain in ("const", "default"):
        if certain in schema:
            return schema[certain]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    if schema.get("type") == "array":
        return [sample_of(schema["items"])]
    if schema.get("type") in BY_TYPE and "pattern" not in schema:
        return BY_TYPE[schema["type"]]
    raise NotImplementedError(f"teach tests/auth/operations.py to make a {schema}")


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    places: tuple[Place, ...]
    required: frozenset[str]
    media_type: str | None
    body: Mapping[str, Any]
    """The schema of its body; empty where there is none."""

    spec: Mapping[str, Any] = field(repr=False)
    """Its member of the OpenAPI document."""

    @property
    def name(self) -> str:
        """`GET /path/{of}/it`."""
        return f"{self.method} {self.path}"

    def of(self, where: str) -> list[Place]:
        """The places in one part of the request."""
        return [place for place in self.places if place.where == where]

    @property
    def id_places(self) -> list[Place]:
        """The places that name an object."""
        return [place for place in self.places if place.is_id]

    def request(
        self, values: Mapping[str, object] | None = None, *, whole: bool = False
    ) -> httpx2.Request:
        """A request that fits, with these values in it; `whole` fills every place."""
        values = values or {}
        chosen = {
            place: values.get(place.name, place.sample())
            for place in self.places
            if whole or place.name in self.required | set(values)
        }
        content = self.write(
            {
                place.name: value
                for place, value in chosen.items()
                if place.where == "body"
            }
        )
        return self.raw(chosen, content)

    def write(self, members: Mapping[str, object]) -> bytes | None:
        """A body of these members."""
        if self.media_type == JSON:
            return json.dumps(members).encode()
        if self.media_type == FORM:
            return str(
                httpx2.QueryParams({k: str(v) for k, v in members.items()})
            ).encode()
        return None if self.media_type is None else b"content"

    def raw(
        self, chosen: Mapping[Place, object], content: bytes | None
    ) -> httpx2.Request:
        """A request with this body; values that are text are sent as they are."""
        path, query = self.path, []
        for place, value in chosen.items():
            written = quote(str(value), safe="%")
            if place.where == "path":
                path = path.replace(f"{{{place.name}}}", written)
            elif place.where == "query":
                query.append(f"{place.name}={written}")
        headers = {"Content-Type": self.media_type} if self.media_type else {}
        return httpx2.Request(
            self.method,
            f"https://testserver{path}?{'&'.join(query)}".rstrip("?"),
            headers=headers,
            content=content,
        )

    def samples(self) -> dict[Place, object]:
        """A value for every place."""
        return {place: place.sample() for place in self.places}


def operations(app: FastAPI) -> list[Operation]:
    """Every operation that the application documents."""
    return list(_operations(app.openapi()))


def _whole(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a parameter, with what it refers to in place."""
    named = document["components"]["schemas"]
    options = [
        named[option["$ref"].rpartition("/")[2]] if "$ref" in option else option
        for option in schema.get("anyOf", [schema])
    ]
    return {**schema, "anyOf": options} if "anyOf" in schema else options[0]


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            parameters = [
                one for one in spec.get("parameters", []) if one["in"] != "header"
            ]
            media_type, body = _body(document, spec)
            members = body.get("properties", {})
            yield Operation(
                method.upper(),
                path,
                tuple(
                    [
                        Place(one["in"], one["name"], _whole(document, one["schema"]))
                        for one in parameters
                    ]
                    + [Place("body", name, schema) for name, schema in members.items()]
                ),
                frozenset(
                    [one["name"] for one in parameters if one.get("required")]
                    + body.get("required", [])
                ),
                media_type,
                body,
                spec,
            )


def _body(
    document: Mapping[str, Any], spec: Mapping[str, Any]
) -> tuple[str | None, Mapping[str, Any]]:
    content = spec.get("requestBody", {}).get("content", {})
    for media_type, found in content.items():
        return media_type, resolved(document, found["schema"])
    return None, {}


def resolved(
    document: Mapping[str, Any], schema: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The schema, or the one that it refers to."""
    found: Mapping[str, Any] = schema
    for part in schema.get("$ref", "").split("/")[1:]:
        found = document if found is schema else found
        found = found[part]
    return found


async def send(
    client: httpx2.AsyncClient,
    request: httpx2.Request,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    """Send a request, which may be sent several times; return the answer."""
    again = httpx2.Request(
        request.method,
        request.url,
        headers={**request.headers, **(headers or {})},
        content=request.content,
    )
    return await client.send(again)
