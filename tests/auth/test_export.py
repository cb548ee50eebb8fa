"""The export: all data of a person, without secrets and without data of others."""

import asyncio
import io
import json
import re
import secrets
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Column, delete, text
from sqlalchemy.sql import visitors
from sqlmodel import SQLModel, col

from tests.attacks import attack
from tests.auth.factories import SignedIn, bearer, make_personal_token, sign_in
from tests.auth.personal_rows import (
    dump,
    history_of,
    make_personal_rows,
    personal_tables,
)
from tests.conftest import MakeClient
from tests.music.factories import import_all, make_analysis, make_upload
from tests.waiting import eventually
from unwrapped.auth.export import open_export, safe_name
from unwrapped.auth.models import Scope
from unwrapped.core.http.state import state_of
from unwrapped.core.personal_data import PersonalData
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.shares.models import Share

EXPORT = "/api/v1/auth/me/export"
PARTS = [part for domain in DOMAINS for part in domain.personal_data]
SOON = 20.0

SECRETS = {
    "user.password_hash",
    "user_session.secret_hash",
    "refresh_token.token_hash",
    "refresh_token.replaced_by",
    "personal_token.token_hash",
    "share.token_hash",
    "oauth_state.state_hash",
    "oauth_state.browser_hash",
    "provider_token.access_token",
    "provider_token.refresh_token",
    "scrobbling_token.token_hash",
    "scrobbling_token.sealed_md5",
    "scrobbling_session.key_hash",
    "scrobbling_grant.request_hash",
}
"""Columns that no export contains."""

MEMBERS = {
    "account": "created_at disabled_at display_name email has_password id role signed_in_at time_zone updated_at username username_key",
    "sessions": "created_at expires_at id kind last_used_at",
    "refresh_tokens": "created_at retried_at session_id used_at",
    "personal_tokens": "created_at ending expires_at id last_used_at name scopes",
    "linked_accounts": "created_at display_name id issuer provider subject updated_at",
    "provider_access": "account_id created_at expires_at granted_at reconnect_since refresh_id refresh_until scopes updated_at",
    "sign_ins_under_way": "asks_access created_at expires_at next_path provider session_id",
    "tasks": "attempt completed_at created_at error_code error_message id key kind next_attempt_at params priority progress request_id result_data retryable stage started_at status uncounted updated_at version",
    "listens": "album artist length_ms ms_played not_counted number reason_end recording shuffle skipped source spelled_album spelled_artist spelled_title started_at title",
    "recordings": "album album_id artist artist_id last_started recording spelled_album spelled_album_key spelled_artist spelled_artist_key spelled_title spelled_title_key title track_id",
    "further_records": "length_ms ms_played number reason_end recording shuffle skipped source spelled_album spelled_artist spelled_title started_at",
    "uploads": "created_at digest id name receiving_at size task_id",
    "imports": "books created_at id",
    "import_records": "content import_id names records removals",
    "history": "next_number removals rules streamed version",
    "corrections": "action album artist begins created_at ends id scope subject targets title weekdays",
    "correction_state": "version",
    "analyses": "created_at critic id period portrait public_portrait seen_at title zone",
    "model_drafts": "analysis_id brief created_at task_id",
    "model_consent": "agreed_at created_at model updated_at url",
    "shares": "analysis_id created_at expires_at id name",
    "share_pictures": "created_at form share_id",
    "scrobbling_tokens": "created_at ending id last_answer last_reason last_refusal last_request last_used_at name refused_at",
    "scrobbling_sessions": "created_at expires_at kind",
    "scrobbling_grants": "created_at expires_at",
    "scrobbles_waiting": "listens received_at scrobbles",
    "now_playing": "album artist client created_at expires_at length_ms title",
    "track_feedback": "artist created_at msid score title updated_at",
    "recording_mbids": "artist created_at mbid title",
    "latest_imports": "created_at service until updated_at",
    "spotify_sync": "agreed_at created_at cursor last_error_code last_synced_at next_sync_at updated_at",
}
"""The members of each line, by file: programs read them."""

SECRET_WORDS = re.compile("hash|token|secret|password")

