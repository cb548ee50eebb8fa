"""Settings: the password, sessions, and accounts at providers."""

from datetime import datetime
from uuid import UUID

from fastapi import Request, Response

from unwrapped.auth.caller import Caller
from unwrapped.auth.dependencies import (
    SessionServiceDep,
    SignInServiceDep,
    UserServiceDep,
)
from unwrapped.auth.oauth.cookie import set_cookie as set_oauth_cookie
from unwrapped.auth.oauth.providers import providers_of
from unwrapped.auth.oauth.router import (
    BrowserSecret,
    LinkServiceDep,
    OAuthServiceDep,
    ProviderName,
)
from unwrapped.auth.oauth.service import LinkService
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.cookie import set_cookie
from unwrapped.auth.sessions.schemas import PasswordChange, SessionRead
from unwrapped.auth.sessions.service import SessionService
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import ACCESS, SYNC
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router
from unwrapped.web.pages.tasks import NoFields

router = screen_router()

MOST_SESSIONS = 100


class LinkForm(Schema):
    """The form that links an account; `access` also asks for access to its API."""

    access: bool = False


class _SigningIn:
    """Reads the data of the screen for one person, and shows it."""

    def __init__(
        self,
        owner: Caller,
        users: UserService,
        sessions: SessionService,
        links: LinkService,
        resources: Resources,
    ) -> None:
        self._owner = owner
        self._users = users
        self._sessions = sessions
        self._links = links
        self._resources = resources

    async def show[S: Schema](self, screen: Screen, form: Form[S]) -> Response:
        current = self._owner.require_session()
        user_id = self._owner.id
        sessions = await self._sessions.list_sessions(
            user_id, current, MOST_SESSIONS, None
        )
        person = await self._users.get_user(user_id)
        linked = {one.provider: one for one in await self._links.list_accounts(user_id)}
        providers = [
            (known.provider, known.title, linked.pop(known.provider, None))
            for known in (one.registration for one in providers_of(self._resources))
        ]
        # A provider that the operator has taken out of the settings can still be unlinked.
        gone = [(name, name.capitalize(), one) for name, one in linked.items()]
        return screen.show(
            "pages/settings/signing_in.html",
            form=form,
            person=person,
            sessions=sorted(sessions.items, key=_use, reverse=True),
            providers=providers + gone,
        )


def _use(session: SessionRead) -> tuple[bool, datetime]:
    """When a session was last used, for an order; the current one is the latest."""
    return session.is_current, session.last_used_at


@router.get(ACCESS)
async def show_access(
    screen: ScreenDep,
    owner: Owner,
    users: UserServiceDep,
    sessions: SessionServiceDep,
    links: LinkServiceDep,
    resources: ResourcesDep,
) -> Response:
    """Show the form of the password, the sessions and the accounts at providers."""
    access = _SigningIn(owner, users, sessions, links, resources)
    return await access.show(screen, Form[NoFields]())


@router.post(ACCESS + "/password")
async def change_password(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    service: SignInServiceDep,
    users: UserServiceDep,
    sessions: SessionServiceDep,
    links: LinkServiceDep,
    resources: ResourcesDep,
) -> Response:
    """Change the password; all other sessions and all personal tokens end."""
    form = await read_form(request, PasswordChange)
    async with form.attempt():
        change = form.value
        secret = await service.change_password(
            owner.id,
            owner.require_session(),
            change.current_password,
            change.new_password,
        )
        answer = redirect(ACCESS, "password")
        if secret is not None:
            set_cookie(answer, secret)
        return answer
    return await _SigningIn(owner, users, sessions, links, resources).show(screen, form)


@router.post(ACCESS + "/sessions/others/end")
async def end_others(owner: Owner, sessions: SessionServiceDep) -> Response:
    """Sign out everywhere else."""
    await sessions.end_others(owner.id, owner.require_session())
    return redirect(ACCESS, "signed_out_others")


@router.post(ACCESS + "/sessions/{session_id}/end")
async def end_session(
    session_id: UUID, owner: Owner, sessions: SessionServiceDep
) -> Response:
    """Sign out one browser or program."""
    await sessions.end(owner.id, session_id)
    return redirect(ACCESS, "signed_out")


@router.post(ACCESS + "/providers/{provider}/link")
async def link(
    request: Request,
    provider: ProviderName,
    screen: ScreenDep,
    owner: Owner,
    service: OAuthServiceDep,
    old: BrowserSecret = None,
) -> Response:
    """Begin to link an account: the next page has a link to the provider.

    It does not redirect: the policy of pages (`form-action`) lets forms lead only to this
    service.
    """
    form = await read_form(request, LinkForm)
    async with form.attempt():
        asks_access = form.value.access
        begun = await service.begin_link(
            provider,
            SYNC if asks_access else ACCESS,
            old,
            owner.require_session(),
            asks_access=asks_access,
        )
        answer = screen.show(
            "pages/settings/link.html", provider=provider, url=begun.url
        )
        set_oauth_cookie(answer, begun.browser)
        return answer
    return screen.show("pages/refused.html", form=form, back=ACCESS)


@router.post(ACCESS + "/providers/{provider}/unlink")
async def unlink(
    request: Request,
    provider: ProviderName,
    screen: ScreenDep,
    owner: Owner,
    links: LinkServiceDep,
) -> Response:
    """Unlink an account, and delete the data from its API."""
    form = await read_form(request, NoFields)
    async with form.attempt():
        await links.unlink(owner.id, provider)
        return redirect(ACCESS, "unlinked")
    return screen.show("pages/refused.html", form=form, back=ACCESS)
