"""A forked process behaves as one that was started."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.process_probe import WAYS
from tests.processes import DEVNULL, PIPE, Forked, Process, environment, run, start
from tests.waiting import until

PROBE = (sys.executable, "-m", "tests.process_probe")
ENV = environment(TZ="Asia/Tokyo", WORDS="é = \n", EMPTY="")
MEASURED = any(name.startswith("COVERAGE_") for name in ENV)


def both(*arguments: str) -> list[subprocess.CompletedProcess[bytes]]:
    """Run the probe as a forked process, then as one that is started."""
    command = (*PROBE, *arguments)
    return [run(command, env=ENV, afresh=afresh) for afresh in (False, True)]


def test_a_forked_process_finds_what_a_started_one_finds() -> None:
    outputs = [done.stdout.splitlines()[0] for done in both("print")]
    forked, started = map(json.loads, outputs)
    assert forked == started
    assert forked["open"] == [0, 1, 2]
    assert forked["threads"] == 1


@pytest.mark.parametrize("way", sorted(WAYS.keys() - {"print", "wait"}))
def test_a_forked_process_ends_as_a_started_one_does(way: str) -> None:
    forked, started = both(way)
    assert forked.returncode == started.returncode
    assert forked.stdout == started.stdout
    assert forked.stderr.splitlines()[-3:] == started.stderr.splitlines()[-3:]


@contextmanager
def waiting() -> Iterator[Process]:
    """A process that waits, forked unless it is measured; killed in the end."""
    process = start((*PROBE, "wait"), env=ENV, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    assert process.stdin is not None
    assert process.stdout is not None
    assert isinstance(process, Forked) != MEASURED
    with process.stdin, process.stdout:
        assert process.stdout.readline() == b"waiting\n"
        yield process
        process.kill()
        process.wait()


def state(pid: int) -> str:
    """Return the state of a process: S when it waits, T after SIGSTOP."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(") ")[2][0]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_forked_process_receives_signals(how: signal.Signals) -> None:
    with waiting() as process:
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        # Python handles a SIGINT that comes just before the wait only after it.
        until(lambda: state(process.pid) == "S" or None, "at rest")
        os.kill(process.pid, how)
        assert process.wait(30) == process.poll() == process.returncode == -how
        # The process has ended: the signal is ignored.
        process.send_signal(signal.SIGTERM)


def test_a_forked_process_can_be_stopped_and_continued() -> None:
    with waiting() as process:
        process.send_signal(signal.SIGSTOP)
        until(lambda: state(process.pid) == "T" or None, "stopped")
        process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
        process.send_signal(signal.SIGCONT)
        assert process.wait(30) == -signal.SIGTERM


def test_the_pipes_of_a_forked_process_end_with_it_alone() -> None:
    with waiting() as first, waiting() as second:
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdin.close()
        assert first.stdout.read() == b"end\n"
        assert first.wait(30) == 0
        assert second.poll() is None


@pytest.mark.parametrize("variable", ["PYTHONIOENCODING", "LC_ALL", "COVERAGE_FILE"])
def test_a_program_is_not_forked_with_a_variable_that_an_interpreter_reads(
    variable: str,
) -> None:
    env = ENV | {variable: "ascii"}
    process = start((*PROBE, "return"), env=env, stdout=DEVNULL, stderr=DEVNULL)
    assert not isinstance(process, Forked)
    assert process.wait(30) == 0
