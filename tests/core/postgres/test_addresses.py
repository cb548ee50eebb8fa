"""One address, four readers: its forms, and real connections with each of them."""

import asyncio
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import adbc_driver_manager
import asyncpg
import polars
import pytest
import sqlalchemy
from adbc_driver_postgresql import dbapi
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from tests.core.embedded_homes import IS_ROOT, OTHER_USER, Homes, query, short_folder
from tools.migrate.binary import atlas_binary
from unwrapped.core.postgres.addresses import DatabaseAddress, InvalidAddress
from unwrapped.core.postgres.binaries import Programs, packaged
from unwrapped.core.postgres.connecting import DIALECT, connect
from unwrapped.core.postgres.embedded import start_embedded

PASSWORD = "p@ss/w:rd%#?&+[ ü"  # noqa: S105 - of a server that lives for this test
ENCODED = "p%40ss%2Fw%3Ard%25%23%3F%26%2B%5B%20%C3%BC"


@pytest.fixture(scope="module")
def homes(database_files: Path) -> Iterator[Homes]:
    """A folder for servers that is gone afterwards, and so are they."""
    state_dir = short_folder()
    subprocess.run(["cp", "-a", database_files, state_dir / "template"], check=True)
    with Homes(state_dir) as homes:
        yield homes
    shutil.rmtree(state_dir)


@pytest.fixture(scope="module")
def on_socket(homes: Homes) -> Iterator[DatabaseAddress]:
    """An empty database of the embedded server."""
    with start_embedded(homes.with_cluster(), homes.state_dir) as server:
        query(server.address, "CREATE DATABASE empty")
        yield server.address.with_database("empty")


