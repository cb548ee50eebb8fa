"""Bringing what Spotify told into a stored history."""

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.imports.merge import HistoryMerge
from unwrapped.music.listens.books import Account
from unwrapped.music.listens.history import PreparedUpload, prepare_rows
from unwrapped.music.sources.uploads import read_told
from unwrapped.music.spotify.plays import Told


def prepare_told(told: Told) -> PreparedUpload:
    """The listens among what was told."""
    return prepare_rows(read_told(told.items))


async def merge_told(
    session: AsyncSession, user_id: int, plays: PreparedUpload
) -> Account:
    """Store what is new; says what became of every play."""
    if plays.listens.is_empty():
        return plays.books({}).total
    merge = HistoryMerge(session, user_id, on_progress=lambda share: None)
    return (await merge.merge(plays)).total
