"""A log and its format need one record, one module and one kit: shown in a copy."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.music.store.models import LOG_CODES

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent

RECORD = """
    LogName.MADE_UP_PLAYS: Log(
        code=99,
        title="Made-up plays",
        service="Made Up",
        logs="start",
        precision="second",
        longest_unknown_ms=600_000,
        rank=99,
        earliest_year=2002,
        endings={},
    ),
}
\"\"\"Every log"""


def _insert(file: Path, text: str, before: str) -> None:
    written = file.read_text(encoding="utf-8")
    assert written.count(before) == 1, f"{before!r} in {file}"
    file.write_text(written.replace(before, text), encoding="utf-8")


def _copy_with_another_log(tree: Path) -> None:
    for part in ("src", "tests/music/kits"):
        # With the bytecode, which compiling takes seconds; not what is being written.
        shutil.copytree(
            ROOT / part, tree / part, ignore=shutil.ignore_patterns("*.pyc.*")
        )
    sources = tree / "src/unwrapped/music/sources"
    end = "\n\n@dataclass(frozen=True, slots=True, kw_only=True)\nclass Log:"
    _insert(sources / "logs.py", f'    MADE_UP_PLAYS = "made_up_plays"\n{end}', end)
    _insert(sources / "logs.py", RECORD.lstrip("\n"), '}\n"""Every log')
    shutil.copy(
        HERE / "made_up_format.py.txt", sources / "formats" / "made_up_table.py"
    )
    kits = tree / "tests/music/kits"
    shutil.copy(HERE / "made_up_kit.py.txt", kits / "made_up.py")
    end = ")\n\n\ndef kit_of"
    _insert(kits / "kits.py", f"    made_up.MADE_UP,\n{end}", end)
    imported = "from tests.music.kits.kit import Kit, Truth\n"
    added = "from tests.music.kits import made_up\n"
    _insert(kits / "kits.py", f"{added}{imported}", imported)


@pytest.mark.long
def test_another_log_is_found_everywhere(
    clone: DatabaseAddress, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    _copy_with_another_log(tree)
    path = (tree / "src", tree, ROOT)  # other tests and tools are those of here
    child = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.music.kits.another_log_child",
            clone.for_asyncpg(),
            str(tmp_path / "home"),
        ],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    found = json.loads(child.stdout)
    assert found["tree"] == str(tree)
    assert found["codes"] == LOG_CODES | {"made_up_plays": 99}
    assert found["api"] == [*LOG_CODES, "made_up_plays"]
    assert found["title"] == "Made-up plays"
    assert "| `made_up_plays` | Made-up plays | 99 | start | second |" in found["page"]
    assert "`made_up_table`" in found["page"]
    assert found["listens"] == [["made_up_plays", "Made Up"]]
