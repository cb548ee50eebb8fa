"""All listens are exported as a stream."""

import csv
import json
from io import StringIO

import httpx2
import pytest

from tests.auth.factories import SignedIn, bearer, make_personal_token, sign_in
from tests.conftest import MakeClient
from tests.exports import account_row
from tests.music.factories import import_all, store
from tests.music.read_model.listener import song
from unwrapped.auth.models import Scope
from unwrapped.core.process_resources import Resources
from unwrapped.music.listens.exporting import ROWS_AT_ONCE, ExportFormat, open_listens

URL = "/api/v1/music/listens/export"
LISTENS = "/api/v1/music/listens"


@pytest.fixture
async def ada(common_resources: Resources) -> SignedIn:
    return await sign_in(common_resources)


@pytest.fixture
def web(make_client: MakeClient, common_resources: Resources) -> httpx2.AsyncClient:
    return make_client(common_resources)


async def add(resources: Resources, user: SignedIn, count: int) -> None:
    async with resources.database.session() as session:
        await store(session, user.id, [[song(number) for number in range(count)]])


async def test_json_lines_are_the_listing(
    web: httpx2.AsyncClient, common_resources: Resources, ada: SignedIn
) -> None:
    poorer = account_row(
        endTime="2023-05-01 10:04",
        artistName="Ann",
        trackName="Song 1",
        msPlayed=180_000,
    )
    await import_all(
        common_resources.database, ada.id, [[[song(n) for n in range(20)]], [[poorer]]]
    )
    answer = await web.get(URL, headers=ada.headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    params = {"order": "oldest", "limit": "200"}
    page = (await web.get(LISTENS, headers=ada.headers, params=params)).json()["items"]
    names = ("artist", "title", "album", "ms_played", "source", "reason_end", "mark")
    assert sorted(map(str, ([one[name] for name in names] for one in lines))) == sorted(
        map(str, ([one[name] for name in names] for one in page))
    )
    assert [one["mark"] for one in lines].count("richer_source") == 1


async def test_csv_of_more_rows_than_are_read_at_once(
    web: httpx2.AsyncClient, common_resources: Resources, ada: SignedIn
) -> None:
    count = ROWS_AT_ONCE + 5
    await add(common_resources, ada, count)
    async with common_resources.database.session() as session:
        await store(session, ada.id, [[song(count, "=HYPERLINK(1)")]])
    answer = await web.get(URL, headers=ada.headers, params={"format": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="listens.csv"'
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert len(rows) == count + 1
    assert [row["started_at"] for row in rows] == sorted(
        row["started_at"] for row in rows
    )
    assert rows[-1]["artist"] == "'=HYPERLINK(1)"
    assert (rows[0]["ms_played"], rows[0]["skipped"], rows[0]["mark"]) == (
        "180000",
        "false",
        "",
    )


async def test_a_history_without_listens(
    web: httpx2.AsyncClient, ada: SignedIn
) -> None:
    assert (await web.get(URL, headers=ada.headers)).content == b""
    answer = await web.get(URL, headers=ada.headers, params={"format": "csv"})
    assert answer.text.startswith("started_at,artist,title")


async def test_a_token_for_exports_can_fetch_nothing_else(
    web: httpx2.AsyncClient, common_resources: Resources, ada: SignedIn
) -> None:
    await add(common_resources, ada, 3)
    async with common_resources.database.session() as session:
        exporting = bearer(await make_personal_token(session, ada.id, Scope.EXPORT))
        reading = bearer(
            await make_personal_token(session, ada.id, Scope.READ, name="r")
        )
    assert len((await web.get(URL, headers=exporting)).text.splitlines()) == 3
    everything = await web.get("/api/v1/auth/me/export", headers=exporting)
    assert (everything.status_code, everything.content[:2]) == (200, b"PK")
    for path, headers in (
        (LISTENS, exporting),
        (URL, reading),
        ("/api/v1/auth/me/export", reading),
    ):
        refused = await web.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (
            403,
            "insufficient_scope",
        )


async def test_one_export_at_a_time(
    web: httpx2.AsyncClient, common_resources: Resources, ada: SignedIn
) -> None:
    async with open_listens(common_resources, ada.id, ExportFormat.NDJSON):
        refused = await web.get(URL, headers=ada.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "export_running")
    assert (await web.get(URL, headers=ada.headers)).status_code == 200
