"""The parameters of a request, from the query string and the form together.

Clients differ in where they send a parameter, in the case of its name, and in how often
they send it. The form is read with any `Content-Type`: some clients send none.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

MOST_FIELDS = 2_000
_NUL, _REPLACED = "\0", "\N{REPLACEMENT CHARACTER}"
_INDEXED = re.compile(r"([a-z_]+)\[(\d{1,4})\]", re.ASCII)


class TooManyFields(ValueError):
    """The query string or the form has more than `MOST_FIELDS` parameters."""


class Parameters:
    """The values of parameters, by name in lower case."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            # An empty value never replaces another one: mpdscribble sends a rating twice,
            # once empty.
            if value or name.lower() not in self._values:
                self._values[name.lower()] = value.replace(_NUL, _REPLACED).strip()

    def get(self, name: str) -> str:
        """The value of a parameter without surrounding space; "" if it is missing."""
        return self._values.get(name, "")

    def rows(self, *names: str) -> "list[Parameters]":
        """The rows of a batch, `name[0]`, `name[1]` and so on, in the order of the indexes.

        Indexes may have gaps, and rows may lack parameters. A request without indexes is
        one row; a request with none of the parameters `names` has no rows.
        """
        batch: dict[int, list[tuple[str, str]]] = {}
        for name, value in self._values.items():
            if (match := _INDEXED.fullmatch(name)) and match[1] in names:
                batch.setdefault(int(match[2]), []).append((match[1], value))
        if batch:
            return [Parameters(batch[index]) for index in sorted(batch)]
        return [self] if any(name in self._values for name in names) else []


def read_parameters(query: bytes, body: bytes) -> Parameters:
    """The parameters of a request; those of the form override those of the query.

    Raises `TooManyFields`.
    """
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
    """Decode UTF-8; if it is not valid, keep the text as Latin-1, which old clients send."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
