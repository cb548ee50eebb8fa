"""Write docs/verdict.schema.json: the JSON Schema of `unwrapped analyze --json`.

The schema is made from the dataclasses; their docstrings become descriptions. Run
`uv run task schema` after a change: a test fails if the file is not up to date.
"""

import dataclasses
import json
import types
import typing
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter

from unwrapped.music.analysis.portrait import SCHEMA_VERSION, Portrait

FILE = Path(__file__).parents[1] / "docs" / "verdict.schema.json"


def verdict_schema() -> str:
    """The schema as text."""
    _use_docstrings(Portrait)
    adapter = TypeAdapter(Portrait)
    schema = adapter.json_schema(mode="serialization") | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A portrait of Unwrapped, version {SCHEMA_VERSION}",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _use_docstrings(kind: object) -> None:
    """Use the docstrings of members as descriptions, in a type and all types within it."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        kind.__pydantic_config__ = ConfigDict(  # type: ignore[attr-defined]  # pydantic's protocol
            use_attribute_docstrings=True, extra="forbid"
        )
        for part in typing.get_type_hints(kind).values():
            _use_docstrings(part)
    elif isinstance(kind, types.UnionType | types.GenericAlias):
        for part in typing.get_args(kind):
            _use_docstrings(part)


if __name__ == "__main__":
    FILE.write_text(verdict_schema(), encoding="utf-8")
