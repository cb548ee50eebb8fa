"""Hashes passwords with Argon2id: off the event loop, two at a time.

The parameters are from OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one
lane.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from zxcvbn_rs_py import zxcvbn

from unwrapped.auth.names import letters_and_digits
from unwrapped.core.exceptions import Invalid, Unavailable

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
AT_ONCE = 2
MOST_WAITING = 100
"""The most hashes that wait: about two seconds of work."""

COMMON = 10**6
"""A password is common if an attacker needs fewer guesses than this."""

BESIDE_NAME = 6
"""The fewest letters and digits of a password besides the user name."""

_argon2 = PasswordHash(
    [Argon2Hasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES)]
)


class TooBusy(Unavailable):
    """Too many passwords are waiting to be hashed."""

    code = "too_busy"

    def __init__(self) -> None:
        super().__init__(
            "Too many people are signing in right now. Try again in a moment."
        )


class WeakPassword(Invalid):
    """The new password is among the first that an attacker tries."""

    code = "weak_password"


class HashingPool:
    """Hashes in two threads of its own, so that a hundred sign-ins at once exhaust
    neither the memory nor the default thread pool.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0

    async def run[T](self, work: Callable[[], T]) -> T:
        """Return the result of the work. Raises `TooBusy`."""
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


_pool = HashingPool()


async def hash_password(password: SecretStr, username: str) -> str:
    """Return the hash of a new password. Raises `WeakPassword` or `TooBusy`."""
    return await _pool.run(partial(_hash, password.get_secret_value(), username))


def _hash(password: str, username: str) -> str:
    _require_strong(password, username)
    return _argon2.hash(password)


def _require_strong(password: str, username: str) -> None:
    name, given = letters_and_digits(username), letters_and_digits(password)
    if name and name in given and len(given.replace(name, "")) < BESIDE_NAME:
        raise WeakPassword(
            "The password is little more than the user name: choose another one."
        )
    # zxcvbn knows the most common passwords and their usual variations: other letters,
    # digits at the end, dates, rows of keys, repetitions.
    if zxcvbn(password, [username]).guesses < COMMON:
        raise WeakPassword(
            "The password is one of the first that an attacker tries: choose another"
            " one, such as four words that do not belong together."
        )


async def verify_password(password: SecretStr, hashed: str | None) -> bool:
    """Return whether the password matches the hash. Raises `TooBusy`.

    Without a hash (of an unknown user) the same work is done, so that the time taken
    does not reveal which users exist.
    """
    return await _pool.run(partial(_verify, password.get_secret_value(), hashed))


def _verify(password: str, hashed: str | None) -> bool:
    matches = _argon2.verify(password, hashed or _nobodys_hash())
    return matches and hashed is not None


@cache
def _nobodys_hash() -> str:
    return _argon2.hash("nobody's password")
