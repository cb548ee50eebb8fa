"""`unwrapped worker`, which knows the tests' task kinds besides its own.

python -m tests.tasks.worker_child [--beside]
"""

import sys

import unwrapped.main
from tests.tasks.workplace import DOMAIN
from unwrapped.cli.worker import worker

if __name__ == "__main__":
    unwrapped.main.DOMAINS += (DOMAIN,)
    worker(sys.argv[1:], prog_name="worker")
