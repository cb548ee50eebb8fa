"""Settings: the export of the data, and the deletion of the account."""

from fastapi import Request, Response

from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.auth.router import DeletionServiceDep
from unwrapped.auth.schemas import AccountDelete
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.cookie import clear_cookie
from unwrapped.core.http.api_prefix import API
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import DATA, SIGN_IN
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router

router = screen_router()

EXPORT = f"{API}/auth/me/export"
LISTENS_AS_CSV = f"{API}/music/listens/export?format=csv"


@router.get(DATA)
async def show_data(screen: ScreenDep, owner: Owner, users: UserServiceDep) -> Response:
    """Show the link to the export, and the form that deletes the account."""
    return await _show(screen, owner.id, users, Form())


@router.post(DATA + "/delete")
async def delete_account(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    deletion: DeletionServiceDep,
    users: UserServiceDep,
) -> Response:
    """Delete the account with everything that belongs to it, permanently."""
    form = await read_form(request, AccountDelete)
    async with form.attempt():
        await deletion.delete_account(
            owner.id, owner.require_session(), form.value.password
        )
        answer = redirect(SIGN_IN, "account_deleted")
        clear_cookie(answer)
        return answer
    return await _show(screen, owner.id, users, form)


async def _show(
    screen: Screen, user_id: int, users: UserService, form: Form[AccountDelete]
) -> Response:
    person = await users.get_user(user_id)
    return screen.show(
        "pages/settings/data.html",
        form=form,
        export=EXPORT,
        listens=LISTENS_AS_CSV,
        person=person,
    )
