"""Ending a sync."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.oauth.settings import SPOTIFY
from unwrapped.music.listens.service import ListenFilter, ListenService
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.shared.zones import parse_zone

_TOLD = ListenFilter(source="spotify_api", zone=parse_zone("UTC"))


async def end_sync(session: AsyncSession, user_id: int, *, forget: bool) -> int:
    """Turn the sync off; says how many listens were removed, if it is to `forget`."""
    deleted = 0
    if forget:
        deleted = await ListenService(session).delete_listens(user_id, _TOLD)
    # A task that is under way stores nothing without this row.
    await session.execute(
        delete(SpotifySync).where(col(SpotifySync.user_id) == user_id)
    )
    return deleted


async def forget_spotify(session: AsyncSession, user_id: int, provider: str) -> None:
    """Delete what Spotify's API told, when the account there is unlinked."""
    if provider == SPOTIFY:
        await end_sync(session, user_id, forget=True)
