"""Endpoints about scrobbling: the tokens of clients, and the track that is playing."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from unwrapped.auth.caller import OWNER, SIGNED_IN
from unwrapped.auth.dependencies import AccountOwner, CurrentUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.exceptions import NotFound
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.scrobbles.schemas import (
    NowPlayingRead,
    ScrobblingTokenCreate,
    ScrobblingTokenCreated,
    ScrobblingTokenRead,
)
from unwrapped.music.scrobbles.service import ScrobbleService, scrobble_service
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import (
    ScrobblingTokenNameTaken,
    ScrobblingTokenNotFound,
    ScrobblingTokenService,
    TooManyScrobblingTokens,
)
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/music/scrobbles", tags=["music"])


class NothingPlaying(NotFound):
    """No client of the caller reports a track that is playing."""

    code = "nothing_playing"

    def __init__(self) -> None:
        super().__init__("Nothing is playing.")


async def get_tokens(
    session: SessionDep, resources: ResourcesDep
) -> ScrobblingTokenService:
    """The service of scrobbling tokens, in the request's transaction."""
    most = resources.settings_of(ScrobbleSettings).scrobbling_tokens_per_user
    return ScrobblingTokenService(session, resources.cipher, most)


ScrobblingTokenServiceDep = Annotated[ScrobblingTokenService, Depends(get_tokens)]


async def get_scrobble_service(
    session: SessionDep, resources: ResourcesDep
) -> ScrobbleService:
    """The service of scrobbles, in the request's transaction."""
    return scrobble_service(session, resources)


ScrobbleServiceDep = Annotated[ScrobbleService, Depends(get_scrobble_service)]


@router.post(
    "/tokens",
    status_code=201,
    responses=problems(*OWNER, ScrobblingTokenNameTaken, TooManyScrobblingTokens),
)
async def create_scrobbling_token(
    new: ScrobblingTokenCreate, owner: AccountOwner, tokens: ScrobblingTokenServiceDep
) -> ScrobblingTokenCreated:
    """Create a token for one client that scrobbles to this server.

    The token is returned only here.
    """
    made = await tokens.create(owner.id, new.name)
    return ScrobblingTokenCreated(**made.row.model_dump(), token=made.token)


@router.get("/tokens", responses=problems(*OWNER, BadCursor))
async def list_scrobbling_tokens(
    owner: AccountOwner,
    tokens: ScrobblingTokenServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ScrobblingTokenRead]:
    """List the caller's scrobbling tokens, the latest first, with the outcome of the last
    request of each.
    """
    return await tokens.list_tokens(owner.id, limit, cursor)


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    responses=problems(*OWNER, ScrobblingTokenNotFound),
)
async def revoke_scrobbling_token(
    token_id: UUID, owner: AccountOwner, tokens: ScrobblingTokenServiceDep
) -> None:
    """Revoke a scrobbling token; it and its sessions stop working at once."""
    await tokens.revoke(owner.id, token_id)


@router.get("/playing-now", responses=problems(*SIGNED_IN, NothingPlaying))
async def read_playing_now(
    user: CurrentUser, scrobbles: ScrobbleServiceDep
) -> NowPlayingRead:
    """Return the track that the caller is playing, as reported by a client."""
    playing = await scrobbles.playing(user.id)
    if playing is None:
        raise NothingPlaying
    return playing
