"""Removing an import over HTTP removes what no other import had, at once or by a task."""

from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlmodel import col

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import MakeClient
from tests.exports import Row, as_json, extended_row
from tests.music.factories import Stored, begun_import, imported, run_by_hand, stored
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.removals import remove_import
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.listens.removals import MOST_AT_ONCE
from unwrapped.music.store.models import import_records
from unwrapped.music.uploads.models import UploadedFile

URL = "/api/v1/music/imports"


def _rows(first: int, last: int) -> list[Row]:
    return [
        extended_row(
            ts=f"2023-05-01T{number // 3_600:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            master_metadata_track_name=f"Song {number}",
            spotify_track_uri=f"uri {number}",
            ms_played=40_000,
        )
        for number in range(first, last)
    ]


async def _import(resources: Resources, user: SignedIn, rows: list[Row]) -> UUID:
    return await imported(resources, user.id, {"a.json": as_json(rows)})


async def _stored(resources: Resources, user: SignedIn) -> Stored:
    async with resources.database.session() as session:
        return await stored(session, user.id)


async def test_only_listens_of_no_other_import_are_removed(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada, bob = await sign_in(common_resources), await sign_in(common_resources)
    await _import(common_resources, ada, _rows(0, 6))
    only_first = await _stored(common_resources, ada)
    second = await _import(common_resources, ada, _rows(4, 10))
    path = f"{URL}/{second}"
    for answer in (
        await client.get(f"{path}/removal", headers=bob.headers),
        await client.delete(path, headers=bob.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "import_not_found")
    counted = await client.get(f"{path}/removal", headers=ada.headers)
    assert counted.json() == {"listens": 4, "task": None}
    removed = await client.delete(path, headers=ada.headers)
    assert (removed.status_code, removed.json()) == (200, counted.json())
    assert await _stored(common_resources, ada) == only_first
    left = await client.get(URL, headers=ada.headers)
    assert len(left.json()["items"]) == 1
    again = await client.delete(path, headers=ada.headers)
    assert again.status_code == 404


async def test_the_count_is_right_before_and_after_a_removal(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada = await sign_in(common_resources)
    first = await _import(common_resources, ada, _rows(0, 6))
    further = [row | {"shuffle": True} for row in _rows(0, 2)]
    later = _rows(7, 8)[0] | {"ts": "2023-05-02T10:00:00Z"}
    second = await _import(common_resources, ada, [*further, *_rows(2, 7), later])

    async def counts() -> list[int]:
        answers = [
            await client.get(f"{URL}/{one}/removal", headers=ada.headers)
            for one in (first, second)
        ]
        return [answer.json()["listens"] for answer in answers]

    # Two records of the first import are richer than those of the second one.
    assert await counts() == [2, 2]
    day = {"period": "2023-05-02"}
    removed = await client.delete(
        "/api/v1/music/listens", params=day, headers=ada.headers
    )
    assert removed.json()["listens"] == 1
    assert await counts() == [2, 1]


async def test_many_listens_are_removed_by_a_task(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada = await sign_in(common_resources)
    import_id = await _import(common_resources, ada, _rows(0, MOST_AT_ONCE + 1))
    removed = await client.delete(f"{URL}/{import_id}", headers=ada.headers)
    assert removed.json()["listens"] == MOST_AT_ONCE + 1
    task = removed.json()["task"]
    assert (task["kind"], task["status"]) == ("music.import_removal", "pending")
    assert len((await _stored(common_resources, ada)).listens) == MOST_AT_ONCE + 1
    await run_by_hand(common_resources, remove_import, UUID(task["id"]))
    assert not (await _stored(common_resources, ada)).listens
    result = await client.get(f"/api/v1/tasks/{task['id']}/result", headers=ada.headers)
    assert result.json() == {"deleted": MOST_AT_ONCE + 1}
    left = await client.get(URL, headers=ada.headers)
    assert left.json()["items"] == []


async def test_an_import_whose_records_are_not_known_stays(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada = await sign_in(common_resources)
    import_id = await _import(common_resources, ada, _rows(0, 2))
    async with common_resources.database.session() as session:
        mine = import_records.c.import_id == import_id
        await session.execute(delete(import_records).where(mine))
    answer = await client.delete(f"{URL}/{import_id}", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (
        409,
        "import_has_no_records",
    )
    assert len((await _stored(common_resources, ada)).listens) == 2
    unknown = await client.delete(f"{URL}/{uuid4()}", headers=ada.headers)
    assert unknown.status_code == 404


async def test_the_same_bytes_are_known_without_reading(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada = await sign_in(common_resources)
    content = as_json([*_rows(0, 3), *_rows(0, 1), extended_row(ts="x")])
    first = await imported(common_resources, ada.id, {"a.json": content})
    again = await begun_import(common_resources, ada.id, {"b (1).json": content})
    async with common_resources.database.session() as session:
        (upload,) = await session.scalars(
            select(UploadedFile).where(col(UploadedFile.user_id) == ada.id)
        )
    await common_resources.objects.delete(upload.object_key)  # so it cannot be read
    await run_by_hand(common_resources, import_uploads, again)
    other, mine = (await client.get(URL, headers=ada.headers)).json()["items"]
    assert (mine["id"], other["id"]) == (str(first), str(again))
    (was,), (now,) = mine["books"]["files"], other["books"]["files"]
    assert (was["path"], now["path"]) == ("a.json", "b (1).json")
    assert now["account"] == was["account"] | {"stored": 0, "known": 4}
    # Each import has the records, which are removed with the last one.
    for import_id, left in ((first, 3), (again, 0)):
        await client.delete(f"{URL}/{import_id}", headers=ada.headers)
        assert len((await _stored(common_resources, ada)).listens) == left


async def test_the_same_bytes_are_read_again_once_something_was_removed(
    common_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(common_resources)
    ada = await sign_in(common_resources)
    content = {"a.json": as_json(_rows(0, 3))}
    await imported(common_resources, ada.id, content)
    everything = await _stored(common_resources, ada)
    removed = await client.delete(
        "/api/v1/music/listens", params={"period": "2023"}, headers=ada.headers
    )
    assert removed.json() == {"listens": 3, "task": None}
    await imported(common_resources, ada.id, content)
    assert await _stored(common_resources, ada) == everything
    async with common_resources.database.session() as session:
        records = (
            await session.scalars(
                select(import_records.c.records).where(
                    import_records.c.user_id == ada.id
                )
            )
        ).all()
    assert len(records) == 2
