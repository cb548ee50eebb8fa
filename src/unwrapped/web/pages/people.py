"""Screens of the accounts of a server, for its administrators."""

from typing import Annotated

from fastapi import Depends, Path, Request, Response

from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.auth.models import Role
from unwrapped.auth.people.router import PeopleServiceDep
from unwrapped.auth.people.schemas import (
    NewPasswordOf,
    NewRole,
    PersonRead,
    RegistrationChange,
)
from unwrapped.auth.schemas import UserCreate
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.schemas import Schema
from unwrapped.music.listens.storage_usage import read_usage
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.shared.zones import zone_names
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import HOME, PEOPLE, person_of
from unwrapped.web.pages.screen import Administrator, ScreenDep, screen_router
from unwrapped.web.pages.tasks import NoFields

router = screen_router()

PEOPLE_A_PAGE = 50
PersonId = Annotated[int, Path(ge=1, lt=2**63)]


class PeopleScreen:
    """Shows the list of accounts, or one account, to an administrator."""

    def __init__(
        self,
        screen: ScreenDep,
        administrator: Administrator,
        people: PeopleServiceDep,
        users: UserServiceDep,
        session: SessionDep,
        resources: ResourcesDep,
    ) -> None:
        self._screen = screen
        self._resources = resources
        self._users = users
        self.administrator = administrator
        self.people = people
        self.session = session

    async def show_list[S: Schema](
        self, form: Form[S], cursor: str | None = None
    ) -> Response:
        """Show a page of the list of accounts. Raises `BadCursor`."""
        page = await self.people.list_people(PEOPLE_A_PAGE, cursor)
        ids = [one.id for one in page.items]
        usage = await read_usage(self.session, self._resources, ids)
        return self._screen.show(
            "pages/people.html",
            form=form,
            people=[(one, usage[one.id]) for one in page.items],
            me=self.administrator.id,
            cursor=cursor,
            next_cursor=page.next_cursor,
            registration=await self.people.read_registration(),
            zones=zone_names(),
        )

    async def show_one[S: Schema](self, user_id: int, form: Form[S]) -> Response:
        """Show one account. Raises `UserNotFoundError`."""
        usage = await read_usage(self.session, self._resources, [user_id])
        me = await self._users.get_user(self.administrator.id)
        return self._screen.show(
            "pages/person.html",
            me=me,
            form=form,
            one=await self.people.get(user_id),
            usage=usage[user_id],
            is_me=user_id == self.administrator.id,
        )

    def after(self, person: PersonRead, done: str) -> Response:
        """Redirect to the account; to Home if the caller is no longer an administrator."""
        may = person.role is Role.ADMINISTRATOR and person.disabled_at is None
        stays = may or person.id != self.administrator.id
        return redirect(person_of(person.id), done) if stays else redirect(HOME)


PeopleScreenDep = Annotated[PeopleScreen, Depends()]


@router.get(PEOPLE)
async def show_people(on: PeopleScreenDep, cursor: CursorQuery = None) -> Response:
    """Show the accounts, and who may create one."""
    return await on.show_list(Form(), cursor)


@router.post(PEOPLE)
async def create(request: Request, on: PeopleScreenDep) -> Response:
    """Create an account for somebody."""
    form = await read_form(request, UserCreate)
    async with form.attempt(on.session):
        made = await on.people.create(form.value)
        return redirect(person_of(made.id), "account_created")
    return await on.show_list(form)


@router.post(PEOPLE + "/registration")
async def set_registration(request: Request, on: PeopleScreenDep) -> Response:
    """Allow anybody to create an account, or only administrators."""
    form = await read_form(request, RegistrationChange)
    async with form.attempt(on.session):
        await on.people.set_registration(is_open=form.value.is_open)
        return redirect(PEOPLE, "registration")
    return await on.show_list(form)


@router.get(PEOPLE + "/{user_id}")
async def show_person(user_id: PersonId, on: PeopleScreenDep) -> Response:
    """Show an account, and what can be done with it. Raises `UserNotFoundError`."""
    return await on.show_one(user_id, Form())


@router.post(PEOPLE + "/{user_id}/disable")
async def disable(user_id: PersonId, request: Request, on: PeopleScreenDep) -> Response:
    """Disable an account, and sign the person out everywhere."""
    form = await read_form(request, NoFields)
    async with form.attempt(on.session):
        person = await on.people.disable(on.administrator, user_id)
        return on.after(person, "disabled")
    return await on.show_one(user_id, form)


@router.post(PEOPLE + "/{user_id}/enable")
async def enable(user_id: PersonId, on: PeopleScreenDep) -> Response:
    """Enable an account again."""
    return on.after(await on.people.enable(on.administrator, user_id), "enabled")


@router.post(PEOPLE + "/{user_id}/password")
async def give_password(
    user_id: PersonId, request: Request, on: PeopleScreenDep
) -> Response:
    """Set the password of another account."""
    form = await read_form(request, NewPasswordOf)
    async with form.attempt(on.session):
        new, proof = form.value.new_password, form.value.your_password
        await on.people.give_password(on.administrator, user_id, new, proof)
        return redirect(person_of(user_id), "password_given")
    return await on.show_one(user_id, form)


@router.post(PEOPLE + "/{user_id}/role")
async def give_role(
    user_id: PersonId, request: Request, on: PeopleScreenDep
) -> Response:
    """Make a person an administrator, or a listener again."""
    form = await read_form(request, NewRole)
    async with form.attempt(on.session):
        role, proof = form.value.role, form.value.your_password
        person = await on.people.give_role(on.administrator, user_id, role, proof)
        return on.after(person, "role")
    return await on.show_one(user_id, form)
