"""The listener comes first in every key of music, so that a person's data is one shard."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.test_plugged_in import tables_in

SCALING = Path(__file__).parents[2] / "docs" / "scaling.md"

BY_ID = "its rows are named by an id alone: in the API, or in the parameters of a task"
BY_DIGEST = "its rows are found by a digest, before the listener is known"
OF_ANOTHER = "its rows belong to one of a table whose rows are named by an id alone"

NOT_BY_LISTENER = {
    "analysis": BY_ID,
    "correction": BY_ID,
    "history_import": BY_ID,
    "model_draft": OF_ANOTHER,
    "scrobble_inbox": BY_ID,
    "scrobbling_grant": BY_DIGEST,
    "scrobbling_session": BY_DIGEST,
    "scrobbling_token": BY_DIGEST,
    "share": BY_DIGEST,
    "share_card": OF_ANOTHER,
    "uploaded_file": BY_ID,
}
"""Tables of music with a key that begins with something else, and why that is so. They are
small, or soon empty again, and stay where they are when the others are distributed."""

_KEYS = text("""
SELECT relname, conname, attname FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f'
UNION ALL SELECT relname, indexrelid::regclass::text, attname FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] WHERE indisunique
""")


async def test_keys_begin_with_the_listener(session: AsyncSession) -> None:
    others = {
        f"{table}: {key} begins with {first}"
        for table, key, first in await session.execute(_KEYS)
        if table in tables_in("music") - NOT_BY_LISTENER.keys() and first != "user_id"
    }
    assert others == set(), "give it the listener first, or say here why it has another"


async def test_no_exception_is_named_in_vain(session: AsyncSession) -> None:
    excepted = {
        table
        for table, _, first in await session.execute(_KEYS)
        if table in NOT_BY_LISTENER and first != "user_id"
    }
    assert excepted == NOT_BY_LISTENER.keys()


def test_the_documentation_says_of_every_table_where_it_goes() -> None:
    citus = SCALING.read_text(encoding="utf-8").partition("## 5. Citus")[2]
    assert {name for name in tables_in("music") if f"`{name}`" not in citus} == set()
