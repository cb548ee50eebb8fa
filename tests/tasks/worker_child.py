"""`unwrapped worker`, which knows the tests' task kinds besides its own.

python -m tests.tasks.worker_child [--beside]
"""

import sys

import tests.tasks.heavy.kinds
import tests.tasks.workplace
import unwrapped.main
from unwrapped.cli.commands.worker import worker

if __name__ == "__main__":
    unwrapped.main.DOMAINS += (
        tests.tasks.workplace.DOMAIN,
        tests.tasks.heavy.kinds.DOMAIN,
    )
    worker(sys.argv[1:], prog_name="worker")