NUMBERS = {
    "addition.first_started",
    "addition.last_started",
    "addition.version",
    "share_card.png",
    "album.artist_id",
    "album.id",
    "also_logged.end_reason_id",
    "artist.id",
    "end_reason.id",
    "history.logs",
    "listen.end_reason_id",
    "recording.track_id",
    "scrobble_inbox.digest",
    "scrobble_inbox.id",
    "scrobbling_grant.token_id",
    "scrobbling_session.token_id",
    "spelling.album_id",
    "track.artist_id",
    "track.id",
}
"""Columns that only join rows or order them. The export has the names that they refer to,
and the rows."""


@asynccontextmanager
async def served(app: FastAPI, resources: Resources) -> AsyncIterator[int]:
    """The port on loopback where a real server serves the application."""
    state_of(app).resources = resources
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none"
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


type Line = dict[str, Any]


class Unzipped:
    """An export, read as a person would."""

    def __init__(self, content: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        assert self.zip.testzip() is None

    def lines(self, name: str) -> list[Line]:
        """The objects of a file."""
        content = self.zip.read(f"{name}.jsonl").decode()
        return [json.loads(line) for line in content.splitlines()]

    @property
    def everything(self) -> bytes:
        """All files, unpacked."""
        return b"".join(self.zip.read(name) for name in self.zip.namelist())


async def export(client: httpx2.AsyncClient, user: SignedIn) -> Unzipped:
    answer = await client.get(EXPORT, headers=user.headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    return Unzipped(answer.content)


async def open_exports(resources: Resources) -> int:
    """Return the number of connections that exports hold."""
    async with resources.database.session() as session:
        return (
            await session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE application_name = 'unwrapped export'"
                    " AND datname = current_database()"
                )
            )
            or 0
        )


def column_names(part: PersonalData) -> set[str]:
    """The columns of tables that a part exports."""
    return {
        f"{found.table.name}.{found.name}"
        for reply in part.rows.selected_columns
        for found in visitors.iterate(reply)
        if isinstance(found, Column)
    }


@pytest.mark.sweep
def test_every_personal_table_is_exported_by_one_part() -> None:
    reply = [name for part in PARTS for name in part.tables]
    assert sorted(reply) == sorted(personal_tables())


@pytest.mark.sweep
def test_the_members_of_lines_do_not_change() -> None:
    members = {part.name: sorted(part.rows.selected_columns.keys()) for part in PARTS}
    expected = {name: names.split() for name, names in MEMBERS.items()}
    assert members == expected, "tests/auth/test_export.py: correct MEMBERS"


@pytest.mark.sweep
def test_no_column_that_is_called_a_secret_is_exported() -> None:
    """`PersonalData.of` takes new columns by itself: name a secret one in `without`."""
    columns = {name for part in PARTS for name in column_names(part)}
    secret = {name for name in columns if SECRET_WORDS.search(name.split(".")[1])}
    # Only whether there is a password is exported.
    assert secret == {"user.password_hash"}


def test_a_name_that_is_no_column_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="share has no column token_hsah"):
        PersonalData.of(Share, name="shares", about="", without=["token_hsah"])


@pytest.mark.sweep
def test_every_column_is_exported_except_secrets_and_numbers() -> None:
    """A new column of a personal table must be exported, or named here."""
    reply = {name for part in PARTS for name in column_names(part)}
    # The export says that there is a password; the hash is left out.
    reply.discard("user.password_hash")
    held = {
        f"{name}.{column.name}"
        for name in personal_tables()
        for column in SQLModel.metadata.tables[name].c
    }
    # What joins the rows of a person.
    joining = {name for name in held if name.endswith((".user_id", "recording_id", "spelling_id"))}  # fmt: skip
    joining |= {"recording.id", "spelling.id"}
    assert held - reply - joining == SECRETS | NUMBERS


@dataclass
class Exported:
    """The export of a person with a row in every personal table."""

    ada: SignedIn
    stored: dict[str, set[str]]
    """Their rows in all tables."""

    unzipped: Unzipped


@pytest.fixture(scope="module")
async def exported(module_resources: Resources) -> Exported:
    """Ada's export, made while another person has as many rows."""
    before = await dump(module_resources)
    ada = await make_personal_rows(module_resources, "ada")
    after = await dump(module_resources)
    stored = {name: {*rows} - {*before[name]} for name, rows in after.items()}
    await make_personal_rows(module_resources, "zoltan")
    async with open_export(module_resources, PARTS, ada.id) as begun:
        content = b"".join([piece async for piece in begun.pieces])
    return Exported(ada, stored, Unzipped(content))


