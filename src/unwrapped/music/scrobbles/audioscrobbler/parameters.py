"""The parameters of a request: query string and form together, as clients send them.

Clients differ in where they put a parameter, in the case of names, and in how often
they send one. Bodies are read with any `Content-Type`: some have none.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

MOST_FIELDS = 2_000
_NUL, _REPLACED = "\0", "\N{REPLACEMENT CHARACTER}"
_INDEXED = re.compile(r"([a-z_]+)\[(\d{1,4})\]", re.ASCII)


class TooManyFields(ValueError):
    """A request has more parameters than any batch needs."""


class Parameters:
    """Values by the names of their parameters, in lower case."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            # mpdscribble sends a rating twice, one of them empty.
            if value or name.lower() not in self._values:
                self._values[name.lower()] = value.replace(_NUL, _REPLACED).strip()

    def get(self, name: str) -> str:
        """The value of a parameter, without surrounding space; "" if it is missing."""
        return self._values.get(name, "")

    def rows(self, *names: str) -> "list[Parameters]":
        """The rows of a batch in the order of their indexes.

        A request without indexes has one row; one that has none of `names` has none.
        Indexes may have gaps, and rows may lack parameters.
        """
        batch: dict[int, list[tuple[str, str]]] = {}
        for name, value in self._values.items():
            if (match := _INDEXED.fullmatch(name)) and match[1] in names:
                batch.setdefault(int(match[2]), []).append((match[1], value))
        if batch:
            return [Parameters(batch[index]) for index in sorted(batch)]
        return [self] if any(name in self._values for name in names) else []


def read_parameters(query: bytes, body: bytes) -> Parameters:
    """The parameters of a request; those of the form win. Raises `TooManyFields`."""
    return Parameters([*_fields(query), *_fields(body)])


def _fields(text: bytes) -> list[tuple[str, str]]:
    try:
        found = parse_qsl(
            text.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise TooManyFields from error
    return [(name, _decoded(value)) for name, value in found]


def _decoded(value: str) -> str:
    """Decode UTF-8, or else Latin-1, which old clients send."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
