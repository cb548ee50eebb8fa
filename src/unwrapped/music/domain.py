"""What music plugs into the application."""

from datetime import timedelta
from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, PeriodicJob
from unwrapped.music.analysis.task import analysis_kind
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.personal_data import PERSONAL_DATA
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.schedule import begin_due_syncs
from unwrapped.music.spotify.task import sync_plays
from unwrapped.music.uploads.service import require_upload_size, sweep_uploads

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy.ext.asyncio import AsyncSession

    from unwrapped.music.analysis.coordinator import DrawPage


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.music.router import router

    return router


async def forget_what_was_told(
    session: "AsyncSession", user_id: int, provider: str
) -> None:
    """Delete what a provider's API told of a listener."""
    from unwrapped.music.spotify.ending import forget_spotify

    await forget_spotify(session, user_id, provider)


def music_domain(draw_page: "DrawPage") -> Domain:
    """The domain; `draw_page` makes the page that shares show, which web knows how to."""
    return Domain(
        name="music",
        load_router=load_router,
        settings=(MusicSettings,),
        task_kinds=(import_uploads, analysis_kind(draw_page), sync_plays),
        periodic_jobs=(
            PeriodicJob("music.uploads", timedelta(minutes=10), sweep_uploads),
            PeriodicJob("music.spotify_sync", timedelta(minutes=1), begin_due_syncs),
        ),
        streamed={("POST", "/music/uploads"): require_upload_size},
        personal_data=PERSONAL_DATA,
        unlinked=forget_what_was_told,
    )