async def test_the_export_contains_what_is_stored(exported: Exported) -> None:
    ada, unzipped, held = exported.ada, exported.unzipped, exported.stored
    files = {f"{part.name}.jsonl" for part in PARTS}
    (upload,) = unzipped.lines("uploads")
    sent = f"uploads/{upload['id']}-ada.json"
    assert set(unzipped.zip.namelist()) == files | {"README.txt", sent}
    assert unzipped.zip.read(sent) == b"ada"
    assert upload["name"] == "../ada.json"

    (account,) = unzipped.lines("account")
    assert (account["id"], account["username"]) == (ada.id, "ada")
    assert account["email"] == "ada@example.org"
    assert account["has_password"] is True
    for name, table in {
        "sessions": "user_session",
        "refresh_tokens": "refresh_token",
        "personal_tokens": "personal_token",
        "tasks": "background_task",
        "listens": "listen",
        "recordings": "spelling",
        "further_records": "also_logged",
        "imports": "history_import",
        "import_records": "import_records",
        "history": "history",
        "analyses": "analysis",
        "shares": "share",
        "share_pictures": "share_card",
    }.items():
        assert len(unzipped.lines(name)) == len(held[table]) > 0, name
    (analysis,) = unzipped.lines("analyses")
    assert analysis["portrait"] == analysis["public_portrait"] == {"of": "ada"}
    (task,) = unzipped.lines("tasks")
    assert (task["params"], task["result_data"]) == (
        {"uploads": [upload["id"]]},
        {"said": "ada"},
    )
    (token,) = unzipped.lines("personal_tokens")
    assert (token["name"], token["scopes"]) == ("ada's token", list(Scope))


@attack(26, "formula")
async def test_listens_are_exported_in_words(exported: Exported) -> None:
    """JSON keeps a name that begins with = a text, whichever program opens the file."""
    unzipped = exported.unzipped
    first, second = unzipped.lines("listens")
    assert first == {
        "started_at": "2025-03-01T11:59:30+00:00",
        "artist": "=ada's artist",
        "title": "ada's\n“title”",
        "album": "Album",
        "ms_played": 30_000,
        "number": 3,
        "length_ms": None,
        "reason_end": "trackdone",
        "skipped": False,
        "shuffle": False,
        "source": "spotify_extended",
        "not_counted": None,
        "recording": "spotify:track:1",
        "spelled_artist": "=ADA'S ARTIST",
        "spelled_title": "ada's\n“title”",
        "spelled_album": "Album",
    }
    assert (second["album"], second["reason_end"]) == (None, "ada left")
    (further,) = unzipped.lines("further_records")
    assert further["recording"] == "spotify:track:1"
    assert (further["number"], further["spelled_artist"]) == (1, "=ada's artist")


@attack(50, "export")
async def test_no_secret_and_nothing_of_others_is_exported(
    exported: Exported, module_resources: Resources
) -> None:
    content = exported.unzipped.everything
    assert b"ada" in content
    assert b"zoltan" not in content.lower()
    async with module_resources.database.session() as session:
        for column in sorted(SECRETS):
            table, _, name = column.partition(".")
            found = await session.scalars(
                text(f'SELECT {name} FROM "{table}" WHERE {name} IS NOT NULL')  # noqa: S608 - our names
            )
            secrets = list(found)
            assert secrets
            assert [one for one in secrets if one.encode() in content] == []


async def test_a_person_without_anything_gets_empty_files(
    make_client: MakeClient, module_resources: Resources
) -> None:
    unzipped = await export(
        make_client(module_resources), await sign_in(module_resources)
    )
    assert {
        part.name: len(unzipped.lines(part.name))
        for part in PARTS
        if unzipped.lines(part.name)
    } == {"account": 1, "sessions": 1}
    readme = unzipped.zip.read("README.txt").decode()
    for part in PARTS:
        mark = "" if part.name in ("account", "sessions") else " (empty)"
        assert f"{part.name}.jsonl{mark}\n    {part.about}" in readme
    assert "cannot import this zip again" in readme


