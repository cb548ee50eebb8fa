"""The declaration of the domain music: what it adds to the application."""

from datetime import timedelta
from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, Drain, PeriodicJob
from unwrapped.music.analysis.model_task import ask_model, sweep_drafts
from unwrapped.music.analysis.task import judge_taste
from unwrapped.music.critic.language_model.settings import CriticSettings, check_critic
from unwrapped.music.imports.removals import remove_import
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.listens.removals import remove_listens
from unwrapped.music.listens.rule_update_tasks import begin_settling, settle_listens
from unwrapped.music.personal_data import PERSONAL_DATA
from unwrapped.music.read_model.copies import delete_copies, sweep_copies
from unwrapped.music.scrobbles.inbox import CHANNEL
from unwrapped.music.scrobbles.merging import drain_inbox
from unwrapped.music.scrobbles.mounts import MOUNTS
from unwrapped.music.scrobbles.service import delete_past_playing
from unwrapped.music.scrobbles.sessions import delete_ended_sessions
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import SEALED
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.service import begin_due_syncs, forget_spotify
from unwrapped.music.spotify.task import sync_plays
from unwrapped.music.statistics.cache import lifespan
from unwrapped.music.uploads.quota import require_upload_size
from unwrapped.music.uploads.service import sweep_uploads

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """Import and return the router of all endpoints."""
    from unwrapped.music.router import router

    return router


DOMAIN = Domain(
    name="music",
    load_router=load_router,
    mounts=MOUNTS,
    lifespan=lifespan,
    settings=(MusicSettings, CriticSettings, ScrobbleSettings),
    check=check_critic,
    task_kinds=(
        import_uploads,
        judge_taste,
        ask_model,
        sync_plays,
        remove_listens,
        remove_import,
        settle_listens,
    ),
    periodic_jobs=(
        PeriodicJob("music.settling", timedelta(minutes=10), begin_settling),
        PeriodicJob("music.uploads", timedelta(minutes=10), sweep_uploads),
        PeriodicJob("music.statistics", timedelta(minutes=10), sweep_copies),
        PeriodicJob("music.model_drafts", timedelta(minutes=10), sweep_drafts),
        PeriodicJob("music.spotify_sync", timedelta(minutes=1), begin_due_syncs),
        PeriodicJob("music.old_keys", timedelta(hours=1), SEALED.reencrypt),
        PeriodicJob("music.past_playing", timedelta(hours=1), delete_past_playing),
        PeriodicJob(
            "music.scrobbling_sessions", timedelta(hours=1), delete_ended_sessions
        ),
    ),
    drains=(Drain("music.scrobbles", CHANNEL, drain_inbox),),
    streamed={("POST", "/music/uploads"): require_upload_size},
    personal_data=PERSONAL_DATA,
    sealed=(SEALED,),
    forget_derived=delete_copies,
    unlinked=forget_spotify,
)
