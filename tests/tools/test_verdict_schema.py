"""The published schema is that of the code."""

from tools.verdict_schema import FILE, verdict_schema


def test_the_schema_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == verdict_schema(), (
        "run: uv run task schema"
    )
