"""The embedded server with real processes: shared, killed, refused, moved."""

import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from tests.core.embedded_homes import (
    IS_ROOT,
    OTHER_USER,
    Homes,
    is_listening,
    owner_of,
    query,
    short_folder,
)
from tests.waiting import until
from unwrapped.core.postgres.binaries import (
    Programs,
    copied,
    packaged,
)
from unwrapped.core.postgres.cluster import (
    SOCKET_PATH_LIMIT,
    Cluster,
    FolderInUse,
)
from unwrapped.core.postgres.data_folder import ServerFailed
from unwrapped.core.postgres.embedded import start_embedded
from unwrapped.core.postgres.file_locks import FileLock
from unwrapped.core.postgres.system_user import own_user

USERS = [None, OTHER_USER] if IS_ROOT else [None]
"""Users of a home: that of the tests and, where that is root, another one."""

ODD = f"meine Müsik 音楽/a \"b\" $HOME `id` \\ 'c'; %d/{'x' * 200}/{'y' * 200}"
"""The name of a home."""

NOT_ROOT = OTHER_USER if IS_ROOT else None
ONLY_ROOT = pytest.mark.skipif(not IS_ROOT, reason="only root keeps a pointer")

STARTED_AND_MADE = """
    SELECT system_identifier::text || pg_postmaster_start_time() FROM pg_control_system()
"""


