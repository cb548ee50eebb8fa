"""The page of logs and formats is that of the code."""

from tools.formats_table import FILE, formats_page


def test_the_page_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == formats_page(), "run: uv run task schema"
