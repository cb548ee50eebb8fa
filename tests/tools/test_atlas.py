"""`tools/atlas` behaves as Atlas does: it and the service each accept what the other
has migrated.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tests.tools.directories import (
    ONE,
    TWO,
    database,
    fetch,
    hash_files,
    run,
    write_files,
)
from tools.migrate.__main__ import cli
from tools.migrate.atlas import Atlas, new_files
from tools.migrate.binary import FROM_PYPI, atlas_binary, go_command
from tools.migrate.databases import fresh_database
from tools.migrate.schema import desired_schema, queue_schema
from unwrapped.core.migrations.connection import LOCK_KEY
from unwrapped.core.migrations.directory import SUM_FILE, verify_directory
from unwrapped.core.migrations.statements import UnreadableStatement, split_statements
from unwrapped.core.migrations.upgrade import (
    HalfMigrated,
    apply_migrations,
    migration_status,
    require_current,
)
from unwrapped.core.postgres.addresses import DatabaseAddress

CURRENT = "Next Version:    Already at latest version"
FIRST, SECOND, THIRD = (f"2026010{n}000000_m.sql" for n in (1, 2, 3))
NASTY: dict[str, str | bytes] = {
    "1_déjà vu.sql": "SELECT 'é';\r\n",
    "2_with space_.sql": "",
    "3.sql": "-- atlas:sum ignore\n\nSELECT 1;",
    "4_bytes.sql": b"\xff\xfe\0",
    "5_no_newline.sql": "SELECT 1",
    ".6_hidden.sql": "SELECT 1;",
    "Z_capital.sql": "SELECT 1;",
    "10_before_1.sql": "x" * 70_000,
    "not.SQL": "no migration",
    "readme.txt": "no migration",
}


@pytest.fixture(scope="module", autouse=True)
def trials_on_the_test_server(server: DatabaseAddress) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_DATABASE_URL", server.for_adbc())
        yield


@pytest.fixture(scope="session")
def queue() -> str:
    """The tables of PgQueuer, which takes an interpreter to print."""
    return queue_schema()


@pytest.fixture
def address() -> Iterator[DatabaseAddress]:
    with database() as fresh:
        yield fresh


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return write_files(tmp_path / "migrations", {FIRST: ONE, SECOND: TWO})


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    return folder


def models(*columns: Column[str]) -> MetaData:
    """Tables with everything that once made diffs unstable."""
    metadata = MetaData()
    Table("owner", metadata, Column("id", Text, primary_key=True))
    Table(
        "task",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("owner_id", Text, ForeignKey("owner.id", ondelete="CASCADE")),
        Column("status", Text, nullable=False, server_default="pending"),
        *columns,
        CheckConstraint("status IN ('pending', 'done')", name="ck_task_status"),
        UniqueConstraint(
            "owner_id", "status", name="uq_task", postgresql_nulls_not_distinct=True
        ),
        Index(
            "uq_task_active",
            "owner_id",
            unique=True,
            postgresql_where=text("status IN ('pending')"),
        ),
    )
    return metadata


# The tool


def test_the_tool_says_what_it_can_do() -> None:
    for arguments in ([], ["migrate"], ["schema", "apply"]):
        answer = subprocess.run(
            [atlas_binary(), *arguments], capture_output=True, text=True, check=False
        )
        assert answer.returncode == 1
        assert "migrate COMMAND" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["diff", "x"], 'required flag "to" not set'),
        (["lint"], 'required flag "dev-url" not set'),
        (["apply"], 'required flag "url" not set'),
        (["status", "--url", "postgres://h/d", "x"], "accepts at most 0 arg(s)"),
        (["hash", "--dir", "migrations"], "Did you mean file://migrations?"),
        (["apply", "0", "--url", "postgres://h/d"], 'cannot apply "0"'),
    ],
)
def test_the_tool_says_what_it_misses(arguments: list[str], said: str) -> None:
    answer = subprocess.run(
        [atlas_binary(), "migrate", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert said in answer.stderr


def test_the_tool_works_in_one_schema_only(
    address: DatabaseAddress, directory: Path
) -> None:
    url = address.for_atlas().replace("search_path=public", "")
    answer = subprocess.run(
        [
            atlas_binary(),
            "migrate",
            "status",
            "--url",
            url,
            "--dir",
            directory.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "must name one schema" in answer.stderr


def test_an_old_go_is_not_asked_to_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho go1.24.1\n", encoding="utf-8")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert go_command() == FROM_PYPI
    go.write_text("#!/bin/sh\necho go1.99.0\n", encoding="utf-8")
    assert go_command() == [str(go)]


# Both directions


def test_what_the_service_migrated_is_current_for_atlas(
    address: DatabaseAddress, directory: Path
) -> None:
    run(apply_migrations(address, directory))
    atlas = Atlas(directory)
    assert CURRENT in atlas.status(address).stdout
    assert atlas.apply(address).stdout == "No migration files to execute\n"


def test_what_atlas_migrated_is_current_for_the_service(
    address: DatabaseAddress, directory: Path
) -> None:
    applied = Atlas(directory).apply(address)
    assert applied.returncode == 0
    assert (
        "Migrating to version 20260102000000 (2 migrations in total)" in applied.stdout
    )
    run(require_current(address, directory))
    assert run(apply_migrations(address, directory)) == ()


def test_either_continues_where_the_other_stopped(
    address: DatabaseAddress, directory: Path
) -> None:
    atlas = Atlas(directory)
    run(apply_migrations(address, directory))
    write_files(directory, {THIRD: "CREATE TABLE three (id int);"})
    assert "Pending Files:   1" in atlas.status(address).stdout
    assert atlas.apply(address).returncode == 0
    write_files(directory, {"20260104000000_four.sql": "CREATE TABLE four (id int);"})
    status = run(migration_status(address, directory))
    assert status.current == "20260103000000"
    assert run(apply_migrations(address, directory)) == ("20260104000000_four.sql",)
    assert CURRENT in atlas.status(address).stdout


def test_both_leave_the_same_tables_and_rows_and_the_search_path_stays(
    directory: Path, queue: str
) -> None:
    described = """SELECT column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_name = 'atlas_schema_revisions'
        ORDER BY ordinal_position"""
    rows = """SELECT version, description, type, applied, total, error, error_stmt,
        hash, partial_hashes FROM atlas_schema_revisions ORDER BY version"""
    body = f"{queue}\nCREATE TABLE behind (path text DEFAULT current_schema());\n"
    fourth = "20260104000000_four.sql"
    write_files(directory, {THIRD: body, fourth: "INSERT INTO behind DEFAULT VALUES;"})
    with database() as ours, database() as atlas:
        run(apply_migrations(ours, directory))
        assert Atlas(directory).apply(atlas).returncode == 0
        assert fetch(ours, described) == fetch(atlas, described)
        assert fetch(ours, rows) == fetch(atlas, rows)
        for made in (ours, atlas):
            assert fetch(made, "SELECT path FROM behind") == [{"path": "public"}]
            named = fetch(
                made, "SELECT tablename FROM pg_tables WHERE schemaname = 'pgq'"
            )
            assert {"tablename": "pgqueuer"} in named
            fetch(made, "SELECT 'pgq.fn_pgqueuer_changed'::regproc")


def test_a_note_of_the_official_command_is_no_migration(
    address: DatabaseAddress, directory: Path
) -> None:
    run(apply_migrations(address, directory))
    fetch(
        address,
        """INSERT INTO atlas_schema_revisions VALUES ('.atlas_cloud_identifier', 'an id',
        2, 0, 0, now(), 0, NULL, NULL, '', NULL, 'Atlas CLI v1')""",
    )
    run(require_current(address, directory))
    assert CURRENT in Atlas(directory).status(address).stdout


def test_both_take_the_same_lock(address: DatabaseAddress, directory: Path) -> None:
    async def meet() -> subprocess.CompletedProcess[str]:
        holder = await asyncpg.connect(address.for_asyncpg())
        await holder.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
        try:
            return Atlas(directory).apply(address, "--lock-timeout", "50ms")
        finally:
            await holder.close()

    answer = run(meet())
    assert answer.returncode == 1
    assert "acquiring database lock" in answer.stderr


def test_a_file_that_fails_leaves_nothing_in_atlas_too(
    address: DatabaseAddress, directory: Path
) -> None:
    write_files(directory, {THIRD: "CREATE TABLE three (id int);\nDROP TABLE absent;"})
    answer = Atlas(directory).apply(address)
    assert answer.returncode == 1
    assert 'table "absent" does not exist' in answer.stderr
    assert "aborted" not in answer.stderr
    assert run(migration_status(address, directory)).pending == (THIRD,)
    assert not fetch(address, "SELECT FROM pg_tables WHERE tablename = 'three'")


def test_what_atlas_left_half_done_is_refused(
    address: DatabaseAddress, directory: Path
) -> None:
    half = "-- atlas:txmode none\n\nCREATE TABLE three (id int);\nDROP TABLE absent;\n"
    write_files(directory, {THIRD: half})
    assert Atlas(directory).apply(address).returncode == 1
    for attempt in (apply_migrations, migration_status):
        with pytest.raises(HalfMigrated, match=f"{THIRD} .*DROP TABLE absent"):
            run(attempt(address, directory))
    assert "(last one partially)" in Atlas(directory).status(address).stdout
    fetch(address, "CREATE TABLE absent (id int)")
    assert Atlas(directory).apply(address).returncode == 0
    run(require_current(address, directory))


def test_atlas_finishes_what_the_service_left_half_done(
    address: DatabaseAddress, directory: Path
) -> None:
    half = "-- atlas:txmode none\n\nCREATE TABLE three (id int);\nDROP TABLE absent;\n"
    write_files(directory, {THIRD: half})
    with pytest.raises(Exception, match="absent"):
        run(apply_migrations(address, directory))
    fetch(address, "CREATE TABLE absent (id int)")
    applied = Atlas(directory).apply(address)
    assert applied.returncode == 0
    assert "CREATE TABLE three" not in applied.stdout
    run(require_current(address, directory))


def test_a_file_without_a_transaction_is_for_both(directory: Path) -> None:
    index = "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON one (name);\n"
    write_files(directory, {THIRD: index})
    with database() as ours, database() as atlas:
        run(apply_migrations(ours, directory))
        assert CURRENT in Atlas(directory).status(ours).stdout
        assert Atlas(directory).apply(atlas).returncode == 0
        run(require_current(atlas, directory))


# Sums and statements


def test_sums_are_those_of_atlas(tmp_path: Path) -> None:
    directory = write_files(tmp_path / "migrations", NASTY)
    ours = directory.joinpath(SUM_FILE).read_bytes()
    assert Atlas(directory).hash().returncode == 0
    assert directory.joinpath(SUM_FILE).read_bytes() == ours


@pytest.mark.parametrize("damage", ["edit", "remove", "add", "total"])
def test_what_the_service_refuses_atlas_refuses(directory: Path, damage: str) -> None:
    sums = directory / SUM_FILE
    if damage == "edit":
        directory.joinpath(FIRST).write_text(TWO, encoding="utf-8")
    elif damage == "remove":
        directory.joinpath(SECOND).unlink()
    elif damage == "add":
        directory.joinpath(THIRD).write_text(TWO, encoding="utf-8")
    else:
        sums.write_text("h1:" + sums.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Exception, match=r"since atlas\.sum was written|by hand"):
        verify_directory(directory)
    answer = Atlas(directory).validate()
    assert answer.returncode == 1
    assert "You have a checksum error in your migration directory" in answer.stderr


PIECES = st.sampled_from(
    [
        *(
            "BEGIN",
            "begin\n",
            " ATOMIC ",
            "END;",
            "END",
            "; ",
            "SELECT 1",
            "\n",
            "\n\n",
        ),
        *(
            "(",
            ")",
            "'a;'",
            "'",
            '"',
            "`",
            "$$",
            "$x$",
            "$1",
            "a$b$",
            "E'\\'",
            "é",
            "\x85",
        ),
        *("-- c;\n", "--", "/* ; */", "/*", "*/", "\r\n", "\v", "\x1c", "//", "x"),
        *("BEGIN ATOMIC SELECT 1; END;", "BEGIN SELECT 1; END;", "$$ BEGIN x; END; $$"),
    ]
)
HEADS = st.sampled_from(["", "-- atlas:delimiter \\n\\n\n", "-- atlas:delimiter //\n"])
TEXTS = st.builds("".join, st.tuples(HEADS, st.lists(PIECES).map("".join)))


@settings(max_examples=10)
@given(texts=st.lists(TEXTS, min_size=100, max_size=200))
def test_statements_are_those_of_atlas(texts: list[str]) -> None:
    assert [statements(text) for text in texts] == atlas_statements(texts)


def test_statements_of_real_files_are_those_of_atlas(queue: str) -> None:
    texts = [queue, desired_schema(models())]
    texts += [migration.text for migration in verify_directory()]
    assert [statements(text) for text in texts] == atlas_statements(texts)


def statements(text: str) -> list[str] | None:
    try:
        return [statement.text for statement in split_statements(text)]
    except UnreadableStatement:
        return None


def atlas_statements(texts: list[str]) -> list[list[str] | None]:
    said = subprocess.run(
        [atlas_binary("./statements", "statements")],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    parted: list[list[str] | None] = json.loads(said.stdout)
    return parted


# Diff


def test_a_diff_is_written_once(empty: Path) -> None:
    atlas = Atlas(empty, models())
    assert atlas.diff("first").returncode == 0
    (file,) = empty.glob("*_first.sql")
    assert 'CREATE TABLE "task" (\n  "id" bigint' in file.read_text(encoding="utf-8")
    again = atlas.diff("second")
    assert "no changes to be made" in again.stdout
    assert list(empty.glob("*.sql")) == [file]
    verify_directory(empty)


def test_a_dry_run_writes_nothing(empty: Path) -> None:
    shown = Atlas(empty, models()).diff("first", "--dry-run")
    assert 'CREATE TABLE "task"' in shown.stdout
    assert list(empty.iterdir()) == []


def test_two_diffs_within_a_second_are_two_files(empty: Path) -> None:
    Atlas(empty, models()).diff("first")
    Atlas(empty, models(Column("more", Text))).diff("first")
    Atlas(empty, models(Column("more", Text), Column("most", Text))).diff("first")
    names = [migration.name for migration in verify_directory(empty)]
    assert len({name.split("_")[0] for name in names}) == 3


def test_a_diff_follows_on_a_file_from_the_future(empty: Path) -> None:
    write_files(empty, {"20990101235959_future.sql": "SELECT 1;"})
    assert Atlas(empty, models()).diff("next").returncode == 0
    assert verify_directory(empty)[-1].name == "20990102000000_next.sql"


def test_a_diff_after_a_version_of_another_kind_is_refused(empty: Path) -> None:
    write_files(empty, {"v1_other.sql": "SELECT 1;"})
    answer = Atlas(empty, models()).diff("next")
    assert answer.returncode == 1
    assert "the version of v1_other.sql is not one of Atlas's" in answer.stderr


def test_a_varchar_would_never_come_to_rest(empty: Path) -> None:
    """Why every string column is TEXT."""
    metadata = MetaData()
    kind = Column("kind", String(10))
    active = Index("ix", kind, postgresql_where=text("kind IN ('a', 'b')"))
    Table("t", metadata, kind, active)
    atlas = Atlas(empty, metadata)
    for name in ("first", "second"):
        atlas.diff(name)
    assert 'DROP INDEX "ix"' in atlas.diff("third", "--dry-run").stdout


def test_a_wrong_model_and_a_wrong_file_are_shown(empty: Path) -> None:
    wrong = MetaData()
    Table("t", wrong, Column("id", Text), CheckConstraint("absent > 1", name="ck"))
    answer = Atlas(empty, wrong).diff("first")
    assert answer.returncode == 1
    assert 'column "absent" does not exist' in answer.stderr
    write_files(empty, {FIRST: "DROP TABLE absent;"})
    answer = Atlas(empty, models()).diff("first")
    assert 'table "absent" does not exist' in answer.stderr
    assert "replaying" in Atlas(empty).validate().stderr


def test_a_database_to_work_in_is_dropped_after_an_error(
    server: DatabaseAddress,
) -> None:
    with pytest.raises(KeyError), fresh_database(server) as dev:
        raise KeyError
    named = f"SELECT FROM pg_database WHERE datname = '{dev.database}'"
    assert fetch(server, named) == []


def test_a_database_to_work_in_must_be_empty(
    address: DatabaseAddress, empty: Path, tmp_path: Path
) -> None:
    fetch(address, "CREATE TABLE precious (id int)")
    schema = tmp_path / "schema.sql"
    schema.write_text("SELECT 1;", encoding="utf-8")
    flags = ["--to", schema.as_uri(), "--dev-url", address.for_atlas()]
    answer = subprocess.run(
        [str(atlas_binary()), "migrate", "diff", *flags, "--dir", empty.as_uri()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "connected database is not clean" in answer.stderr
    assert fetch(address, "SELECT FROM precious") == []


# Lint

DROP_COLUMN = "ALTER TABLE one DROP COLUMN name;\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            DROP_COLUMN,
            f"{THIRD}: destructive changes detected:\n\n\tL1: Dropping non-vi",
        ),
        ("SELECT 1;\nDROP TABLE one;\n", '\tL2: Dropping table "one" (DS102)'),
    ],
)
def test_lint_fails_on_what_loses_data(directory: Path, body: str, said: str) -> None:
    write_files(directory, {THIRD: body})
    answer = Atlas(directory).lint(1)
    assert answer.returncode == 1
    assert said in answer.stdout
    write_files(directory, {"20260104000000_after.sql": "SELECT 1;"})
    assert Atlas(directory).lint(1).returncode == 0, "an old file is not looked at"
    assert Atlas(directory).lint(99).returncode == 1


def test_lint_lets_pass_what_is_meant_or_harmless(directory: Path) -> None:
    bodies = [
        f"-- atlas:nolint destructive\n\n{DROP_COLUMN}",
        f"-- atlas:nolint\n\n{DROP_COLUMN}",
        f"-- atlas:nolint DS103\n{DROP_COLUMN}",
        f"SELECT 1;\n-- atlas:nolint destructive\n{DROP_COLUMN}",
        "CREATE TABLE brief (id int);\nDROP TABLE brief;\n",
        "CREATE INDEX i ON one (name);\nDROP INDEX i;\n",
        "ALTER TABLE one ALTER COLUMN name SET DEFAULT 'x';\n",
    ]
    again = "ALTER TABLE one ADD COLUMN IF NOT EXISTS name text NULL;\n"
    files: dict[str, str | bytes] = {
        f"202602{number:02}000000_m.sql": body + again
        for number, body in enumerate(bodies, 1)
    }
    answer = Atlas(write_files(directory, files)).lint(len(bodies))
    assert (answer.returncode, answer.stdout) == (0, "")


@pytest.mark.parametrize(
    "body",
    [
        f"-- atlas:nolint incompatible\n\n{DROP_COLUMN}",
        f"-- atlas:nolint destructive\nSELECT 1;\n{DROP_COLUMN}",
    ],
)
def test_lint_takes_a_directive_for_what_it_names(directory: Path, body: str) -> None:
    assert Atlas(write_files(directory, {THIRD: body})).lint(1).returncode == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('ALTER TABLE "one" RENAME COLUMN "name" TO "title";', "Renaming column"),
        ("alter table public.one rename name to title", "(BC102)"),
        ("ALTER TABLE one RENAME TO other;", 'Renaming table "one" to "other" (BC101)'),
        ("ALTER TABLE one ADD COLUMN n int NOT NULL;", "(MF103)"),
        ("ALTER TABLE one ALTER COLUMN name SET NOT NULL;", "(MF104)"),
        ("CREATE UNIQUE INDEX u ON one (name);", "(MF101)"),
    ],
)
def test_lint_warns_of_what_may_fail(directory: Path, body: str, said: str) -> None:
    answer = Atlas(write_files(directory, {THIRD: body})).lint(1)
    assert answer.returncode == 0
    assert said in answer.stdout
    assert "destructive" not in answer.stdout


def test_lint_looks_at_a_long_first_file(empty: Path) -> None:
    body = "".join(f"CREATE TABLE t{n} (id int);\n" for n in range(12))
    answer = Atlas(write_files(empty, {FIRST: body, SECOND: "DROP TABLE t3;"})).lint(2)
    assert 'L1: Dropping table "t3"' in answer.stdout
    assert answer.stdout.startswith(SECOND)


# The queue


def test_the_queue_is_out_of_the_models_sight(empty: Path, queue: str) -> None:
    write_files(empty, {"20260101000000_queue.sql": queue})
    atlas = Atlas(empty, models())
    assert atlas.validate().returncode == 0
    assert atlas.diff("first").returncode == 0
    assert "pgq" not in verify_directory(empty)[-1].text
    assert "no changes to be made" in atlas.diff("second").stdout
    assert atlas.lint(2).returncode == 0


# The commands


def test_check_agrees_or_says_what_is_missing(empty: Path) -> None:
    missing = CliRunner().invoke(cli, ["--dir", str(empty), "check"])
    assert missing.exit_code == 1
    assert 'CREATE TABLE "' in missing.stdout
    assert "run `task db:migrate:diff -- NAME`" in missing.stderr
    assert list(empty.iterdir()) == []
    wrote = CliRunner().invoke(cli, ["--dir", str(empty), "diff", "first"])
    assert wrote.exit_code == 0
    assert f"Wrote {empty}" in wrote.stdout
    agreed = CliRunner().invoke(cli, ["--dir", str(empty), "check"])
    assert agreed.exit_code == 0, agreed.output
    assert "New migration files: 1. None would lose data." in agreed.stdout
    empty.joinpath(SUM_FILE).write_text("h1:\n", encoding="utf-8")
    damaged = CliRunner().invoke(cli, ["--dir", str(empty), "check"])
    assert damaged.exit_code == 1
    assert "'atlas migrate hash'" in damaged.stderr
    assert CliRunner().invoke(cli, ["--dir", str(empty), "hash"]).exit_code == 0
    verify_directory(empty)


def test_an_invalid_name_is_refused(empty: Path) -> None:
    answer = CliRunner().invoke(cli, ["--dir", str(empty), "diff", "Add it!"])
    assert answer.exit_code == 2


def test_the_models_and_the_migrations_agree() -> None:
    answer = CliRunner().invoke(cli, ["check"])
    assert answer.exit_code == 0, answer.output


def test_status_and_apply_are_of_the_services_database(
    address: DatabaseAddress, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address.for_adbc())
    for command, said in (
        ("status", "PENDING"),
        ("apply", "2 migrations"),
        ("status", CURRENT),
    ):
        answer = CliRunner().invoke(cli, ["--dir", str(directory), command])
        assert answer.exit_code == 0, answer.output
        assert said in answer.stdout


def test_new_files_are_those_that_main_does_not_have(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True)

    directory = write_files(tmp_path / "migrations", {FIRST: ONE})
    assert new_files(directory) == 1, "no repository"
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message=one")
    assert new_files(directory) == 1, "a shallow clone"
    write_files(directory, {SECOND: TWO})
    git("add", ".")
    git("commit", "--quiet", "--message=two")
    assert new_files(directory) == 1, "the last commit of main"
    git("switch", "--quiet", "--create", "branch")
    write_files(directory, {THIRD: "SELECT 1;"})
    git("add", ".")
    git("commit", "--quiet", "--message=three")
    write_files(directory, {"20260104000000_four.sql": "SELECT 1;"})
    assert new_files(directory) == 2, "one committed on the branch, one not at all"
    for path in directory.glob("*.sql"):
        path.unlink()
    hash_files(directory)
    assert new_files(directory) == 0
