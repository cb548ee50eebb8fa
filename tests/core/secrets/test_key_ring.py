"""The keys of the settings or of the home; weak ones are refused."""

import stat
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.attacks import attack
from tests.processes import PIPE, environment, start
from unwrapped.core.config import Settings
from unwrapped.core.exceptions import Unavailable
from unwrapped.core.secrets.key_ring import KeyRing, WeakSecret, secret_ring

FIRST = "Hq8vN3sYpLx0Zr5dKwTgE2bMc7uJfA1o"
SECOND = "w9XeRt4BnQz6VyUi1LkSj8HgFd3PaOm0"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (FIRST, ["k1"]),
        (f"  {FIRST}\n", ["k1"]),
        (f"old:{FIRST}", ["old"]),
        (f"k2:{SECOND},k1:{FIRST}", ["k2", "k1"]),
        (f"k2:{SECOND} , k1:{FIRST},", ["k2", "k1"]),
        (f"k1:{FIRST}:with:colons", ["k1"]),
    ],
)
def test_one_secret_or_a_ring_is_read_in_its_order(text: str, ids: list[str]) -> None:
    ring = KeyRing.parse(text)
    assert list(ring.keys) == ids
    assert ring.signing_id == ids[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" , ", "empty"),
        ("short", "5 bytes; 32 are needed"),
        ("k1:" + FIRST[:-1], "31 bytes"),
        (f"k2:{SECOND},k1:short", "5 bytes"),
        ("a" * 64, "guess"),
        ("abcdefg" * 8, "guess"),
        ("please-change-me-" + FIRST, "guess"),
        ("your_secret_key_" + FIRST, "guess"),
        ("a-string-secret-at-least-256-bits-long", "guess"),
        ("a-valid-string-secret-that-is-at-least-384-bits-long", "guess"),
        ("your-256-bit-secret" * 3, "guess"),
        ("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "guess"),
        ("django-insecure-" + FIRST, "guess"),
        ("changeme" * 8, "guess"),
        ("abcdefgh" * 8, "guess"),
        ("0123456789abcdef" * 4, "guess"),
        ("qwertyuiopasdfghjklzxcvbnm123456", "guess"),
        ("0" * 56 + "deadbeef", "guess"),
        (f"k1:{FIRST},k1:{SECOND}", "each id once"),
        (f"{FIRST},{SECOND}", "not a ring"),
        (f"k2:{SECOND},{FIRST}", "not a ring"),
        (f"a key:{FIRST},b:{SECOND}", "not a ring"),
        pytest.param("\udcff" * 40, "SECRET_KEY", id="no UTF-8"),
    ],
)
@attack(49, "weak")
def test_weak_keys_are_refused_without_showing_them(text: str, said: str) -> None:
    with pytest.raises(WeakSecret, match=said) as refused:
        KeyRing.parse(text)
    for part in text.replace(":", ",").split(","):
        assert len(part.strip()) < 5 or part.strip() not in refused.value.message


def test_a_ring_does_not_show_its_keys() -> None:
    assert FIRST not in repr(KeyRing.parse(FIRST))


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(unwrapped_home=tmp_path / "new" / "home")
    ring = secret_ring(settings)
    assert secret_ring(settings) == ring
    kept = settings.home / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [file.name for file in settings.home.iterdir()] == ["secret_key"]
    other = secret_ring(Settings(unwrapped_home=tmp_path / "other"))
    assert set(other.keys.values()).isdisjoint(ring.keys.values())


def test_processes_at_once_keep_one_secret(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tests.core.secret_child", str(tmp_path / "home"))
    processes = [
        start(command, env=environment(), stdin=PIPE, stdout=PIPE, stderr=2)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin is not None
        with process.stdin as stdin:
            stdin.write(b"\n")
    answer = set()
    for process in processes:
        assert process.stdout is not None
        with process.stdout as stdout:
            answer.add(stdout.read())
    assert [process.wait(60) for process in processes] == [0] * 4
    assert len(answer) == 1
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["secret_key"]


def test_a_weak_secret_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("k1:short\n")
    with pytest.raises(WeakSecret):
        secret_ring(Settings(unwrapped_home=tmp_path))


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(Unavailable, match=r"secret_key cannot be read or created"):
        secret_ring(Settings(unwrapped_home=tmp_path / "home"))


@attack(49, "none")
def test_an_external_database_needs_a_secret_in_the_settings(tmp_path: Path) -> None:
    address = SecretStr("postgresql://user:pw@host/db")
    settings = Settings(unwrapped_home=tmp_path / "home", database_url=address)
    with pytest.raises(WeakSecret, match="SECRET_KEY is not set"):
        secret_ring(settings)
    assert not (tmp_path / "home").exists()


def test_the_secret_in_the_settings_takes_precedence_over_the_kept_one(
    tmp_path: Path,
) -> None:
    settings = Settings(unwrapped_home=tmp_path / "home", secret_key=SecretStr(FIRST))
    assert secret_ring(settings).keys == {"k1": FIRST.encode()}
    assert not (tmp_path / "home").exists()
