"""A process that applies migrations; the tests start many at once.

    python -m tests.core.migrating_child DSN DIRECTORY

Says how many it has applied.
"""

import asyncio
import sys
from pathlib import Path

from unwrapped.core.addresses import DatabaseAddress
from unwrapped.core.migrations import apply_migrations

if __name__ == "__main__":
    address, directory = DatabaseAddress.parse(sys.argv[1]), Path(sys.argv[2])
    sys.stdout.write(str(len(asyncio.run(apply_migrations(address, directory)))))
