"""Settings: the display name and the time zone."""

from fastapi import Request, Response

from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.auth.models import User as Person
from unwrapped.auth.schemas import UserUpdate
from unwrapped.core.dependencies import SessionDep
from unwrapped.shared.zones import zone_names
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import SETTINGS
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router

router = screen_router()


@router.get(SETTINGS)
async def show_account(
    screen: ScreenDep, owner: Owner, users: UserServiceDep
) -> Response:
    """Show the form of the display name and the time zone."""
    return _show(screen, await users.get_user(owner.id), Form())


@router.post(SETTINGS)
async def change_account(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    users: UserServiceDep,
) -> Response:
    """Change the display name and the time zone."""
    form = await read_form(request, UserUpdate)
    async with form.attempt(session):
        await users.update_user(owner.id, form.value)
        return redirect(SETTINGS, "saved")
    return _show(screen, await users.get_user(owner.id), form)


def _show(screen: Screen, person: Person, form: Form[UserUpdate]) -> Response:
    return screen.show(
        "pages/settings/name_and_time_zone.html",
        form=form,
        person=person,
        zones=zone_names(),
    )
