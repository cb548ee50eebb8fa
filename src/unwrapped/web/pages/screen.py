"""The base of all screens: who may see one, and the frame in which its template is shown."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse

from unwrapped.auth.caller import Caller
from unwrapped.auth.dependencies import (
    StreamingAdministrator,
    StreamingOwner,
    StreamingUser,
)
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.own_addresses import own_path
from unwrapped.core.http.problems import wants_page
from unwrapped.core.http.routing import PageRoute, PageRouter
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.core.security import InvalidToken
from unwrapped.music.imports.schemas import MOST_UPLOADS
from unwrapped.music.settings import MusicSettings
from unwrapped.web.page_policies import SCREEN_HEADERS
from unwrapped.web.pages.forms import Form, redirect
from unwrapped.web.pages.links import (
    FOR_ADMINISTRATORS,
    HOME,
    MORE,
    NAVIGATION,
    SETTINGS_PARTS,
    SIGN_IN,
    with_next,
)
from unwrapped.web.render import page
from unwrapped.web.wording import DONE


class ScreenRoute(PageRoute):
    """A route of a screen. A browser that is not signed in is redirected to the page to
    sign in, which then leads back.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_or_lead(request: Request) -> Response:
            try:
                return await handle(request)
            except InvalidToken:
                if not wants_page(request.scope):
                    raise
                return lead_to_sign_in(request)

        return handle_or_lead


def lead_to_sign_in(request: Request) -> Response:
    """Redirect to the page to sign in, which says so if the session has ended."""
    # The cookie stays: a request of a script must not take the notice away.
    ended = "session_ended" if COOKIE in request.cookies else ""
    return redirect(with_next(SIGN_IN, _here(request)), ended)


def _here(request: Request) -> str:
    """The path to return to after signing in; Home if the request is not a GET."""
    # What is in the query of Home concerns one showing, or a protocol.
    if request.method != "GET" or request.url.path == HOME:
        return HOME
    query = request.url.query
    return own_path(f"{request.url.path}?{query}" if query else request.url.path)


def _is_webkit(agent: str) -> bool:
    """Whether a browser refuses `Secure` cookies over plain HTTP, also from this machine:
    Safari, and every browser of an iPhone.
    """
    return "AppleWebKit/" in agent and "Chrome/" not in agent


def screen_router() -> PageRouter:
    """Return a router whose routes are `ScreenRoute`s."""
    return PageRouter(route_class=ScreenRoute)


class Screen:
    """Shows templates with the header and the navigation of the service."""

    def __init__(
        self, request: Request, resources: Resources, caller: Caller | None
    ) -> None:
        self._path = request.url.path
        asked = request.query_params.get("done", "")
        self.done = asked if asked in DONE else ""
        """What the form before has done, a key of `DONE`; "" if nothing."""

        agent = request.headers.get("User-Agent", "")
        self._needs_https = request.url.scheme != "https" and _is_webkit(agent)
        self._resources = resources
        self._caller = caller

    def _more(self) -> tuple[tuple[str, str], ...]:
        is_administrator = self._caller is not None and self._caller.is_administrator
        return (*MORE, *(FOR_ADMINISTRATORS if is_administrator else ()))

    def show[S: Schema](
        self,
        template: str,
        values: Mapping[str, object] | None = None,
        *,
        form: Form[S] | None = None,
        **more: object,
    ) -> HTMLResponse:
        """Return an answer with a template; its status is that of the form."""
        shown: Form[Any] = Form() if form is None else form
        frame: dict[str, object] = {
            "path": self._path,
            "needs_https": self._needs_https,
            "navigation": NAVIGATION if self._caller else (),
            "more": self._more(),
            "notice": DONE.get(self.done, ""),
            "settings_parts": SETTINGS_PARTS,
            "zone": self._caller.time_zone if self._caller else "UTC",
            "limits": self._resources.settings_of(MusicSettings),
            "most_files": MOST_UPLOADS,
            "form": shown,
        }
        return page(
            template,
            {**frame, **(values or {}), **more},
            status=shown.status,
            headers=shown.headers,
            policy=SCREEN_HEADERS,
        )


async def get_screen(
    request: Request, caller: StreamingUser, resources: ResourcesDep
) -> Screen:
    """A screen for a person who is signed in."""
    return Screen(request, resources, caller)


async def get_open_screen(request: Request, resources: ResourcesDep) -> Screen:
    """A screen that anybody may see."""
    return Screen(request, resources, None)


ScreenDep = Annotated[Screen, Depends(get_screen)]
OpenScreen = Annotated[Screen, Depends(get_open_screen)]
User = StreamingUser
"""The caller of a screen, found once per request in a short transaction of its own."""
Owner = StreamingOwner
"""Like `User`, for changes of the account itself: personal tokens are refused."""
Administrator = StreamingAdministrator
"""Like `Owner`, for requests about other people."""
