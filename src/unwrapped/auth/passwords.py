"""Hashing of passwords: Argon2id, off the event loop, two at a time.

Parameters after OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
AT_ONCE = 2

_argon2 = PasswordHash(
    [Argon2Hasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES)]
)
# A pool of its own: a hundred sign-ins must neither take all memory nor all threads.
_threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="argon2")


async def hash_password(password: SecretStr) -> str:
    """The hash to be stored."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(
        _threads, _argon2.hash, password.get_secret_value()
    )


async def verify_password(password: SecretStr, hashed: str | None) -> bool:
    """Whether the password belongs to the hash.

    Without a hash (an unknown user) the same work is done, so that time tells nothing.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(
        _threads, _verify, password.get_secret_value(), hashed
    )


def _verify(password: str, hashed: str | None) -> bool:
    matches = _argon2.verify(password, hashed or _nobodys_hash())
    return matches and hashed is not None


@cache
def _nobodys_hash() -> str:
    return _argon2.hash("nobody's password")