@pytest.fixture(scope="session")
def state_dir(database_files: Path) -> Iterator[Path]:
    """Instead of /var/lib/unwrapped."""
    folder = short_folder()
    copied(folder)
    subprocess.run(["cp", "-a", database_files, folder / "template"], check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def homes(state_dir: Path) -> Iterator[Homes]:
    """Homes that are gone afterwards, and so are their servers."""
    with Homes(state_dir) as homes:
        yield homes


@pytest.mark.parametrize("user", USERS)
def test_processes_share_a_server_and_the_last_one_out_stops_it(
    homes: Homes, user: str | None
) -> None:
    home = homes.with_cluster(user)
    first, second = homes.child(home, user), homes.child(home, user)
    address = first.ready()
    assert second.ready() == address
    assert address.database == query(address, "SELECT current_database()")

    first.end()
    assert is_listening(address)
    second.end()
    assert not is_listening(address)
    assert not (homes.folder(home) / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize("user", USERS)
def test_processes_at_once_on_a_new_home_make_one_cluster_that_others_cannot_enter(
    homes: Homes, user: str | None
) -> None:
    private = homes.make("private", user)
    private.chmod(0o700)
    home = homes.make(f"private/{ODD}", user)
    for parent in home.parents:
        if user and parent.is_relative_to(private):
            shutil.chown(parent, user)
    children = [homes.child(home, user) for _ in range(3)]
    addresses = {child.ready() for child in children}
    assert len({query(address, STARTED_AND_MADE) for address in addresses}) == 1
    (address,) = addresses
    folder = homes.folder(home)
    assert re.fullmatch(r"[\w/.-]+", address.host, re.ASCII)
    assert len(f"{address.host}/.s.PGSQL.5432") <= SOCKET_PATH_LIMIT
    for path in (home / "postgres", folder, folder / "data", Path(address.host)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert query(address, "SHOW listen_addresses") == ""
    assert query(address, "SHOW data_checksums") == "on"
    assert query(address, "SHOW fsync") == "on"
    if user:
        assert owner_of(folder / "data") == user
    elif IS_ROOT:
        assert_of_no_account(homes, home)
    for child in children:
        child.end()
    assert not is_listening(address)

    # A copy that was made with other permissions is put right.
    for path in (folder, folder / "data"):
        path.chmod(0o755)
    again = homes.child(home, user)
    assert again.ready() == address
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    again.end()
    assert Path(address.host) == folder or not Path(address.host).exists()


def assert_of_no_account(homes: Homes, home: Path) -> None:
    """Check that the server of root runs as a user whom nobody is, in its own place."""
    folder, clusters = homes.folder(home), homes.state_dir / "clusters"
    assert list(clusters.iterdir()) == [folder]
    owner = Path(f"/proc/{homes.postmaster(home)}").stat().st_uid
    with pytest.raises(KeyError):
        pwd.getpwuid(owner)
    assert owners_in(folder) == {owner, 0}  # root's are lock and pointer
    refused = subprocess.run(
        ("ls", folder), user=OTHER_USER, capture_output=True, check=False
    )
    assert b"Permission denied" in refused.stderr


def test_a_process_shares_with_itself(homes: Homes) -> None:
    home = homes.with_cluster()
    with start_embedded(home, homes.state_dir) as outer:
        inner = start_embedded(home, homes.state_dir)
        inner.release()
        inner.release()
        assert query(outer.address, "SELECT 1") == 1
    assert not is_listening(outer.address)


def test_data_survive_the_death_of_all_processes(homes: Homes) -> None:
    home = homes.with_cluster()
    first, second = homes.child(home), homes.child(home)
    address = first.ready()
    second.ready()
    query(address, "CREATE TABLE kept AS SELECT 42 AS answer")

    first.kill()
    assert query(address, "SELECT answer FROM kept") == 42
    second.kill()
    third, survivor = homes.child(home), homes.child(home)
    assert query(third.ready(), "SELECT answer FROM kept") == 42
    assert survivor.ready() == address
    third.kill()
    survivor.end()
    assert not is_listening(address)


def test_a_killed_server_is_started_again(homes: Homes) -> None:
    home = homes.with_cluster()
    bereft = homes.child(home)
    address = bereft.ready()
    query(address, "CREATE TABLE kept AS SELECT 42 AS answer")
    killed = homes.postmaster(home)
    os.kill(killed, signal.SIGKILL)

    newcomer = homes.child(home)
    assert query(newcomer.ready(), "SELECT answer FROM kept") == 42
    assert homes.postmaster(home) != killed
    newcomer.end()
    assert is_listening(address)
    bereft.end()
    assert not is_listening(address)


def test_a_killed_server_is_restarted_once_by_the_processes_that_share_it(
    homes: Homes,
) -> None:
    home = homes.with_cluster()
    with (
        start_embedded(home, homes.state_dir) as one,
        start_embedded(home, homes.state_dir) as other,
    ):
        query(one.address, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert not one.revive()
        killed = homes.postmaster(home)
        os.kill(killed, signal.SIGKILL)
        until(lambda: one.cluster.is_gone() or None)
        with ThreadPoolExecutor() as threads:
            revived = list(threads.map(lambda server: server.revive(), (one, other)))
        assert any(revived)
        assert query(other.address, "SELECT answer FROM kept") == 42
        assert homes.postmaster(home) != killed
        assert not other.revive()
    assert not is_listening(one.address)


def test_a_server_that_was_killed_does_not_have_to_be_stopped(homes: Homes) -> None:
    home = homes.with_cluster()
    child = homes.child(home)
    child.ready()
    os.kill(homes.postmaster(home), signal.SIGKILL)
    child.end()
    # The next start frees what memory the killed one shared.
    with start_embedded(home, homes.state_dir) as server:
        assert query(server.address, "SELECT 1") == 1


def test_sigterm_gives_the_share_back(homes: Homes) -> None:
    child = homes.child(homes.with_cluster())
    address = child.ready()
    child.process.send_signal(signal.SIGTERM)
    assert child.hear() == "released"
    assert not is_listening(address)


def test_ctrl_c_in_the_terminal_leaves_the_server_alone(homes: Homes) -> None:
    home = homes.with_cluster()
    starter, other = homes.child(home), homes.child(home)
    address = starter.ready()
    other.ready()
    pids = {homes.postmaster(home)}
    os.killpg(starter.process.pid, signal.SIGINT)
    assert starter.hear() == "released"
    assert query(address, "SELECT 1") == 1
    assert {homes.postmaster(home)} == pids
    assert os.getsid(pids.pop()) not in {os.getsid(0), os.getsid(other.process.pid)}
    other.end()


def test_a_half_made_cluster_is_made_again(homes: Homes) -> None:
    home = homes.make()
    killed = homes.child(home)
    root = homes.state_dir / "clusters" if IS_ROOT else home
    until(lambda: list(root.rglob("data.partial/PG_VERSION")) or None)
    killed.kill()
    partial = homes.folder(home) / "data.partial"
    assert partial.exists()

    child = homes.child(home)
    assert query(child.ready(), "SELECT 1") == 1
    assert not partial.exists()
    child.end()


def test_a_socket_is_in_the_folder_as_long_as_its_path_may_be(tmp_path: Path) -> None:
    programs = Programs(packaged())

    def socket_folder(length: int) -> bool:
        folder = Path("/" + "f" * (length - len("//.s.PGSQL.5432")))
        return Cluster(folder, programs).socket_folder == folder

    assert socket_folder(SOCKET_PATH_LIMIT)
    assert not socket_folder(SOCKET_PATH_LIMIT + 1)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
def test_the_server_is_shown_no_secret_and_its_log_quotes_no_rows(homes: Homes) -> None:
    home = homes.with_cluster()
    child = homes.child(home)
    address = child.ready()
    environment = Path(f"/proc/{homes.postmaster(home)}/environ").read_bytes()
    assert b"SECRET_KEY" not in environment
    query(address, "CREATE TABLE person (email text PRIMARY KEY)")
    insert = "INSERT INTO person VALUES ('ann@example.org')"
    query(address, insert)
    with pytest.raises(asyncpg.UniqueViolationError):
        query(address, insert)
    log = homes.cluster(home).log.read_text()
    assert "ready to accept" in log
    assert "ann@" not in log
    child.end()


# Refusals and their messages.


def test_a_server_that_does_not_stop_is_shown(homes: Homes) -> None:
    with pytest.raises(ServerFailed, match=r"did not stop: .*PID file"):
        stop_without_its_file(homes)


def stop_without_its_file(homes: Homes) -> None:
    """Hide from a server's keeper what it stops the server by, and stop it after."""
    server = start_embedded(homes.with_cluster(), homes.state_dir)
    file = server.cluster.data / "postmaster.pid"
    hidden = file.rename(file.with_name("hidden"))
    try:
        server.release()
    finally:
        hidden.rename(file)
        server.cluster.stop()


def test_another_major_version_is_refused_with_the_way_out(homes: Homes) -> None:
    home = homes.with_cluster()
    data = homes.folder(home) / "data"
    (data / "PG_VERSION").write_text("17\n")
    said = homes.child(home).refused()
    assert said.startswith("embedded_server_other_version: ")
    assert f"{data} was made by PostgreSQL 17 and this is 18" in said
    assert "pg_dump -h" in said
    assert "pg_restore -h" in said


def test_a_second_server_on_the_folder_is_refused(homes: Homes) -> None:
    home = homes.with_cluster()
    cluster = homes.cluster(home)
    elsewhere = f"-c listen_addresses='' -c unix_socket_directories={homes.base}"
    homes.base.chmod(0o777)
    pg_ctl = ("pg_ctl", "-D", "data", "-w")
    by_hand = cluster.programs.run(
        *pg_ctl, "-o", elsewhere, "-l", "hand.log", "start", within=cluster.folder
    )
    assert by_hand.returncode == 0, by_hand.stderr
    try:
        pid = homes.postmaster(home)
        said = homes.child(home).refused()
        assert said == (
            f"embedded_server_folder_in_use: Another server (process {pid}) works on "
            f"{cluster.data}: stop it with `pg_ctl -D {cluster.data} stop`."
        )
    finally:
        cluster.programs.run(*pg_ctl, "stop", within=cluster.folder)
    child = homes.child(home)
    child.ready()
    child.end()


def test_a_server_out_of_reach_is_refused(homes: Homes) -> None:
    """The folder is mounted into another container as well."""
    home = homes.with_cluster()
    cluster = homes.cluster(home, patience=0.2)
    with (
        FileLock(cluster.folder / "server.lock").exclusive(),
        pytest.raises(FolderInUse, match="does not answer here"),
    ):
        cluster.ensure_running()


@pytest.mark.skipif(not Path("/proc/self/exe").exists(), reason="looks into /proc")
@pytest.mark.parametrize("recorded", ["another program", "nothing"])
def test_a_process_id_that_was_given_to_another_program_is_no_server(
    homes: Homes, recorded: str
) -> None:
    home = homes.with_cluster()
    homes.child(home).ready()
    homes.children[0].kill()
    folder = homes.folder(home)
    pid_file = folder / "data" / "postmaster.pid"
    written = pid_file.read_text().splitlines(keepends=True)
    os.kill(homes.postmaster(home), signal.SIGKILL)
    owner = homes.folder(home).stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if IS_ROOT else None) as other:
        try:
            text = "".join([f"{other.pid}\n", *written[1:]])
            for file in (pid_file, folder / ".s.PGSQL.5432.lock"):
                file.write_text(text if recorded == "another program" else "")
            child = homes.child(home)
            assert query(child.ready(), "SELECT 1") == 1
            child.end()
            assert other.poll() is None
        finally:
            other.kill()


def test_a_full_disk_is_shown_and_leaves_nothing_behind(homes: Homes) -> None:
    home = homes.make()
    said = homes.child(home, limit_kib=1024).refused()
    assert re.fullmatch(
        r"embedded_server_failed: The embedded database cannot be created in .*: .*File too large\.",
        said,
    )
    assert not (homes.folder(home) / "data.partial").exists()
    shutil.rmtree(home)
    shutil.rmtree(homes.state_dir / "clusters", ignore_errors=True)

    home = homes.with_cluster()
    home.chmod(0o700)  # or stderr, which may be a file, is written to
    said = homes.child(home, limit_kib=0).refused()
    assert f"could not even write {homes.folder(home) / 'server.log'}: the disk" in said
    child = homes.child(home)
    child.ready()
    child.end()


def test_a_start_that_fails_shows_the_line_with_the_error(homes: Homes) -> None:
    home = homes.with_cluster()
    with (homes.folder(home) / "data" / "postgresql.conf").open("a") as settings:
        settings.write("shared_bufers = 1\n")
    said = homes.child(home).refused()
    assert said.startswith("embedded_server_failed: The embedded database did not")
    assert 'unrecognized configuration parameter "shared_bufers"' in said
    assert said.endswith(f"(more in {homes.folder(home) / 'server.log'})")


def test_a_folder_for_the_socket_that_others_may_enter_is_refused(
    homes: Homes,
) -> None:
    home = homes.make("a home", NOT_ROOT)
    if IS_ROOT:
        folder = Cluster(home / "postgres", homes.programs_of(OTHER_USER)).socket_folder
    else:
        folder = Cluster(home / "postgres", Programs(packaged())).socket_folder
    folder.mkdir()
    try:
        folder.chmod(0o755)
        said = homes.child(home, NOT_ROOT).refused()
        assert said.startswith("embedded_server_socket_folder_taken: ")
        assert str(folder) in said
    finally:
        folder.rmdir()


def test_a_home_that_cannot_be_written_is_refused(homes: Homes) -> None:
    home = homes.make()
    home.chmod(0o555)
    said = homes.child(home, NOT_ROOT).refused()
    assert said == (
        f"embedded_server_home_not_usable: {home}/postgres cannot be used for the "
        "embedded database (Permission denied): fix that, or set UNWRAPPED_HOME to "
        "another folder."
    )


@ONLY_ROOT
def test_data_of_another_user_are_refused(homes: Homes) -> None:
    home = homes.with_cluster(OTHER_USER)
    homes.child(home, OTHER_USER).ready()
    homes.children[0].end()
    said = homes.child(home).refused()
    assert said.startswith("embedded_server_home_not_usable: ")
    assert "was not made by root" in said
    os.chown(home / "postgres" / "data", 0, 0)
    said = homes.child(home, OTHER_USER).refused()
    assert "belongs to user 0 and the server runs as user" in said


@ONLY_ROOT
def test_a_home_of_root_is_refused_to_others(homes: Homes) -> None:
    home = homes.with_cluster()
    shutil.chown(home / "postgres", OTHER_USER)
    for file in (home / "postgres").iterdir():
        shutil.chown(file, OTHER_USER)
    assert "was made by root" in homes.child(home, OTHER_USER).refused()


# Root's clusters lie apart from their homes.


def owners_in(folder: Path) -> set[int]:
    """The owners of the files below a folder."""
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


def as_before(homes: Homes) -> Path:
    """A home whose cluster belongs to the account that it belonged to formerly."""
    home = homes.with_cluster()
    with start_embedded(home, homes.state_dir) as server:
        query(server.address, "CREATE TABLE kept AS SELECT 42 AS answer")
    own = homes.folder(home).stat().st_uid
    for path in (homes.folder(home), *homes.folder(home).rglob("*")):
        if path.lstat().st_uid == own:
            shutil.chown(path, OTHER_USER)
    return home


@ONLY_ROOT
def test_a_cluster_of_nobody_is_handed_over_with_its_data(homes: Homes) -> None:
    home = as_before(homes)
    with start_embedded(home, homes.state_dir) as server:
        assert query(server.address, "SELECT answer FROM kept") == 42
        assert owners_in(homes.folder(home)) == {own_user().uid, 0}


@ONLY_ROOT
def test_a_server_of_nobody_that_runs_is_shared_and_handed_over_later(
    homes: Homes,
) -> None:
    home = as_before(homes)
    homes.cluster(home).ensure_running()
    child = homes.child(home)
    assert query(child.ready(), "SELECT answer FROM kept") == 42
    assert owner_of(Path(f"/proc/{homes.postmaster(home)}")) == OTHER_USER
    child.end()
    with start_embedded(home, homes.state_dir) as server:
        assert query(server.address, "SELECT answer FROM kept") == 42
        assert owners_in(homes.folder(home)) == {own_user().uid, 0}


@ONLY_ROOT
def test_a_moved_home_keeps_its_data_and_a_copy_of_it_begins_again(
    homes: Homes,
) -> None:
    home, moved = homes.with_cluster(), homes.base / "moved"
    with start_embedded(home, homes.state_dir) as server:
        query(server.address, "CREATE TABLE kept AS SELECT 42 AS answer")
    home.rename(moved)
    with start_embedded(moved, homes.state_dir) as server:
        assert query(server.address, "SELECT answer FROM kept") == 42
        shutil.copytree(moved, home)
        assert f"{home} is a copy of {moved}" in homes.child(home).refused()
        (home / "postgres" / "cluster").unlink()
        with start_embedded(home, homes.state_dir) as fresh:
            assert homes.folder(home) != homes.folder(moved)
            assert query(fresh.address, "SELECT to_regclass('kept')") is None
    with start_embedded(moved, homes.state_dir) as server:
        assert query(server.address, "SELECT answer FROM kept") == 42


@ONLY_ROOT
def test_a_home_that_holds_its_cluster_is_copied_whole(homes: Homes) -> None:
    """`/var/lib/unwrapped` is root's home by default, and its state, too."""
    home, copy = homes.make(), homes.base / "copy"
    with start_embedded(home, home) as server:
        query(server.address, "CREATE TABLE kept AS SELECT 42 AS answer")
    # Nobody but root and the server can enter.
    found = home.stat()
    assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (own_user().gid, 0o710)
    subprocess.run(["cp", "-a", home, copy], check=True)
    with start_embedded(home, home) as old, start_embedded(copy, copy) as server:
        assert query(old.address, "DROP TABLE kept") is None
        assert query(server.address, "SELECT answer FROM kept") == 42


@ONLY_ROOT
def test_a_full_disk_is_shown_before_the_programs_are_copied(homes: Homes) -> None:
    homes.state_dir, state = homes.make("state"), homes.state_dir
    said = homes.child(homes.make(), limit_kib=1024).refused()
    assert re.fullmatch(
        r"postgres_binaries_not_copied: /.* cannot be written: File too large\.",
        said,
    )
    assert not list(homes.state_dir.glob(".*.partial"))
    homes.state_dir = state


@ONLY_ROOT
def test_a_lost_cluster_is_not_made_again_in_silence(homes: Homes) -> None:
    home = homes.with_cluster()
    shutil.rmtree(homes.folder(home))
    said = homes.child(home).refused()
    assert "which does not exist" in said
    assert str(home / "postgres" / "cluster") in said


@ONLY_ROOT
def test_a_state_folder_that_nobody_can_enter_is_refused(homes: Homes) -> None:
    closed = homes.make("closed")
    closed.chmod(0o700)
    state, homes.state_dir = homes.state_dir, closed
    said = homes.child(homes.make()).refused()
    assert f"who cannot enter {closed}: `chmod o+x {closed}`" in said
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    homes.state_dir = state