@pytest.fixture(scope="module")
def on_tcp(homes: Homes) -> Iterator[DatabaseAddress]:
    """A server as other people have one: on a port, with a password, without TLS."""
    folder = homes.make("tcp", OTHER_USER if IS_ROOT else None)
    programs = homes.programs_of(OTHER_USER) if IS_ROOT else Programs(packaged())
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    initdb = ("initdb", "-D", "data", "-U", "jo:hn", "-A", "scram-sha-256")
    encoding = ("--pwfile=password", "--encoding=UTF8", "--locale=C.UTF-8")
    listen = f"-c listen_addresses=127.0.0.1 -c port={port}"
    options = f"{listen} -c unix_socket_directories="
    server = ("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options)
    for command in ((*initdb, *encoding, "--no-sync"), (*server, "start")):
        done = programs.run(*command, within=folder)
        assert done.returncode == 0, done.stderr
    try:
        yield DatabaseAddress.parse(
            f"postgresql://jo%3Ahn:{ENCODED}@127.0.0.1:{port}/postgres"
        )
    finally:
        programs.run(*server, "-m", "immediate", "stop", within=folder)


def ask_sqlalchemy(address: DatabaseAddress, statement: str) -> object:
    """The first value of an answer, through SQLAlchemy."""

    async def ask() -> object:
        engine = create_async_engine(DIALECT, async_creator=partial(connect, address))
        try:
            async with engine.connect() as connection:
                return await connection.scalar(sqlalchemy.text(statement))
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def ask_adbc(address: DatabaseAddress, statement: str) -> object:
    """The first value of an answer, through Arrow."""
    with dbapi.connect(address.for_adbc()) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return polars.DataFrame(cursor.fetch_polars()).item()


def ask_atlas(address: DatabaseAddress, statement: str) -> object:
    """The answer to a statement that Atlas applied as a migration, into `public`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "20260101000000_answer.sql"
        file.write_text(f"CREATE TABLE answer AS {statement};\n", encoding="utf-8")
        for command in (["hash"], ["apply", "--url", address.for_atlas()]):
            done = subprocess.run(
                [atlas_binary(), "migrate", *command, "--dir", f"file://{folder}"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise ConnectionError(done.stderr)
    assert query(address, "SELECT count(*) FROM public.atlas_schema_revisions") == 1
    answer = query(address, "SELECT * FROM public.answer")
    query(address, "DROP TABLE public.answer, public.atlas_schema_revisions")
    return answer


type Reader = Callable[[DatabaseAddress, str], object]
READERS = pytest.mark.parametrize("ask", [query, ask_sqlalchemy, ask_adbc, ask_atlas])


@READERS
def test_all_readers_reach_a_unix_socket(
    ask: Reader, on_socket: DatabaseAddress
) -> None:
    assert ask(on_socket, "SELECT current_database()::text AS x") == "empty"
    other = on_socket.with_database("postgres")
    assert ask(other, "SELECT current_database()::text AS x") == "postgres"


@READERS
@pytest.mark.parametrize(
    "extra", ["", "?sslmode=disable", "?sslmode=prefer&connect_timeout=5", "?ssl=allow"]
)
def test_all_readers_reach_a_port_with_a_password(
    ask: Reader, on_tcp: DatabaseAddress, extra: str
) -> None:
    address = DatabaseAddress.parse(on_tcp.for_adbc() + extra)
    assert ask(address, "SELECT current_user::text AS x") == "jo:hn"


@READERS
def test_all_readers_insist_on_tls_where_the_address_does(
    ask: Reader, on_tcp: DatabaseAddress
) -> None:
    address = DatabaseAddress.parse(f"{on_tcp.for_adbc()}?sslmode=require")
    refusals = (ConnectionError, adbc_driver_manager.OperationalError)
    with pytest.raises(refusals, match="SSL"):
        ask(address, "SELECT 1 AS x")


@READERS
def test_all_readers_are_refused_with_another_password(
    ask: Reader, on_tcp: DatabaseAddress
) -> None:
    wrong = DatabaseAddress.parse(on_tcp.for_adbc().replace("p%40ss", "pass"))
    refusals = (
        ConnectionError,
        asyncpg.InvalidPasswordError,
        sqlalchemy.exc.DBAPIError,
        adbc_driver_manager.Error,
    )
    with pytest.raises(refusals, match="password authentication failed"):
        ask(wrong, "SELECT 1 AS x")


def test_options_reach_the_server(on_tcp: DatabaseAddress) -> None:
    address = DatabaseAddress.parse(
        f"{on_tcp.for_adbc()}?application_name=a+b&options=-c%20work_mem%3D5MB"
    )
    for ask in (query, ask_sqlalchemy, ask_adbc):
        assert ask(address, "SELECT current_setting('application_name')") == "a+b"
        assert ask(address, "SELECT current_setting('work_mem')") == "5MB"


# The forms.


WRITABLE = "target_session_attrs=read-write"


@pytest.mark.parametrize(
    ("text", "asyncpg_form", "atlas_form"),
    [
        (
            "postgresql://user:pw@host:5433/db",
            "postgresql://user:pw@host:5433/db",
            "postgres://user:pw@host:5433/db?sslmode=prefer&search_path=public",
        ),
        (
            "  postgres://user@host/db?connect_timeout=5\n",
            "postgresql://user@host:5432/db",
            "postgres://user@host:5432/db?sslmode=prefer&connect_timeout=5&search_path=public",
        ),
        (
            "postgresql+asyncpg://user@host/db?ssl=require",
            "postgresql://user@host:5432/db?sslmode=require",
            "postgres://user@host:5432/db?sslmode=require&search_path=public",
        ),
        (
            f"postgresql://us%40er:{ENCODED}@host/d%2Fb",
            f"postgresql://us%40er:{ENCODED}@host:5432/d%2Fb",
            f"postgres://us%40er:{ENCODED}@host:5432/d%2Fb?sslmode=prefer&search_path=public",
        ),
        (
            "postgresql://user@[2001:db8::1]:5433/db?sslmode=verify-full&sslrootcert=/a%20b.pem",
            "postgresql://user@[2001:db8::1]:5433/db?sslmode=verify-full&sslrootcert=/a%20b.pem",
            "postgres://user@[2001:db8::1]:5433/db?sslmode=verify-full&sslrootcert=/a%20b.pem&search_path=public",
        ),
        (
            "postgresql://postgres@/dev?host=/path",
            "postgresql://postgres@/dev?host=/path",
            "postgres://postgres@/dev?host=/path&sslmode=disable&search_path=public",
        ),
        (
            "postgresql://postgres@%2FPath:5433/dev?sslmode=require",
            "postgresql://postgres@/dev?host=/Path&port=5433&sslmode=require",
            "postgres://postgres@/dev?host=/Path&port=5433&sslmode=disable&search_path=public",
        ),
        (
            "postgresql://user:pw@one,two:5433/db",
            f"postgresql://user:pw@one:5432,two:5433/db?{WRITABLE}",
            "postgres://user:pw@one:5432/db?sslmode=prefer&connect_timeout=5&search_path=public",
        ),
        (
            "postgresql://user@/db?host=one,two&port=5433&connect_timeout=2",
            f"postgresql://user@one:5433,two:5433/db?{WRITABLE}",
            "postgres://user@one:5433/db?sslmode=prefer&connect_timeout=2&search_path=public",
        ),
        (
            "postgresql:///?host=/path&port=5433&user=me&password=pw&dbname=dev",
            "postgresql://me:pw@/dev?host=/path&port=5433",
            "postgres://me:pw@/dev?host=/path&port=5433&sslmode=disable&search_path=public",
        ),
    ],
)
def test_forms(text: str, asyncpg_form: str, atlas_form: str) -> None:
    address = DatabaseAddress.parse(text)
    assert address.for_asyncpg() == asyncpg_form
    assert address.for_atlas() == atlas_form
    assert DatabaseAddress.parse(address.for_adbc()) == address


def test_an_address_is_shown_without_its_password() -> None:
    address = DatabaseAddress.parse(f"postgresql://u:{ENCODED}@h/db?sslmode=require")
    assert address.password == PASSWORD
    assert address.redacted == "postgresql://u@h:5432/db?sslmode=require"
    for shown in (str(address), repr(address), f"{address}", repr([address])):
        assert PASSWORD not in shown
        assert ENCODED not in shown


def test_servers_are_addresses_of_their_own() -> None:
    address = DatabaseAddress.parse(f"postgresql://u:{ENCODED}@[::1],two:5433/db")
    assert [one.for_asyncpg() for one in address.servers] == [
        f"postgresql://u:{ENCODED}@[::1]:5432/db?{WRITABLE}",
        f"postgresql://u:{ENCODED}@two:5433/db?{WRITABLE}",
    ]
    assert str(address).startswith("postgresql://u@[::1]:5432,two:5433/db?")
    assert address.with_database("x").servers[1].database == "x"


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(
    user=TEXT.filter(bool),
    password=TEXT,
    database=TEXT.filter(bool),
    host=st.sampled_from(["h", "127.0.0.1", "::1", "fe80::1%eth0", "/a b/ü+%", "/x"]),
    port=st.integers(1, 65535),
    options=TEXT,
)
def test_any_address_is_read_back(
    user: str, password: str, database: str, host: str, port: int, options: str
) -> None:
    parameters = (("options", options),) if options else ()
    address = DatabaseAddress(user, host, database, port, password, parameters)
    assert DatabaseAddress.parse(address.for_adbc()) == address
    assert DatabaseAddress.parse(address.for_asyncpg()) == address
    bare = DatabaseAddress.parse(str(address))
    assert bare == DatabaseAddress(user, host, database, port, "", parameters)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("host=h user=u", "cannot be read"),
        ("mysql://u:Hunter2@h/db", "cannot be read"),
        ("postgresql://u:Hunter2/x@h/db", "cannot be read"),
        ("postgresql://u:Hunter2#x@h/db", "cannot be read"),
        ("postgresql://u:Hunter2[x@h/db", "cannot be read"),
        ("postgresql://u:Hunter2℀x@h/db", "cannot be read"),
        ("postgresql://u:Hunter2%ff@h/db", "cannot be read"),
        ("postgresql://u:Hunter2@fe80::1/db", "cannot be read"),
        ("postgresql://u:Hunter2@h:port/db", "cannot be read"),
        ("postgresql://u:Hunter2@h:0/db", "a port that is not a number"),
        ("postgresql://u:Hunter2@h:65536/db", "a port that is not a number"),
        ("postgresql://u:Hunter2@/db?host=/x&port=a", "a port that is not a number"),
        ("postgresql://h/db", "names no user"),
        ("postgresql://u:Hunter2@/db", "names no host"),
        ("postgresql://u:Hunter2@h", "names no database"),
        ("postgresql://u:Hunter2@h,/db", "names an empty host"),
        ("postgresql://u:Hunter2@/db?host=h,i,j&port=1,2", "more ports than hosts"),
        ("postgresql://u:Hunter2@h,i:0/db", "a port that is not a number"),
        ("postgresql://u:Hunter2@h,i/db?target_session_attrs=any", "cannot write"),
        ("postgresql://u:Hunter2%00@h/db", "a zero byte"),
        ("postgresql://u:Hunter2@h/db?sslmode=on", "an unknown sslmode"),
        ("postgresql://u:Hunter2@h/db?channel_binding=require", "channel_binding"),
        ("postgresql://u:a@b/c?Hunter2@h/db", "a parameter, that, that is not"),
    ],
)
def test_an_invalid_address_is_refused_without_showing_it(text: str, said: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        DatabaseAddress.parse(text)
    assert said in refused.value.message
    assert "Hunter2" not in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
