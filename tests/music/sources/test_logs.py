"""The logs are declared once, and nothing else knows one by its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import unwrapped
from unwrapped.auth.oauth.settings import SPOTIFY
from unwrapped.music.sources import received_scrobbles, spotify_api
from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.logs import LOGS, RICH_TO_POOR, LogName
from unwrapped.music.sources.rows.frame import LOG_DTYPE
from unwrapped.music.store.models import LOG_CODES, LOG_NAMES

SOURCE = Path(unwrapped.__file__).parent
REGISTRY = SOURCE / "music" / "sources" / "logs.py"

CODES = {
    "spotify_extended": 1,
    "spotify_account": 2,
    "spotify_api": 3,
    "listenbrainz_archive": 4,
    "listenbrainz": 5,
    "listenbrainz_end": 6,
    "listenbrainz_spotify": 7,
    "lastfm": 8,
    "lastfm_minute": 9,
    "scrobbled_here": 10,
    "scrobbled_here_end": 11,
}
"""The stored codes. A line is added for a new log, and no line is ever changed."""


def test_each_name_has_a_record() -> None:
    assert set(LOGS) == set(LogName), f"add the record to LOGS in {REGISTRY}"


def test_codes_stay() -> None:
    assert {name.value: log.code for name, log in LOGS.items()} == CODES
    assert len(set(CODES.values())) == len(CODES)
    assert LOG_CODES == CODES
    assert {code: name for name, code in CODES.items()} == LOG_NAMES


def test_ranks_are_a_total_order() -> None:
    assert sorted(log.rank for log in LOGS.values()) == list(range(1, len(LOGS) + 1))
    assert LOG_DTYPE.categories.to_list() == list(RICH_TO_POOR)
    # Polars takes members of LogName for an Enum in the order of the class.
    assert list(LogName) == list(RICH_TO_POOR)


def test_formats_go_from_rich_to_poor() -> None:
    ranks = [min(LOGS[log].rank for log in form.logs) for form in FORMATS]
    assert ranks == sorted(ranks)
    read = [log for form in FORMATS for log in form.logs]
    reported = {received_scrobbles.STARTS, received_scrobbles.ENDS}
    assert {*read, spotify_api.LOG, *reported} == set(LogName)


def test_the_log_that_is_deleted_with_a_provider_is_found() -> None:
    assert LOGS[spotify_api.LOG].forgotten_with == SPOTIFY
    assert not LOGS[spotify_api.LOG].may_reach_models
    assert [log.title for log in LOGS.values() if log.forgotten_with is None] == [
        LOGS[name].title for name in LogName if name != spotify_api.LOG
    ]


def _texts(file: Path) -> Iterator[str]:
    """The text of a file; of a Python file its strings, including docstrings."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_other_module_names_a_log() -> None:
    """Formats may name one, since clients have the name of their service; so may addresses,
    tools, and texts for the files of clients."""
    clients = SOURCE / "web" / "pages" / "scrobblers" / "clients.py"
    formats = SOURCE / "music" / "sources" / "formats"
    named = re.compile(rf"(?<![\w/.-])({'|'.join(LogName)})(?![\w/.-])")
    kinds = {".py", ".html", ".css", ".js"}
    found = {
        f"{file.relative_to(SOURCE)}: {match[0]}"
        for file in SOURCE.rglob("*")
        if file.suffix in kinds
        and file not in {REGISTRY, clients}
        and file.parent != formats
        and named.search(file.read_text("utf-8"))
        for text in _texts(file)
        if (match := named.search(text))
    }
    assert not found, "ask the records of LOGS instead"


def test_only_formats_refer_to_a_log() -> None:
    formats = SOURCE / "music" / "sources" / "formats"
    found = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if file != REGISTRY and file.parent != formats
        if re.search(r"\bLogName\.[A-Z]", file.read_text(encoding="utf-8"))
    }
    assert not found, "ask the records of LOGS instead"
