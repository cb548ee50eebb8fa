"""The scripts of the page: their types, and how much of them a page loads."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import unwrapped.web
from tests.missing import missing
from tests.npm import installed

STATIC = Path(unwrapped.web.__file__).parent / "static"
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
OPTIONS = (
    *("--noEmit", "--allowJs", "--checkJs", "--strict"),
    *("--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"),
    *("--lib", "es2023,dom,dom.iterable"),
)
MOST_BYTES = 15 * 1024


def test_the_types_of_all_scripts_agree() -> None:
    if shutil.which("node") is None:
        missing("node")
    folder = installed("browser", Path(__file__).with_name("package.json"))
    compiler = folder / "node_modules" / ".bin" / "tsc"
    done = subprocess.run(
        (compiler, *OPTIONS, *SCRIPTS),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_screen_loads_few_bytes_of_script() -> None:
    assert (
        len(gzip.compress(b"".join(one.read_bytes() for one in SCRIPTS))) < MOST_BYTES
    )
    # What comes with a screen; a module that is imported when it is asked for does not.
    loaded, waiting = set[Path](), [STATIC / "js/page.js", STATIC / "js/progress.js"]
    while waiting:
        script = waiting.pop()
        loaded.add(script)
        named = re.findall(
            r'^import .* from "\./(.+)";$', script.read_text(), re.MULTILINE
        )
        waiting += {script.with_name(name) for name in named} - loaded
    assert len(loaded) > 3
    assert sum(one.stat().st_size for one in loaded) < MOST_BYTES