async def test_an_upload_that_is_gone_is_shown_as_missing(
    make_client: MakeClient, module_resources: Resources
) -> None:
    ada = await sign_in(module_resources)
    async with module_resources.database.session() as session:
        upload = await make_upload(session, ada.id, name="a.zip")
    unzipped = await export(make_client(module_resources), ada)
    reply = unzipped.zip.read(f"uploads/{upload.id}-a.zip.missing.txt")
    assert b"while the export was written" in reply


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("ada", "ada"),
        ("Ada.L-1_", "Ada.L-1"),
        ("../../etc/passwd", "etc_passwd"),
        ('a"; filename="b', "a_filename_b"),
        ("a\r\nSet-Cookie: b", "a_Set-Cookie_b"),
        ("...", "unnamed"),
        ("żółw", "w"),
        ("漢字", "unnamed"),
        ("=cmd", "cmd"),
        ("a" * 300, "a" * 64),
    ],
)
def test_a_name_is_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@attack(36, "file-name")
async def test_the_file_is_called_after_the_person_and_the_day(
    make_client: MakeClient, module_resources: Resources
) -> None:
    ada = await sign_in(module_resources, username='a"\r\nX-Evil: b')
    before = datetime.now(UTC).date()
    answer = await make_client(module_resources).get(EXPORT, headers=ada.headers)
    days = {before, datetime.now(UTC).date()}
    assert answer.headers["Content-Disposition"] in {
        f'attachment; filename="unwrapped-a_X-Evil_b-{day}.zip"' for day in days
    }
    assert "X-Evil" not in answer.headers


async def test_a_personal_token_needs_the_scope_for_exports(
    make_client: MakeClient, module_resources: Resources
) -> None:
    ada = await sign_in(module_resources)
    client = make_client(module_resources)
    async with module_resources.database.session() as session:
        others = [scope for scope in Scope if scope is not Scope.EXPORT]
        closed = bearer(await make_personal_token(session, ada.id, *others))
        opening = bearer(await make_personal_token(session, ada.id, Scope.EXPORT))
    refused = await client.get(EXPORT, headers=closed)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert (await client.get(EXPORT, headers=opening)).status_code == 200


async def test_one_export_at_a_time_is_sent_and_it_is_of_one_moment(
    make_client: MakeClient, module_resources: Resources
) -> None:
    ada = await sign_in(module_resources)
    await import_all(module_resources.database, ada.id, history_of("eve"))
    bob = await sign_in(module_resources)
    client = make_client(module_resources)
    async with open_export(module_resources, PARTS, ada.id) as begun:
        refused = await client.get(EXPORT, headers=ada.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "export_running")
        await export(client, bob)
        await client.delete(
            "/api/v1/music/listens", params={"period": "all"}, headers=ada.headers
        )
        content = b"".join([piece async for piece in begun.pieces])
    assert len(Unzipped(content).lines("listens")) == 2
    assert (await export(client, ada)).lines("listens") == []
    assert await open_exports(module_resources) == 0


@pytest.fixture
async def much(module_resources: Resources) -> SignedIn:
    """A person whose export is larger than the buffers of a connection."""
    ada = await sign_in(module_resources)
    async with module_resources.database.session() as session:
        for _ in range(8):
            long = f'"{secrets.token_hex(1024 * 1024)}"'
            await make_analysis(session, ada.id, public_portrait=long)
    return ada


async def test_an_export_is_sent_in_pieces_and_leaves_no_transaction(
    app: FastAPI, module_resources: Resources, much: SignedIn
) -> None:
    async with open_export(module_resources, PARTS, much.id) as begun:
        assert len(await anext(begun.pieces)) < 1024 * 1024
        assert await open_exports(module_resources) == 1
    assert await open_exports(module_resources) == 0
    # A client that disconnects abandons it, too.
    async with served(app, module_resources) as port, asyncio.timeout(SOON):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = [f"GET {EXPORT} HTTP/1.1", "Host: localhost"]
        head.append(f"Authorization: {much.headers['Authorization']}")
        writer.write("\r\n".join([*head, "", ""]).encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert await open_exports(module_resources) == 1
        writer.transport.abort()
        while await open_exports(module_resources):  # noqa: ASYNC110 - of the server
            await asyncio.sleep(0.01)
        # The next one has less to read, and comes whole.
        async with module_resources.database.session() as session:
            await session.execute(
                delete(Analysis).where(col(Analysis.user_id) == much.id)
            )
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await export(client, much)).lines("analyses") == []
