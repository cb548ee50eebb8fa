"""Screens and forms to sign in and out."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field

from unwrapped.auth.dependencies import (
    SessionServiceDep,
    SignInServiceDep,
    Visitor,
)
from unwrapped.auth.oauth.providers import providers_of
from unwrapped.auth.oauth.settings import login_of
from unwrapped.auth.registration import Admission
from unwrapped.auth.router import RegistrationDep
from unwrapped.auth.sessions.cookie import (
    clear_cookie,
    set_cookie,
    set_devices_cookie,
)
from unwrapped.auth.sessions.router import Address, BrowserDep, OwnPage
from unwrapped.auth.sessions.schemas import SignIn
from unwrapped.auth.sessions.sign_in_codes import sign_in_codes
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.guards.proxies import sender_of
from unwrapped.core.http.own_addresses import own_path
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import HOME, REGISTER, SIGN_IN, WELCOME, with_next
from unwrapped.web.pages.screen import OpenScreen, Owner, Screen, screen_router

router = screen_router()

NextQuery = Annotated[str | None, Query()]
LONGEST_CODE = 100


class SignInCode(Schema):
    """A code from the fragment of an address."""

    code: Annotated[str, Field(max_length=LONGEST_CODE)]


@router.get(SIGN_IN)
async def show_sign_in(
    screen: OpenScreen,
    visitor: Visitor,
    registration: RegistrationDep,
    resources: ResourcesDep,
    next: NextQuery = None,
) -> Response:
    """Show the form to sign in; on an empty server, redirect to the first account."""
    if visitor is not None:
        return redirect(own_path(next))
    admission = await registration.admission()
    if admission is Admission.FIRST:
        return redirect(WELCOME, screen.done)
    return _show(screen, resources, Form[SignIn](), next, admission)


@router.post(SIGN_IN)
async def sign_in(
    request: Request,
    screen: OpenScreen,
    service: SignInServiceDep,
    registration: RegistrationDep,
    browser: BrowserDep,
    address: Address,
    resources: ResourcesDep,
    _: OwnPage,
    next: NextQuery = None,
) -> Response:
    """Sign in with user name and password."""
    form = await read_form(request, SignIn)
    async with form.attempt():
        given = form.value
        secret, devices = await service.sign_in_web(
            given.username, given.password, address, browser
        )
        answer = redirect(own_path(next))
        set_cookie(answer, secret)
        set_devices_cookie(answer, devices)
        return answer
    return _show(screen, resources, form, next, await registration.admission())


@router.post(SIGN_IN + "/code")
async def sign_in_by_code(
    request: Request,
    session: SessionDep,
    address: Address,
    resources: ResourcesDep,
    screen: OpenScreen,
    registration: RegistrationDep,
    _: OwnPage,
) -> Response:
    """Sign in with a single-use code that this process has created."""
    form = await read_form(request, SignInCode)
    async with form.attempt(session):
        secret = await sign_in_codes(resources).redeem(
            session, form.value.code, sender_of(request.scope), address
        )
        answer = redirect(HOME)
        set_cookie(answer, secret)
        return answer
    return _show(screen, resources, form, None, await registration.admission())


@router.post("/sign-out")
async def sign_out(owner: Owner, sessions: SessionServiceDep) -> Response:
    """Sign out: the session of this browser ends."""
    await sessions.end(owner.id, owner.require_session().id)
    answer = redirect(SIGN_IN, "signed_out_here")
    clear_cookie(answer)
    return answer


def _show[S: Schema](
    screen: Screen,
    resources: Resources,
    form: Form[S],
    next_path: str | None,
    admission: Admission,
) -> Response:
    path = own_path(next_path)
    providers = [
        (known.title, with_next(login_of(known.provider), path))
        for known in (client.registration for client in providers_of(resources))
    ]
    return screen.show(
        "pages/sign_in.html",
        form=form,
        action=with_next(SIGN_IN, path),
        providers=providers,
        register=REGISTER if admission is Admission.ANYBODY else None,
    )
