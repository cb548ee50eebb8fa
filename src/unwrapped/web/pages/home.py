"""The screen Home: the newest verdict and what was played lately, or how to begin."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from unwrapped.auth.dependencies import Visitor
from unwrapped.auth.registration import Admission
from unwrapped.auth.router import RegistrationDep
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.printable import printable
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.analysis.router import AnalysisServiceDep
from unwrapped.music.listens.query_parameters import NowDep
from unwrapped.music.scrobbles.router import (
    ScrobbleServiceDep,
    ScrobblingTokenServiceDep,
)
from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.web.pages.forms import redirect
from unwrapped.web.pages.links import HOME, PLAYING, WELCOME
from unwrapped.web.pages.screen import Screen, User, lead_to_sign_in, screen_router
from unwrapped.web.pages.statistics.home_figures import read_lately
from unwrapped.web.pages.tasks import is_active, screen_of, title_of

router = screen_router()

RECENT_SHARES = 5
RECENT_TASKS = 10


@router.get(HOME)
async def show_home(
    request: Request,
    visitor: Visitor,
    registration: RegistrationDep,
    resources: ResourcesDep,
    session: SessionDep,
    now: NowDep,
    analyses: AnalysisServiceDep,
    shares: ShareServiceDep,
    tasks: TaskServiceDep,
    tokens: ScrobblingTokenServiceDep,
    scrobbles: ScrobbleServiceDep,
) -> Response:
    """Show the newest verdict and the last days.

    Visitors are redirected to sign in, or on an empty server to create the first account.
    """
    if visitor is None:
        is_first = await registration.admission() is Admission.FIRST
        return redirect(WELCOME) if is_first else lead_to_sign_in(request)
    latest = (await analyses.list_analyses(visitor.id, 1, None)).items
    portrait = None
    if latest:
        portrait = read_stored(await analyses.get_portrait(visitor.id, latest[0].id))
    lately = None
    if await analyses.has_listens(visitor.id):
        lately = await read_lately(session, resources, visitor, now)
    recent = await tasks.list_tasks(visitor.id, RECENT_TASKS, None)
    active = [task for task in recent.items if is_active(task)]
    return Screen(request, resources, visitor).show(
        "pages/home.html",
        latest=latest[0] if latest else None,
        portrait=portrait,
        shares=(await shares.list_shares(visitor.id, RECENT_SHARES, None)).items,
        active=[(task, screen_of(task), title_of(task)) for task in active],
        lately=lately,
        has_scrobblers=bool((await tokens.list_tokens(visitor.id, 1, None)).items),
        playing=await scrobbles.playing(visitor.id),
    )


@router.get(PLAYING)
async def show_playing(user: User, scrobbles: ScrobbleServiceDep) -> Response:
    """Return the track that is playing, for the script of Home; null if there is none."""
    playing = await scrobbles.playing(user.id)
    if playing is None:
        return JSONResponse(None)
    names = {"title": playing.title, "artist": playing.artist}
    return JSONResponse({key: printable(name) for key, name in names.items()})
