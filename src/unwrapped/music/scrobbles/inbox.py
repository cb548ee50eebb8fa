"""The inbox: submissions that are stored and not yet merged into the history."""

import hashlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Unavailable
from unwrapped.music.sources.scrobble import Scrobble

CHANNEL = "scrobbles"
"""The PostgreSQL channel on which workers are notified of new submissions."""

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(list[Scrobble])

_USER = bindparam("user_id", type_=BigInteger)
_STORE = text("""INSERT INTO scrobble_inbox (user_id, digest, listens, scrobbles)
SELECT :user_id, :digest, :listens, CAST(:scrobbles AS json)
WHERE (SELECT coalesce(sum(listens), 0) FROM scrobble_inbox
    WHERE user_id = :user_id) <= :most
ON CONFLICT (user_id, digest) DO NOTHING RETURNING id""").bindparams(
    _USER, bindparam("most", type_=BigInteger)
)
_IS_THERE = text("""SELECT EXISTS (SELECT FROM scrobble_inbox
WHERE user_id = :user_id AND digest = :digest)""").bindparams(_USER)
_FIRST = text("""SELECT id, scrobbles::text FROM scrobble_inbox
WHERE user_id = :user_id ORDER BY id LIMIT :most""").bindparams(_USER)
_USERS = text("""SELECT user_id FROM scrobble_inbox
WHERE user_id <> ALL (CAST(:but AS bigint[]))
GROUP BY user_id ORDER BY min(id) LIMIT :most""")
_DELETE = text("DELETE FROM scrobble_inbox WHERE id = ANY(CAST(:ids AS bigint[]))")


class InboxFull(Unavailable):
    """Too many scrobbles of one listener are waiting to be merged."""

    code = "inbox_full"

    def __init__(self) -> None:
        super().__init__(
            "Too many of your scrobbles are waiting to be merged into your history."
            " Keep these, and send them again later.",
            retry_after=60,
        )


class Inbox:
    """The inbox, in a given transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def store(
        self, user_id: int, scrobbles: Sequence[Scrobble], most: int
    ) -> None:
        """Store a submission, unless the same one is waiting. Raises `InboxFull`."""
        encoded = _ENCODER.encode(scrobbles)
        values = {
            "user_id": user_id,
            "digest": hashlib.sha256(encoded).hexdigest(),
            "listens": len(scrobbles),
            "scrobbles": encoded.decode(),
            "most": most - len(scrobbles),
        }
        if await self._session.scalar(_STORE, values) is not None:
            return
        same = {"user_id": user_id, "digest": values["digest"]}
        if not await self._session.scalar(_IS_THERE, same):
            raise InboxFull

    async def waiting(self, most: int, but: Sequence[int] = ()) -> list[int]:
        """The listeners with waiting submissions, except those of `but`.

        At most `most`; those who have waited longest come first.
        """
        values = {"most": most, "but": list(but)}
        return list(await self._session.scalars(_USERS, values))

    async def first(
        self, user_id: int, submissions: int, listens: int
    ) -> tuple[list[int], list[Scrobble]]:
        """The ids of a listener's first submissions, and the scrobbles of all of them.

        It takes at most `submissions`, and no further one once it has `listens` scrobbles.
        """
        ids: list[int] = []
        scrobbles: list[Scrobble] = []
        values = {"user_id": user_id, "most": submissions}
        for number, encoded in await self._session.execute(_FIRST, values):
            if len(scrobbles) >= listens:
                break
            ids.append(number)
            scrobbles += _DECODER.decode(encoded)
        return ids, scrobbles

    async def delete(self, ids: Sequence[int]) -> None:
        """Delete merged submissions."""
        await self._session.execute(_DELETE, {"ids": list(ids)})
