"""Screens to create an account: the first of a server, or others if registration is open."""

from fastapi import Request, Response

from unwrapped.auth.dependencies import SignInServiceDep
from unwrapped.auth.models import Role
from unwrapped.auth.registration import Admission, RegistrationClosed
from unwrapped.auth.router import RegistrationDep
from unwrapped.auth.schemas import UserCreate
from unwrapped.auth.sessions.cookie import set_cookie, set_devices_cookie
from unwrapped.auth.sessions.router import Address, BrowserDep, OwnPage
from unwrapped.shared.zones import zone_names
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import HOME, REGISTER, SIGN_IN, WELCOME
from unwrapped.web.pages.screen import OpenScreen, Screen, screen_router

router = screen_router()


@router.get(WELCOME)
async def show_welcome(screen: OpenScreen, registration: RegistrationDep) -> Response:
    """Show the first screen of an empty server."""
    if await registration.admission() is not Admission.FIRST:
        return redirect(SIGN_IN)
    return _show(screen, Form(), is_first=True)


@router.get(REGISTER)
async def show_register(screen: OpenScreen, registration: RegistrationDep) -> Response:
    """Show the form to create an account. Raises `RegistrationClosed`."""
    admission = await registration.admission()
    if admission is Admission.FIRST:
        return redirect(WELCOME)
    if admission is Admission.NOBODY:
        raise RegistrationClosed
    return _show(screen, Form(), is_first=False)


@router.post(WELCOME)
@router.post(REGISTER)
async def register(
    request: Request,
    screen: OpenScreen,
    registration: RegistrationDep,
    service: SignInServiceDep,
    browser: BrowserDep,
    address: Address,
    _: OwnPage,
) -> Response:
    """Create an account, and sign in to it."""
    form = await read_form(request, UserCreate)
    async with form.attempt():
        new = form.value
        made = await registration.register(new, address)
        secret, devices = await service.sign_in_web(
            new.username, new.password, address, browser
        )
        is_administrator = made.role == Role.ADMINISTRATOR
        answer = redirect(HOME, "first_account" if is_administrator else "")
        set_cookie(answer, secret)
        set_devices_cookie(answer, devices)
        return answer
    return _show(screen, form, is_first=request.url.path == WELCOME)


def _show(screen: Screen, form: Form[UserCreate], *, is_first: bool) -> Response:
    return screen.show(
        "pages/registration.html", form=form, is_first=is_first, zones=zone_names()
    )
