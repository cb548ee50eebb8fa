"""What is published: the wheel, installed where there is no checkout, serves."""

import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import fastapi
import pytest

from tests.cli.service import Place, Web
from tests.processes import ROOT, environment

PACKAGE = ROOT / "src" / "unwrapped"

pytestmark = pytest.mark.long


def uv(*arguments: str | Path) -> None:
    """Run uv, which has to succeed."""
    done = subprocess.run(
        ("uv", "--quiet", *map(str, arguments)),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_wheel_serves_everything_from_an_empty_folder(tmp_path: Path) -> None:
    uv("build", "--wheel", "--out-dir", tmp_path / "dist")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    _assert_complete(wheel)
    uv("venv", "--python", sys.executable, tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    install = ("pip", "install", "--no-deps", "--offline", "--compile-bytecode")
    uv(*install, "--python", python, wheel)
    (installed,) = (tmp_path / "venv").glob("lib/*/site-packages")
    # Its dependencies are those of this environment, which is read after its own
    # folder; a path alone does not bring the checkout that this one points to.
    dependencies = Path(fastapi.__file__).parents[1]
    (installed / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")

    with Place(tmp_path) as place:
        assert list(place.cwd.iterdir()) == []
        command = (str(tmp_path / "venv" / "bin" / "unwrapped"), "serve", "--port", "0")
        web = place.start(Web, command, {})
        assert web.ready() == {
            "status": "ready",
            "database": True,
            "room": True,
            "worker": True,
        }
        with web.client() as client:
            assert client.get("/openapi.json").json()["info"]["title"] == "Unwrapped"
            assert client.get("/docs").is_success
            health = client.get("/healthz")
            assert health.json()["status"] == "ok"
            assert "server" not in health.headers
        host, port = web.address.removeprefix("http://").rsplit(":", 1)
        assert host == "127.0.0.1"
        assert port != "0"
        assert "open to everybody on this machine" in web.said
        assert f"\nReady: open {web.address}\n" in web.said
        soft, hard = open_files(web)
        assert soft == hard
        # The signal is passed on: who sent it sees that it arrived.
        assert web.stop(signal.SIGTERM) == -signal.SIGTERM
        place.assert_nothing_left()
        assert list(place.cwd.iterdir()) == []

    where = subprocess.run(
        (str(python), "-c", "import unwrapped; print(unwrapped.__file__)"),
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert Path(where.stdout).is_relative_to(installed)


def open_files(web: Web) -> list[str]:
    """How many files a process may open: at first, and when it asks."""
    limits = Path(f"/proc/{web.process.pid}/limits").read_text(encoding="ascii")
    [line] = [line for line in limits.splitlines() if line.startswith("Max open files")]
    return line.split()[3:5]


def _assert_complete(wheel: Path) -> None:
    """All files of the package are in it, and nothing else but what describes it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    inside = {name for name in names if name.startswith("unwrapped/")}
    beside = {name.partition("/")[0] for name in names} - {"unwrapped"}
    files = {
        f"unwrapped/{file.relative_to(PACKAGE).as_posix()}"
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {name for name in inside if not name.endswith("/")} == files
    assert [name.endswith(".dist-info") for name in beside] == [True]
    for needed in ("migrations/atlas.sum", "cli/demo_export.zip", "py.typed"):
        assert f"unwrapped/{needed}" in inside
    for pattern in (
        "migrations/*.sql",
        "web/templates/*.html",
        "web/templates/pages/*.html",
        "web/static/css/*.css",
        "web/static/js/*.js",
        "web/fonts/*.ttf",
    ):
        assert [name for name in inside if Path(name).match(f"unwrapped/{pattern}")]
