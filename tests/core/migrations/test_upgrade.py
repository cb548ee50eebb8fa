"""The service applies migrations as Atlas does: checked, once, whole files or nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from tests.processes import PIPE, UNWRAPPED, environment, start
from tests.tools.directories import (
    ONE,
    TWO,
    database,
    fetch,
    hash_files,
    run,
    write_files,
)
from unwrapped.core.exceptions import AppException
from unwrapped.core.migrations.connection import LOCK_KEY
from unwrapped.core.migrations.directory import SUM_FILE, Migration
from unwrapped.core.migrations.history import Revision, pending_migrations
from unwrapped.core.migrations.statements import UnreadableStatement, split_statements
from unwrapped.core.migrations.upgrade import (
    DamagedMigrations,
    DatabaseNewer,
    DatabaseUnreachable,
    ForeignDatabase,
    HalfMigrated,
    HistoryDiverged,
    MigrationFailed,
    MigrationsLocked,
    MigrationsPending,
    MigrationStatus,
    apply_migrations,
    migration_status,
    require_current,
    verify_directory,
)
from unwrapped.core.postgres.addresses import DatabaseAddress

FIRST, SECOND = "20260101000000_one.sql", "20260102000000_two.sql"
FILES: dict[str, str | bytes] = {FIRST: ONE, SECOND: TWO}


@pytest.fixture(scope="module", autouse=True)
def trials_on_the_test_server(server: DatabaseAddress) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_DATABASE_URL", server.for_adbc())
        yield


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return write_files(tmp_path / "migrations", FILES)


@pytest.fixture
def address() -> Iterator[DatabaseAddress]:
    with database() as fresh:
        yield fresh


def apply(address: DatabaseAddress, directory: Path) -> tuple[str, ...]:
    return run(apply_migrations(address, directory))


def status(address: DatabaseAddress, directory: Path) -> MigrationStatus:
    return run(migration_status(address, directory))


def tables(address: DatabaseAddress) -> set[str]:
    rows = fetch(address, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {row["tablename"] for row in rows} - {"atlas_schema_revisions"}


# The directory


def test_the_released_migrations_are_whole() -> None:
    for migration in verify_directory():
        assert migration.statements()
        assert not migration.is_checkpoint


def test_files_come_in_order_with_what_their_names_say(directory: Path) -> None:
    first, second = verify_directory(directory)
    assert (first.version, first.description) == ("20260101000000", "one")
    assert (second.name, second.text) == (SECOND, TWO)


@pytest.mark.parametrize(
    ("name", "version", "description"),
    [
        ("1.sql", "1", ""),
        ("1_a_b.sql", "1", "a_b"),
        ("1_.sql", "1", ""),
        ("1_a.sql.sql", "1", "a.sql"),
    ],
)
def test_a_name_is_split_at_its_first_underscore(
    name: str, version: str, description: str
) -> None:
    migration = Migration(name, "", "")
    assert (migration.version, migration.description) == (version, description)


def test_an_empty_directory_needs_no_sums(tmp_path: Path) -> None:
    assert verify_directory(tmp_path) == ()


def _edit(directory: Path) -> None:
    directory.joinpath(FIRST).write_text(ONE + "\n", encoding="utf-8")


def _remove(directory: Path) -> None:
    directory.joinpath(SECOND).unlink()


def _remove_first(directory: Path) -> None:
    directory.joinpath(FIRST).unlink()


def _add_between(directory: Path) -> None:
    directory.joinpath("20260101120000_extra.sql").write_text(TWO, encoding="utf-8")


def _add_last(directory: Path) -> None:
    directory.joinpath("20260103000000_extra.sql").write_text(TWO, encoding="utf-8")


def _remove_sums(directory: Path) -> None:
    directory.joinpath(SUM_FILE).unlink()


def _change_total(directory: Path) -> None:
    file = directory / SUM_FILE
    file.write_text("h1:AAAA" + file.read_text(encoding="utf-8")[7:], encoding="utf-8")


def _change_line(directory: Path) -> None:
    file = directory / SUM_FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"{SECOND} h1:", f"{SECOND} h1:A"), encoding="utf-8")


def _hide_sums(directory: Path) -> None:
    _remove_sums(directory)
    directory.joinpath(SUM_FILE).mkdir()


def _break_line(directory: Path) -> None:
    with directory.joinpath(SUM_FILE).open("a", encoding="utf-8") as file:
        file.write("nonsense\n")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_edit, f"{FIRST} was changed"),
        (_remove, f"{SECOND} is missing"),
        (_remove_first, f"{FIRST} is missing"),
        (_add_between, "20260101120000_extra.sql was added"),
        (_add_last, "20260103000000_extra.sql was added"),
        (_remove_sums, "atlas.sum is missing"),
        (_hide_sums, "atlas.sum cannot be read"),
        (_change_total, "atlas.sum was changed by hand"),
        (_change_line, "atlas.sum was changed by hand"),
        (_break_line, "Line 4 of atlas.sum holds no hash"),
    ],
)
def test_a_damaged_directory_is_refused_by_the_name_of_the_file(
    directory: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(directory)
    with pytest.raises(DamagedMigrations, match=said):
        verify_directory(directory)


def test_sums_may_have_come_through_windows(directory: Path) -> None:
    file = directory / SUM_FILE
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert len(verify_directory(directory)) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"SELECT '\xff';", "is not UTF-8"),
        (b"-- atlas:sum ignore\n\nSELECT 1;", "is left out of atlas.sum"),
    ],
)
def test_a_file_that_atlas_could_not_apply_is_refused(
    tmp_path: Path, content: bytes, said: str
) -> None:
    directory = write_files(tmp_path / "migrations", {"1_a.sql": content})
    with pytest.raises(DamagedMigrations, match=f"1_a.sql {said}"):
        verify_directory(directory)


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedMigrations, match="nowhere cannot be read"):
        verify_directory(tmp_path / "nowhere")


# Statements


def test_statements_know_their_lines() -> None:
    text = "-- one\nSELECT 1;\n\n/* two\n*/ SELECT\n2; SELECT 3"
    assert [(part.line, part.text) for part in split_statements(text)] == [
        (2, "SELECT 1;"),
        (5, "SELECT\n2;"),
        (6, "SELECT 3"),
    ]


def test_a_function_is_one_statement() -> None:
    body = "CREATE FUNCTION f() RETURNS trigger AS $x$\nBEGIN a; b; END;\n$x$;"
    assert [part.text for part in split_statements(body)] == [body]


def test_a_file_may_choose_its_delimiter() -> None:
    text = "-- atlas:delimiter \\n--\\n\nSELECT 1; SELECT 2\n--\nSELECT 3"
    parts = split_statements(text)
    assert [(part.line, part.text) for part in parts] == [
        (2, "SELECT 1; SELECT 2"),
        (4, "SELECT 3"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT (1;\n", "unclosed '\\('"),
        ("SELECT 1);\n", "line 1: unexpected '\\)'"),
        ("SELECT 1;\nSELECT 'a;\n", "line 2: unclosed quote '"),
        ("delimiter //\n", "DELIMITER is not a command"),
        ("-- atlas:delimiter //", "without a delimiter or a text"),
    ],
)
def test_a_text_that_cannot_be_split_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnreadableStatement, match=said):
        split_statements(text)
    with pytest.raises(DamagedMigrations, match=f"1_a.sql cannot be read: .*{said}"):
        Migration("1_a.sql", text, "").statements()


@pytest.mark.parametrize(
    ("text", "is_transactional"),
    [
        ("-- atlas:txmode none\n\nSELECT 1;", False),
        ("-- why\n-- atlas:txmode none\n\nSELECT 1;", False),
        ("-- atlas:txmode file\n\nSELECT 1;", True),
        # Without an empty line the comment is the statement's, for Atlas too.
        ("-- atlas:txmode none\nSELECT 1;", True),
        ("-- atlas:txmode none", True),
        ("SELECT 1;\n-- atlas:txmode none\n", True),
    ],
)
def test_a_file_may_ask_for_no_transaction(text: str, is_transactional: bool) -> None:
    assert Migration("1_a.sql", text, "").is_transactional is is_transactional


@pytest.mark.parametrize(
    "text",
    [
        "-- atlas:txmode all\n\nSELECT 1;",
        "-- atlas:txmode none\n-- atlas:txmode file\n\nSELECT 1;",
    ],
)
def test_an_unknown_mode_is_refused(text: str) -> None:
    with pytest.raises(DamagedMigrations, match=r"1_a\.sql asks for an unknown"):
        _ = Migration("1_a.sql", text, "").is_transactional


# What follows from what was applied


def migrations(*versions: str) -> list[Migration]:
    return [Migration(f"{version}_m.sql", "", "") for version in versions]


def revision(version: str, **over: object) -> Revision:
    values = {"type": 2, "applied": 1, "total": 1, "error": "", "error_stmt": ""} | over
    return Revision(version=version, description="m", **values)  # type: ignore[arg-type]  # shorthand


def test_pending_migrations_follow_the_applied_ones() -> None:
    known = migrations("1", "2", "3")
    assert pending_migrations(known, []) == known
    assert pending_migrations(known, [revision("1")]) == known[1:]
    assert not pending_migrations(known, [revision(v) for v in "123"])
    assert pending_migrations(known, [revision("2")]) == known[2:], "taken over at 2"
    resolved = revision("1", type=4, applied=0, total=0, error="was resolved")
    assert pending_migrations(known, [resolved]) == known[1:]


@pytest.mark.parametrize(
    ("applied", "refusal", "said"),
    [
        ("14", DatabaseNewer, "at version 4, which this program does not know"),
        ("134", DatabaseNewer, "at version 4"),
        ("13", HistoryDiverged, "2_m.sql was added out of order"),
        ("023", HistoryDiverged, "Version 0 was applied"),
    ],
)
def test_another_history_is_refused(
    applied: str, refusal: type[AppException], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        pending_migrations(migrations("1", "2", "3"), [revision(v) for v in applied])


@pytest.mark.parametrize(
    "over",
    [
        {"applied": 1, "total": 3, "error": "syntax error", "error_stmt": "SELEC 1;"},
        {"applied": 1, "total": 3, "error": None, "error_stmt": None},
        {"error": "syntax error", "error_stmt": "SELEC 1;"},
    ],
)
def test_a_half_applied_file_is_refused_by_name(over: dict[str, object]) -> None:
    with pytest.raises(
        HalfMigrated, match=r"1_m\.sql was applied only in part"
    ) as refused:
        pending_migrations(migrations("1", "2"), [revision("1", **over)])
    assert (over["error_stmt"] or "unknown") in refused.value.message  # type: ignore[operator]  # text


def test_versions_must_rise_and_checkpoints_are_not_supported() -> None:
    with pytest.raises(DamagedMigrations, match=r"1_b\.sql must have a later version"):
        pending_migrations(
            [Migration("1_a.sql", "", ""), Migration("1_b.sql", "", "")], []
        )
    checkpoint = Migration("1_a.sql", "-- atlas:checkpoint\n\nSELECT 1;", "")
    with pytest.raises(DamagedMigrations, match=r"1_a\.sql is a checkpoint"):
        pending_migrations([checkpoint], [])


# The database


def test_pending_files_are_applied_once(
    address: DatabaseAddress, directory: Path
) -> None:
    assert status(address, directory) == MigrationStatus(None, (), (FIRST, SECOND))
    assert not fetch(address, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
    assert apply(address, directory) == (FIRST, SECOND)
    assert apply(address, directory) == ()
    done = status(address, directory)
    assert done == MigrationStatus("20260102000000", (FIRST, SECOND), ())
    assert done.is_current
    write_files(directory, {"20260103000000_three.sql": "CREATE TABLE three (id int);"})
    assert apply(address, directory) == ("20260103000000_three.sql",)
    assert tables(address) == {"one", "three"}


def test_the_service_refuses_an_older_database_and_says_what_to_run(
    address: DatabaseAddress, directory: Path
) -> None:
    with pytest.raises(MigrationsPending, match=r"empty\. Run `unwrapped db upgrade`"):
        run(require_current(address, directory))
    apply(address, directory)
    run(require_current(address, directory))
    write_files(directory, {"20260103000000_three.sql": "CREATE TABLE three (id int);"})
    with pytest.raises(MigrationsPending, match=r"one file behind .*`unwrapped db upg"):
        run(require_current(address, directory))


def test_a_failing_file_leaves_nothing_and_earlier_ones_stay(
    address: DatabaseAddress, directory: Path
) -> None:
    bad = "20260103000000_bad.sql"
    write_files(directory, {bad: "CREATE TABLE two (id int);\n\nDROP TABLE absent;\n"})
    with pytest.raises(MigrationFailed, match=rf"{bad}, line 3: .*DROP TABLE absent"):
        apply(address, directory)
    assert tables(address) == {"one"}
    assert status(address, directory).pending == (bad,)
    write_files(directory, {bad: "CREATE TABLE two (id int);\n"})
    assert apply(address, directory) == (bad,)


def test_a_file_that_fails_at_its_commit_is_named(
    address: DatabaseAddress, tmp_path: Path
) -> None:
    late = (
        "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY"
        " DEFERRED);\nINSERT INTO a VALUES (1, 2);\n"
    )
    directory = write_files(tmp_path / "migrations", {"1_late.sql": late})
    with pytest.raises(MigrationFailed, match=r"1_late\.sql: .*foreign key"):
        apply(address, directory)
    assert tables(address) == set()


def test_a_file_without_a_transaction_is_applied_statement_by_statement(
    address: DatabaseAddress, directory: Path
) -> None:
    index = "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON one (name);\n"
    write_files(directory, {"20260103000000_index.sql": index})
    assert len(apply(address, directory)) == 3
    (row,) = fetch(
        address, "SELECT * FROM atlas_schema_revisions WHERE version ~ '^20260103'"
    )
    assert (row["applied"], row["total"], row["partial_hashes"]) == (1, 1, "null")


def test_a_file_without_a_transaction_that_fails_is_not_tried_again(
    address: DatabaseAddress, directory: Path
) -> None:
    half = "-- atlas:txmode none\n\nCREATE TABLE two (id int);\nDROP TABLE absent;\n"
    write_files(directory, {"20260103000000_half.sql": half})
    with pytest.raises(MigrationFailed, match="line 4"):
        apply(address, directory)
    for attempt in (apply, status):
        with pytest.raises(
            HalfMigrated, match=r"_half\.sql .*1 of 2.*DROP TABLE absent"
        ):
            attempt(address, directory)


def test_settings_of_a_file_do_not_reach_the_next_one(
    address: DatabaseAddress, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        "1_a.sql": "CREATE SCHEMA other; SET search_path = other; SET work_mem = '1MB';",
        "2_b.sql": "CREATE TABLE here (id int);",
    }
    apply(address, write_files(tmp_path / "migrations", files))
    assert tables(address) == {"here"}


def test_a_database_of_somebody_else_is_refused(
    address: DatabaseAddress, directory: Path
) -> None:
    fetch(address, "CREATE TABLE theirs (id int)")
    for attempt in (status, apply):
        with pytest.raises(
            ForeignDatabase, match="a table theirs in its schema public"
        ):
            attempt(address, directory)


def test_a_newer_database_is_refused(address: DatabaseAddress, directory: Path) -> None:
    apply(address, directory)
    directory.joinpath(SECOND).unlink()
    hash_files(directory)
    for attempt in (status, apply):
        with pytest.raises(DatabaseNewer, match="at version 20260102000000"):
            attempt(address, directory)


def test_a_damaged_directory_touches_no_database(
    address: DatabaseAddress, directory: Path
) -> None:
    _edit(directory)
    with pytest.raises(DamagedMigrations, match=FIRST):
        apply(address, directory)
    assert not fetch(address, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")


def test_a_server_that_is_not_there_is_one_line(
    directory: Path, tmp_path: Path
) -> None:
    nowhere = DatabaseAddress.parse(f"postgresql://me:secret@/db?host={tmp_path}")
    with pytest.raises(
        DatabaseUnreachable, match="No connection to the database"
    ) as refused:
        status(nowhere, directory)
    assert "secret" not in refused.value.message


def test_an_error_of_the_database_is_one_line(
    address: DatabaseAddress, directory: Path
) -> None:
    run(apply_migrations(address, directory))
    guest = replace(address, user=f"guest_of_{address.database}")
    fetch(address, f"CREATE ROLE {guest.user} LOGIN")
    try:
        with pytest.raises(MigrationFailed, match="refused: permission denied"):
            status(guest, directory)
    finally:
        fetch(address, f"DROP ROLE {guest.user}")


def test_the_lock_is_waited_for_no_longer_than_asked(
    address: DatabaseAddress, directory: Path
) -> None:
    async def meet() -> None:
        holder = await asyncpg.connect(address.for_asyncpg())
        await holder.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
        try:
            with pytest.raises(MigrationsLocked, match="Another process"):
                await apply_migrations(address, directory, lock_timeout=0.1)
        finally:
            await holder.close()

    run(meet())
    assert apply(address, directory) == (FIRST, SECOND)


def test_processes_at_once_apply_once(
    address: DatabaseAddress, directory: Path
) -> None:
    write_files(directory, {"20260103000000_slow.sql": "SELECT pg_sleep(0.3);"})
    command = [*UNWRAPPED[:2], "tests.core.migrating_child"]
    command += [address.for_adbc(), str(directory)]
    with ExitStack() as pipes:
        running, outputs = [], []
        for _ in range(4):
            process = start(command, env=environment(), stdout=PIPE, stderr=2)
            assert process.stdout is not None
            outputs.append(pipes.enter_context(process.stdout))
            running.append(process)
        said = sorted(pipe.read() for pipe in outputs)
    assert [process.wait(60) for process in running] == [0] * 4
    assert said == [b"0"] * 3 + [b"3"]
