"""`unwrapped keys`: a new key signs, older ones verify, and nobody sees any of them."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.running import assert_refused
from tests.cli.service import Place
from unwrapped.cli.main import cli
from unwrapped.core.config import Settings
from unwrapped.core.exceptions import AppException, Unavailable
from unwrapped.core.process_resources import token_signer
from unwrapped.core.secrets.key_file import KeyFile, NoKeyFile
from unwrapped.core.secrets.key_ring import KeyRing, KeysElsewhere, day_of, secret_ring
from unwrapped.core.security import InvalidToken

FIRST = "HU3b0Wk7yQ1mXo5sJ9eRz2LtVp8nCd4f"
DAY = date(2026, 11, 22)

type Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `unwrapped keys …` in this process, in a home of the test."""
    monkeypatch.chdir(tmp_path)
    unset = {"SECRET_KEY": None, "DATABASE_URL": None}
    home = {"UNWRAPPED_HOME": str(tmp_path / "home")}

    def invoke(*arguments: str, **variables: str) -> Result:
        env = unset | home | variables
        return CliRunner().invoke(cli, ["keys", *arguments], env=env)

    return invoke


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a server in that home, which has started once."""
    settings = Settings(unwrapped_home=tmp_path / "home")
    secret_ring(settings)
    return settings


def test_a_new_key_signs_and_the_old_one_verifies(run: Run, settings: Settings) -> None:
    before = token_signer(settings)
    old = before.create_access_token(7, uuid4())
    done = run("rotate")
    assert done.exit_code == 0, done.output
    today = datetime.now(UTC).date()
    new_id = f"k2-{today:%Y%m%d}"
    assert done.output.splitlines() == [
        f"{new_id} signs from now on; also kept: k1.",
        "Restart running processes: they only know the keys that they started with.",
    ]
    after = token_signer(settings)
    assert list(after.ring.keys) == [new_id, "k1"]
    assert after.verify_token(old).user_id == 7
    new = after.create_access_token(7, uuid4())
    assert jwt.get_unverified_header(new)["kid"] == new_id
    # A running process does not know the new key: it must be restarted.
    with pytest.raises(InvalidToken):
        before.verify_token(new)


def test_only_the_latest_keys_are_kept(run: Run, settings: Settings) -> None:
    for keep, expected in ((3, ["k2", "k1"]), (3, ["k3", "k2", "k1"]), (1, ["k4"])):
        run("rotate", "--keep", str(keep))
        ids = [kid.partition("-")[0] for kid in secret_ring(settings).keys]
        assert ids == expected


def test_the_list_shows_no_secret(run: Run, settings: Settings) -> None:
    run("rotate")
    listed = run("list")
    assert listed.exit_code == 0
    today = datetime.now(UTC).date()
    assert [line.split() for line in listed.output.splitlines()] == [
        [f"k2-{today:%Y%m%d}", "signs", "and", "verifies", "created", "on", f"{today}"],
        ["k1", "verifies"],
    ]
    for secret in secret_ring(settings).keys.values():
        assert secret.decode() not in listed.output


def test_the_file_stays_private_and_no_other_file_is_left(
    run: Run, settings: Settings
) -> None:
    kept = settings.home / "secret_key"
    kept.chmod(0o644)
    run("rotate")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    names = {file.name for file in settings.home.iterdir()}
    assert names == {"secret_key", "secret_key.lock"}


def test_each_of_many_concurrent_rotations_adds_a_key(settings: Settings) -> None:
    file = KeyFile(settings.home / "secret_key")

    def rotate(_: int) -> None:
        file.change(lambda text: KeyRing.parse(text).rotated(DAY, 100).text)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(rotate, range(8)))
    assert len(secret_ring(settings).keys) == 9


def test_a_plain_secret_in_the_file_becomes_a_key_of_the_ring(
    run: Run, settings: Settings
) -> None:
    (settings.home / "secret_key").write_text(f"{FIRST}\n")
    run("rotate")
    assert secret_ring(settings).keys["k1"] == FIRST.encode()


def refusal(result: Result) -> AppException:
    """The error of a command, which `main` prints in one line."""
    assert isinstance(result.exception, AppException), result
    return result.exception


@pytest.mark.parametrize("command", ["list", "rotate"])
def test_without_a_file_nothing_is_created(
    run: Run, tmp_path: Path, command: str
) -> None:
    error = refusal(run(command))
    assert isinstance(error, NoKeyFile)
    assert "the first start of the service creates it" in error.message
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["list", "rotate"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", FIRST), ("DATABASE_URL", "postgresql://u@127.0.0.1:1/x")],
)
def test_keys_in_the_environment_are_not_changed(
    run: Run,
    settings: Settings,
    command: str,
    name: str,
    value: str,
) -> None:
    before = (settings.home / "secret_key").read_bytes()
    error = refusal(run(command, **{name: value}))
    assert isinstance(error, KeysElsewhere)
    assert "SECRET_KEY=k2:NEW,k1:OLD" in error.message
    assert FIRST not in error.message
    assert (settings.home / "secret_key").read_bytes() == before


def test_a_home_that_is_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    assert isinstance(refusal(run("rotate")), Unavailable)


@pytest.mark.parametrize("keep", ["0", "11", "two"])
def test_an_invalid_number_is_refused(run: Run, settings: Settings, keep: str) -> None:
    done = run("rotate", "--keep", keep)
    assert done.exit_code == 2
    assert "--keep" in done.output
    assert list(secret_ring(settings).keys) == ["k1"]


def test_a_refusal_is_one_line(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        outcome = place.run("keys", "rotate", SECRET_KEY=FIRST)
        assert_refused(outcome, "SECRET_KEY=k2:NEW,k1:OLD")
        assert FIRST not in outcome.err


_IDS = st.from_regex(r"k[0-9]{1,5}(-[0-9]{8})?|[A-Za-z0-9_-]{1,16}", fullmatch=True)


@given(st.lists(_IDS, unique=True, min_size=1, max_size=6), st.integers(1, 8))
def test_a_rotated_ring_is_valid(ids: list[str], keep: int) -> None:
    ring = KeyRing({kid: f"{FIRST}{number}".encode() for number, kid in enumerate(ids)})
    rotated = ring.rotated(DAY, keep)
    assert KeyRing.parse(rotated.text) == rotated
    new, *older = rotated.keys
    assert new not in ids
    assert older == ids[: keep - 1]
    assert {kid: ring.keys[kid] for kid in older}.items() <= rotated.keys.items()
    assert rotated.keys[new] not in ring.keys.values()
    assert day_of(new) == DAY


@given(st.sets(st.sampled_from(["k1", "k2", "k3", "k9"])), st.integers(1, 4))
def test_a_key_that_is_needed_is_not_dropped(needed: set[str], keep: int) -> None:
    ring = KeyRing({kid: FIRST.encode() for kid in ("k3", "k2", "k1")})
    left = list(ring.shortened(keep, needed).keys)
    assert left[:keep] == list(ring.keys)[:keep]
    assert set(left[keep:]) == set(list(ring.keys)[keep:]) & needed


@pytest.mark.parametrize("kid", ["k1", "x", "k1-20261341", "k1-2026112", "20261122"])
def test_an_id_without_a_day_has_none(kid: str) -> None:
    assert day_of(kid) is None
