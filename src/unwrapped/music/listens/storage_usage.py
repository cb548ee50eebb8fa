"""The space that the histories of people take on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.process_resources import Resources

_VERSIONS = text("""SELECT wanted.id AS user_id, coalesce(history.version, 0) AS version
FROM unnest(:users) AS wanted(id)
LEFT JOIN history ON history.user_id = wanted.id""").bindparams(
    bindparam("users", type_=ARRAY(BigInteger))
)
_COUNT = text("SELECT count(*) FROM listen WHERE user_id = :user_id")
_SIZE = text("""SELECT coalesce(sum(pg_total_relation_size(part.oid)), 0) AS size,
coalesce(sum(greatest(part.reltuples, 0)), 0) AS rows
FROM pg_class AS part LEFT JOIN pg_inherits ON pg_inherits.inhrelid = part.oid
WHERE part.relkind = 'r' AND (part.oid = 'listen'::regclass
OR pg_inherits.inhparent = 'listen'::regclass)""")


@dataclass(frozen=True, slots=True)
class Usage:
    """The number and size of the listens of one person."""

    listens: int
    size: int
    """Their share of the table of listens and its indexes, in bytes, approximately."""


class UsageMemory:
    """For each listener, the version of the history and the listens counted in it."""

    def __init__(self, _: Resources) -> None:
        self.counted: dict[int, tuple[int, int]] = {}

    async def aclose(self) -> None:
        """Forget everything."""
        self.counted.clear()


async def read_usage(
    session: AsyncSession, resources: Resources, user_ids: Sequence[int]
) -> dict[int, Usage]:
    """The usage of each of these people; unchanged histories are not counted again."""
    counted = resources.kept(UsageMemory, UsageMemory).counted
    rows = await session.execute(_VERSIONS, {"users": list(user_ids)})
    for user_id, version in rows.all():
        if counted.get(user_id, (None, 0))[0] != version:
            found = await session.scalar(_COUNT, {"user_id": user_id})
            counted[user_id] = (version, found or 0)
    listens = {user_id: counted[user_id][1] for user_id in user_ids}
    table = (await session.execute(_SIZE)).one()
    # Without statistics, the number of rows in the table is 0.
    rows_in_all = max(float(table.rows), sum(listens.values()), 1)
    a_listen = float(table.size) / rows_in_all
    return {one: Usage(many, round(many * a_listen)) for one, many in listens.items()}
