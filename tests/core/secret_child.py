"""A process that asks for the secret of a home; the tests start many.

    python -m tests.core.secret_child HOME

Says when it is ready, waits for a line, and says the digest of the secret.
"""

import hashlib
import sys
from pathlib import Path

from unwrapped.core.config import Settings
from unwrapped.core.secrets.key_ring import secret_ring

if __name__ == "__main__":
    settings = Settings(unwrapped_home=Path(sys.argv[1]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    secret = secret_ring(settings).keys["k1"]
    sys.stdout.write(hashlib.sha256(secret).hexdigest())
