"""A process that applies migrations; the tests start many at once.

    python -m tests.core.migrating_child DSN DIRECTORY

It prints the number of migrations that it has applied.
"""

import asyncio
import sys
from pathlib import Path

from unwrapped.core.migrations.upgrade import apply_migrations
from unwrapped.core.postgres.addresses import DatabaseAddress

if __name__ == "__main__":
    address, directory = DatabaseAddress.parse(sys.argv[1]), Path(sys.argv[2])
    sys.stdout.write(str(len(asyncio.run(apply_migrations(address, directory)))))
