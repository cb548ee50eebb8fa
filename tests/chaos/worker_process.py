"""`unwrapped worker`, which knows the kinds of the chaos test besides its own.

python -m tests.chaos.worker_process worker
"""

import unwrapped.main
from tests.chaos.domain import DOMAIN
from unwrapped.cli.main import main

if __name__ == "__main__":
    unwrapped.main.DOMAINS += (DOMAIN,)
    main()
