"""A program that prints what it finds in its process, and ends in the given WAY.

    python -m tests.process_probe WAY

It compares processes that are forked with others (tests/test_processes.py).
"""

import atexit
import gc
import json
import locale
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path


def found() -> dict[str, object]:
    """What a program can notice of how it was started."""
    return {
        "arguments": sys.argv,
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "path": sys.path,
        "flags": str(sys.flags),
        "warnings": str(warnings.filters),
        "locale": locale.setlocale(locale.LC_ALL),
        "zone": time.tzname,
        "collects": (gc.isenabled(), gc.get_threshold()),
        "handlers": [
            str(signal.getsignal(number)) for number in signal.valid_signals()
        ],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "leads a session": os.getsid(0) == os.getpgid(0) == os.getpid(),
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "open": sorted(fd for fd in range(100) if Path(f"/proc/self/fd/{fd}").exists()),
        "streams": [
            (one.encoding, one.errors, one.line_buffering)
            for one in (sys.stdin, sys.stdout, sys.stderr)
        ],
    }


def say(words: str) -> None:
    """Write a line, without a flush."""
    sys.stdout.write(f"{words}\n")


def go_on_in_a_thread() -> None:
    """End while a thread has still to write a line."""
    threading.Timer(0.1, say, ["thread"]).start()


def wait() -> None:
    """Write a line, and wait for the end of stdin."""
    say("waiting")
    sys.stdout.flush()
    sys.stdin.read()


WAYS: dict[str, Callable[[], object]] = {
    "print": lambda: say(json.dumps(found())),
    "wait": wait,
    "return": lambda: None,
    "thread": go_on_in_a_thread,
    "exit": sys.exit,
    "exit 3": lambda: sys.exit(3),
    "exit 257": lambda: sys.exit(257),
    "exit with words": lambda: sys.exit("no é"),
    "leave": lambda: os._exit(5),
    "raise": lambda: os.environ["NOTHING"],
    "close": lambda: os.close(1),
    "abort": os.abort,
    "SIGINT": lambda: signal.raise_signal(signal.SIGINT),
    "SIGTERM": lambda: signal.raise_signal(signal.SIGTERM),
}

if __name__ == "__main__":
    atexit.register(say, "end")
    WAYS[sys.argv[1]]()
