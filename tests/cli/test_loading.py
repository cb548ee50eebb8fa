"""Commands load only the modules that they use, and few for a help text."""

import json
from pathlib import Path

from tests.cli.running import run
from tests.exports import extended_row, write_json
from tests.processes import UNWRAPPED

WEB_AND_ORM = {"fastapi", "starlette", "sqlalchemy", "sqlmodel", "uvicorn", "pandas"}
HEAVY = {*WEB_AND_ORM, "cryptography", "jinja2", "msgspec", "polars", "rich"}

PROGRAM = """
import contextlib, json, os, sys
from unwrapped.cli.main import cli

for arguments in json.loads(sys.argv[1]):
    with open(os.devnull, "w") as out, contextlib.redirect_stdout(out):
        with contextlib.redirect_stderr(out):
            cli(arguments, standalone_mode=False)
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_commands_load_only_what_they_need(tmp_path: Path) -> None:
    """One interpreter runs the commands in turn: what one loads, the next ones have."""
    helps = [["--help"], *([name, "--help"] for name in ("analyze", "certs", "serve"))]
    export = write_json(tmp_path / "a.json", [extended_row()] * 20)
    analyze = ["analyze", str(export)]
    commands = [*helps, analyze, [*analyze, "--html", str(tmp_path / "page.html")]]
    outcome = run([UNWRAPPED[0], "-c", PROGRAM, json.dumps(commands)], {})
    assert (outcome.code, outcome.err) == (0, "")
    *helped, analysed, drawn = (
        set(json.loads(line)) for line in outcome.out.splitlines()
    )
    assert [loaded & HEAVY for loaded in helped] == [set()] * len(helps)
    assert analysed & {*WEB_AND_ORM, "jinja2"} == set()
    assert drawn & {*WEB_AND_ORM, "jinja2"} == {"jinja2"}
