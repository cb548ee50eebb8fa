"""How far the import tools of clients have got: the time up to which they sent another
service's listens.
"""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Invalid
from unwrapped.music.scrobbles.models import ImportService, LatestImport


class NoSuchService(Invalid):
    """There are no imports from a service with this name."""

    code = "no_such_service"


class ImportedUntil:
    """Reads and stores the moments that imports have reached, in a given transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @staticmethod
    def service_of(name: object) -> ImportService:
        """The service with this name, written without its dot; by default Last.fm.

        Raises `NoSuchService`.
        """
        for service in ImportService:
            if name in (service.replace(".", ""), None):
                return service
        raise NoSuchService(f"Service does not exist: {name}")

    async def read(self, user_id: int, service: ImportService) -> int:
        """The moment as a Unix time; 0 if none is stored."""
        until = await self._session.scalar(
            select(col(LatestImport.until)).where(
                col(LatestImport.user_id) == user_id,
                col(LatestImport.service) == service,
            )
        )
        return 0 if until is None else int(until.timestamp())

    async def raise_to(self, user_id: int, service: ImportService, until: int) -> None:
        """Store a moment, unless a later one is stored.

        A moment in the future is stored as the current time.
        """
        now = datetime.now(UTC)
        moment = datetime.fromtimestamp(min(max(until, 0), int(now.timestamp())), UTC)
        given = insert(LatestImport).values(
            user_id=user_id, service=service, until=moment
        )
        later = func.greatest(col(LatestImport.until), given.excluded.until)
        await self._session.execute(
            given.on_conflict_do_update(
                index_elements=["user_id", "service"],
                set_={"until": later, "updated_at": func.now()},
            )
        )
