"""The screen that grants an app a session of Audioscrobbler 2.0.

An app sends people to this screen (`/api/auth/`), with a request for a session or with the
address of a page of the app. Nothing is granted until the person sends the form.
"""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fastapi import Depends, Request, Response
from pydantic import AfterValidator

from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.auth.service import UserService
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.exceptions import Invalid
from unwrapped.core.printable import printable
from unwrapped.core.schemas import Schema
from unwrapped.music.scrobbles.router import ScrobblingTokenServiceDep
from unwrapped.music.scrobbles.sessions import RequestState, SessionService
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.shared.validators import RequiredStr, SafeText
from unwrapped.web.pages.forms import Form, read_form, read_query
from unwrapped.web.pages.links import GRANT
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router

router = screen_router()


class RequestNotGood(Invalid):
    """The app's request for a session has expired, or this server did not create it."""

    code = "scrobbling_request_not_good"

    def __init__(self) -> None:
        super().__init__(
            "The app's request is too old, or not from this server. Start again in"
            " the app."
        )


def _web_page(address: str) -> str:
    parts = urlsplit(address)  # ValueError if it is not an address
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be the address of a web page")
    return address


class Asked(Schema):
    """The parameters with which an app sends a person to this screen."""

    token: SafeText | None = None
    """A request for a session (`auth.getToken`)."""

    cb: Annotated[SafeText, AfterValidator(_web_page)] | None = None
    """The address of the app's page that receives the request after it is granted."""


class Granted(Asked):
    """The form that grants the session."""

    name: RequiredStr


async def get_session_service(
    session: SessionDep, resources: ResourcesDep
) -> SessionService:
    """The service of sessions, in the request's transaction."""
    most = resources.settings_of(ScrobbleSettings).scrobbling_sessions_per_token
    return SessionService(session, resources.signer.ring, most)


SessionServiceDep = Annotated[SessionService, Depends(get_session_service)]


@router.get(GRANT)
@router.get(GRANT.rstrip("/"))
async def show_request(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    sessions: SessionServiceDep,
    users: UserServiceDep,
) -> Response:
    """Show what an app asks for, and the form that grants it."""
    form = read_query(request, Asked)
    async with form.attempt():
        _require_good(form.value, sessions)
    return await _show(screen, form, owner.id, users)


@router.post(GRANT)
@router.post(GRANT.rstrip("/"))
async def grant_session(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    tokens: ScrobblingTokenServiceDep,
    sessions: SessionServiceDep,
    users: UserServiceDep,
) -> Response:
    """Grant the session; the app gets a scrobbling token of its own, which can be revoked."""
    form = await read_form(request, Granted)
    async with form.attempt(session):
        asked = form.value
        _require_good(asked, sessions)
        made = await tokens.create(owner.id, asked.name)
        wanted = asked.token or sessions.request()
        if not await sessions.confirm(wanted, made.row.id):
            raise RequestNotGood
        return screen.show(
            "pages/scrobblers/granted.html",
            row=made.row,
            host=asked.cb and _host(asked.cb),
            way=asked.cb and _with_token(asked.cb, wanted),
        )
    return await _show(screen, form, owner.id, users)


async def _show[S: Schema](
    screen: Screen, form: Form[S], user_id: int, users: UserService
) -> Response:
    person = await users.get_user(user_id)
    is_good = not form.faults.keys() & {"token", "cb"} and not isinstance(
        form.problem, RequestNotGood
    )
    address = form.given.get("cb") if is_good else None
    return screen.show(
        "pages/scrobblers/grant.html",
        form=form,
        person=person,
        host=address and _host(address),
        is_good=is_good,
    )


def _host(address: str) -> str:
    return printable(urlsplit(address).netloc)


def _require_good(asked: Asked, sessions: SessionService) -> None:
    """Raise `RequestNotGood` unless the app sent a valid request, or an address alone."""
    if asked.token is None:
        if asked.cb is None:
            raise RequestNotGood
    elif sessions.state(asked.token) is not RequestState.UNCONFIRMED:
        raise RequestNotGood


def _with_token(address: str, token: str) -> str:
    parts = urlsplit(address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("token", token)]
    return urlunsplit(parts._replace(query=urlencode(query)))
