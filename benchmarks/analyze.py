"""`unwrapped analyze` on 200,000 and 1,000,000 rows, compared with its floor and a
notebook.

Each figure is the wall time or the peak memory of a whole process, the median of some
runs. All runs belong to one run of this program, since machines differ and are noisy:

- **analyze**: `unwrapped analyze EXPORT`.
- **floor**: the work that no implementation can avoid: inflate, decode with msgspec
  (the columns that the profile reads), and the bare Polars group-bys.
- **notebook**: the usual steps in a notebook: json.load, pandas concat, the same
  group-bys.

Run it with `uv run task bench`; `--rows` and `--runs` set smaller numbers.
"""

import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

HERE = Path(__file__).parent
OWED_SECONDS = {200_000: 2.5}
OWED_MIB = {1_000_000: 700}


@dataclass(frozen=True)
class Run:
    """The measurements of one process, from start to end."""

    seconds: float
    peak_mib: float


@click.command()
@click.option("--rows", multiple=True, type=int, default=(200_000, 1_000_000))
@click.option("--runs", default=5, show_default=True)
def main(rows: tuple[int, ...], runs: int) -> None:
    """Measure, and print the table of docs/benchmarks.md."""
    print("| rows | what | wall s (median) | of the floor | peak MiB | owed |")
    print("|---:|---|---:|---:|---:|---|")
    with tempfile.TemporaryDirectory() as folder:
        for count in rows:
            export = Path(folder) / f"{count}.zip"
            make = [sys.executable, str(HERE.parent / "examples" / "make_export.py")]
            subprocess.run(
                [*make, str(export), "--rows", str(count), "--years", "2012-2025"],
                check=True,
            )
            report(count, measure(export, runs))


def measure(export: Path, runs: int) -> dict[str, list[Run]]:
    """Run each command `runs` times, in turns, so that a noisy minute affects all."""
    unwrapped = Path(sysconfig.get_path("scripts")) / "unwrapped"
    commands = {
        "floor": [sys.executable, "-P", str(HERE / "floor.py"), str(export)],
        "analyze": [str(unwrapped), "analyze", str(export)],
        "notebook": [sys.executable, "-P", str(HERE / "notebook.py"), str(export)],
    }
    measured: dict[str, list[Run]] = {name: [] for name in commands}
    for command in commands.values():
        run(command)  # fills the disk cache and writes bytecode
    for _ in range(runs):
        for name, command in commands.items():
            measured[name].append(run(command))
    return measured


def run(command: list[str]) -> Run:
    """Run a command to its end; measure its own peak memory, not that of other
    children.
    """
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(seconds, usage.ru_maxrss / 1024)


def report(rows: int, measured: dict[str, list[Run]]) -> None:
    """Print a row of the table for each command."""
    floor = statistics.median(run.seconds for run in measured["floor"])
    for name, runs in measured.items():
        seconds = statistics.median(run.seconds for run in runs)
        peak = max(run.peak_mib for run in runs)
        owed = _owed(rows, seconds, peak) if name == "analyze" else ""
        print(
            f"| {rows:,} | {name} | {seconds:.2f} | {seconds / floor:.2f}x"
            f" | {peak:,.0f} | {owed} |"
        )


def _owed(rows: int, seconds: float, peak: float) -> str:
    said = []
    if rows in OWED_SECONDS:
        met = "met" if seconds <= OWED_SECONDS[rows] else "NOT MET"
        said.append(f"{OWED_SECONDS[rows]} s: {met}")
    if rows in OWED_MIB:
        met = "met" if peak <= OWED_MIB[rows] else "NOT MET"
        said.append(f"{OWED_MIB[rows]} MiB: {met}")
    return ", ".join(said)


if __name__ == "__main__":
    main()
