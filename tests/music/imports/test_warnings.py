"""The books of imports and portraits have warnings about what looks wrong."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, as_json, track
from tests.music.factories import analysed, imported
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.imports.models import HistoryImport

LINE = "Streaming_History_Audio_..._1 is missing: files are numbered 0 and 2."
HOUR = timedelta(hours=1)


def numbered(number: int) -> dict[str, bytes]:
    """A file of the year 2020 + `number`."""
    rows = [
        track("Ann", "Song", "uri:1", ts=f"{2020 + number}-{month:02}-01T12:00:00Z")
        for month in range(1, 13)
    ]
    return {f"Streaming_History_Audio_{2020 + number}_{number}.json": as_json(rows)}


async def latest_books(resources: Resources, user_id: int) -> Any:
    async with resources.database.session() as session:
        books = await session.scalars(
            select(col(HistoryImport.books))
            .where(col(HistoryImport.user_id) == user_id)
            .order_by(col(HistoryImport.created_at).desc())
        )
        return books.first()


async def portrait_of(resources: Resources, user_id: int) -> Any:
    task_id = await analysed(resources, user_id)
    async with resources.database.session() as session:
        return json.loads((await session.get_one(Analysis, task_id)).portrait)


def texts(books: Any) -> list[str]:
    return [warning["text"] for warning in books["warnings"]]


async def test_a_missing_file_that_is_imported_later_ends_the_warning(
    common_resources: Resources,
) -> None:
    user = (await sign_in(common_resources)).id
    await imported(common_resources, user, numbered(0))
    assert texts(await latest_books(common_resources, user)) == []
    await imported(common_resources, user, numbered(2))
    assert texts(await latest_books(common_resources, user)) == [LINE]
    portrait = await portrait_of(common_resources, user)
    assert texts(portrait["books"]) == [LINE]
    assert portrait["profile"]["gaps"] == [
        {"first_day": f"{date(2020, 12, 2)}", "last_day": f"{date(2021, 12, 31)}"}
    ]
    await imported(common_resources, user, numbered(1))
    assert texts(await latest_books(common_resources, user)) == []
    portrait = await portrait_of(common_resources, user)
    assert (portrait["books"]["warnings"], portrait["profile"]["gaps"]) == ([], [])


async def test_the_order_of_imports_does_not_matter(
    common_resources: Resources,
) -> None:
    """After the last import, its books have the same warnings."""
    found = []
    for order in ((1, 3, 4), (4, 3, 1)):
        user = (await sign_in(common_resources)).id
        for number in order:
            await imported(common_resources, user, numbered(number))
        found.append((await latest_books(common_resources, user))["warnings"])
    assert found[0] == found[1]
    (warning,) = found[0]
    assert warning["numbers"] == [0, 2]


def shifted(offset: timedelta) -> tuple[list[Row], list[Row]]:
    """Six days in both formats of Spotify, the account data later by `offset`."""
    extended, account = [], []
    for number in range(60):
        at = datetime(2023, 5, 1 + number // 10, 9, tzinfo=UTC)
        at += timedelta(minutes=7 * (number % 10))
        name = f"{number % 15}"
        extended.append(
            track(f"Artist {name}", f"Song {name}", f"uri:{name}",
                  ts=f"{at:%Y-%m-%dT%H:%M:%SZ}", ms_played=200_000)
        )  # fmt: skip
        account.append(
            account_row(
                endTime=f"{at + offset:%Y-%m-%d %H:%M}", msPlayed=200_000,
                artistName=f"Artist {name}", trackName=f"Song {name}",
            )
        )  # fmt: skip
    return extended, account


async def test_a_log_in_the_wrong_zone_is_reported(
    common_resources: Resources,
) -> None:
    ada = await sign_in(common_resources)
    extended, account = map(as_json, shifted(2 * HOUR))
    await imported(common_resources, ada.id, {"a.json": extended, "b.json": account})
    (warning,) = (await latest_books(common_resources, ada.id))["warnings"]
    assert (warning["code"], warning["offset_minutes"]) == ("shifted", 120)
    assert warning["logs"] == ["spotify_account", "spotify_extended"]
    # In two imports, a portrait alone looks at both.
    bob = await sign_in(common_resources)
    await imported(common_resources, bob.id, {"a.json": extended})
    await imported(common_resources, bob.id, {"b.json": account})
    assert (await latest_books(common_resources, bob.id))["warnings"] == []
    portrait = await portrait_of(common_resources, bob.id)
    assert portrait["books"]["warnings"] == [warning]
    async with common_resources.database.session() as session:
        stored = await session.scalars(
            select(col(Analysis.public_portrait)).where(col(Analysis.user_id) == bob.id)
        )
        assert [json.loads(one)["books"]["warnings"] for one in stored] == [[]]


async def test_the_same_log_in_the_right_zone_is_not_reported(
    common_resources: Resources,
) -> None:
    user = (await sign_in(common_resources)).id
    extended, account = map(as_json, shifted(0 * HOUR))
    await imported(common_resources, user, {"a.json": extended, "b.json": account})
    assert (await latest_books(common_resources, user))["warnings"] == []
