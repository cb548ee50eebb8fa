"""Packages of npm for tests: installed once a machine, into the cache of its user.

CI installs them in the same way, by the exact versions in a `package.json`. No lock file is
written: it would name the registry.
"""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

import platformdirs

from tests.missing import missing


def installed(name: str, *files: Path) -> Path:
    """A folder with these files and their packages; the first process creates it."""
    npm = shutil.which("npm")
    if npm is None:
        missing("npm")
    content = b"".join(file.read_bytes() for file in files)
    cache = platformdirs.user_cache_path("unwrapped-tests", appauthor=False)
    folder = cache / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "installed").open("a+") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        mark.seek(0)
        if not mark.read():
            for file in files:
                shutil.copy(file, folder)
            _install(npm, folder)
            mark.write("yes")
    return folder


def _install(npm: str, folder: Path) -> None:
    options = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    done = subprocess.run(
        (npm, "install", *options),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        missing(f"the packages of {folder}: {done.stderr}")
