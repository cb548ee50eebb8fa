"""How much memory a process uses and may use on Linux; nothing is limited elsewhere."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

OOM_SCORE_ADJUSTMENT = 500
"""As if the task used half of the machine's memory more: if memory runs out, the kernel
kills the task, not the worker or the database.
"""

_OCCUPYING = ("RssAnon:", "VmSwap:")


def occupied_bytes(pid: int) -> int:
    """Bytes of a process in memory and swap, without files; 0 if unknown."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(
            encoding="ascii", errors="replace"
        )
    except OSError:  # not Linux, or the process has just ended
        return 0
    fields = (line.split() for line in status.splitlines())
    return sum(int(field[1]) * 1024 for field in fields if field[0] in _OCCUPYING)


def limit_own_memory(limit: int) -> None:
    """Make this process the first to be killed when memory runs out, and limit its
    size.

    The worker kills a process that uses more than `limit` (`occupied_bytes`). This
    limit also stops a single large allocation between two checks. It is twice `limit`,
    since threads and allocators reserve more than they use.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):  # it is a precaution
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE_ADJUSTMENT))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    twice = 2 * limit
    if hard == resource.RLIM_INFINITY or hard > twice:
        resource.setrlimit(resource.RLIMIT_DATA, (twice, hard))
