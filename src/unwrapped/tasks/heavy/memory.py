"""How much memory a process has, and how much it may have. Linux only; elsewhere nothing
is known, and nothing is limited."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

OOM_SCORE_ADJUSTMENT = 500
"""Half of the machine's memory: the kernel, when it has none left, takes the task and
neither the worker nor the database."""

_OCCUPYING = ("RssAnon:", "VmSwap:")


def occupied_bytes(pid: int) -> int:
    """What a process has in memory and in swap, without files; 0 where that is not known."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(
            encoding="ascii", errors="replace"
        )
    except OSError:  # not Linux, or it has just ended
        return 0
    fields = (line.split() for line in status.splitlines())
    return sum(int(field[1]) * 1024 for field in fields if field[0] in _OCCUPYING)


def limit_own_memory(limit: int) -> None:
    """Be the first to be killed for want of memory, and be refused a leap over the limit.

    The worker kills a process that has more than `limit` (`occupied_bytes`). Until it
    looks again, and for one allocation of many times that, there is this: twice as much
    cannot be asked for, since threads and allocators ask for more than they use.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):  # it is a precaution
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE_ADJUSTMENT))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    twice = 2 * limit
    if hard == resource.RLIM_INFINITY or hard > twice:
        resource.setrlimit(resource.RLIMIT_DATA, (twice, hard))
