"""All endpoints of music."""

from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.analysis.router import router as analysis_router
from unwrapped.music.consent.router import router as consent_router
from unwrapped.music.corrections.router import router as corrections_router
from unwrapped.music.imports.router import router as imports_router
from unwrapped.music.listens.router import router as listens_router
from unwrapped.music.scrobbles.router import router as scrobbles_router
from unwrapped.music.shares.router import router as shares_router
from unwrapped.music.spotify.router import router as spotify_router
from unwrapped.music.statistics.router import router as statistics_router
from unwrapped.music.uploads.router import router as uploads_router

router = ApiRouter(prefix="/music", tags=["music"])
router.add(
    uploads_router,
    imports_router,
    listens_router,
    corrections_router,
    statistics_router,
    analysis_router,
    shares_router,
    spotify_router,
    consent_router,
    scrobbles_router,
)
