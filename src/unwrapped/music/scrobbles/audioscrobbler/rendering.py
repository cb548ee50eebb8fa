"""Answers of Audioscrobbler 2.0 in its two forms, JSON and XML.

An answer is written once, as JSON, and converted to XML by the rule of Last.fm: a member
becomes an element, and an array a repeated element. The members of "@attr" become
attributes of their element; so do all members beside "#text", which is the element's text.
"""

import json
import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

type Value = str | int | Mapping[str, "Value"] | Sequence["Value"]
type Answer = Mapping[str, Value]

DONE: Answer = {"lfm": {"status": "ok"}}
"""The answer to a method that returns nothing. Pano Scrobbler compares the JSON to it."""

ATTRIBUTES, TEXT = "@attr", "#text"
# XML 1.0 cannot contain these characters, not even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(answer: Answer) -> bytes:
    """The answer as JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def as_xml(answer: Answer, *, is_failure: bool = False) -> bytes:
    """The answer as an `<lfm>` element with the status `ok` or `failed`."""
    status = "failed" if is_failure else "ok"
    members = {} if answer is DONE else answer
    children = "".join(_elements(name, value) for name, value in members.items())
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{declaration}\n<lfm status="{status}">{children}</lfm>\n'.encode()


def _elements(name: str, value: Value) -> str:
    if isinstance(value, Mapping):
        return _element(name, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_elements(name, one) for one in value)
    return f"<{name}>{_text(value)}</{name}>"


def _element(name: str, members: Mapping[str, Value]) -> str:
    if TEXT in members:
        attributes = {key: own for key, own in members.items() if key != TEXT}
        content = _text(members[TEXT])
    else:
        found = members.get(ATTRIBUTES, {})
        attributes = dict(found) if isinstance(found, Mapping) else {}
        content = "".join(
            _elements(key, child) for key, child in members.items() if key != ATTRIBUTES
        )
    written = "".join(
        f" {key}={quoteattr(_clean(own))}" for key, own in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>"


def _text(value: Value) -> str:
    return escape(_clean(value))


def _clean(value: Value) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
