"""Endpoints for administrators: the people of a server."""

from typing import Annotated

from fastapi import Depends, Path

from unwrapped.auth.caller import ADMINISTRATOR
from unwrapped.auth.dependencies import (
    Administrator,
    SignInServiceDep,
    StreamingAdministrator,
)
from unwrapped.auth.passwords import WeakPassword
from unwrapped.auth.people.schemas import (
    NewPasswordOf,
    NewRole,
    PersonRead,
    RegistrationChange,
    RegistrationRead,
)
from unwrapped.auth.people.service import (
    LastAdministrator,
    OwnPassword,
    PeopleService,
    RegistrationSet,
)
from unwrapped.auth.schemas import UserCreate
from unwrapped.auth.service import UsernameTaken
from unwrapped.auth.sessions.sign_in import SignInAgain, WrongCredentials
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.exceptions import UserNotFoundError
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.core.postgres.rate_limits import RateLimited
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/auth/people", tags=["auth", "people"])

PersonId = Annotated[
    int, Path(ge=1, lt=2**63, description="The person's id in the list.")
]
PROVEN = (*ADMINISTRATOR, UserNotFoundError, WrongCredentials, SignInAgain, RateLimited)


async def get_people_service(
    session: SessionDep, sign_in: SignInServiceDep, resources: ResourcesDep
) -> PeopleService:
    """The service for people's accounts, in the request's transaction."""
    return PeopleService(session, sign_in, resources)


PeopleServiceDep = Annotated[PeopleService, Depends(get_people_service)]


@router.get("", responses=problems(*ADMINISTRATOR, BadCursor))
async def list_people(
    _: Administrator,
    people: PeopleServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[PersonRead]:
    """The accounts of this server, the latest first."""
    return await people.list_people(limit, cursor)


@router.post(
    "",
    status_code=201,
    responses=problems(*ADMINISTRATOR, UsernameTaken, WeakPassword),
)
async def create_person(
    new: UserCreate, _: StreamingAdministrator, people: PeopleServiceDep
) -> PersonRead:
    """Create an account for somebody, even if registration is closed."""
    return await people.create(new)


@router.get("/registration", responses=problems(*ADMINISTRATOR))
async def read_registration(
    _: Administrator, people: PeopleServiceDep
) -> RegistrationRead:
    """Who may create an account, and what decides it."""
    return RegistrationRead.model_validate(await people.read_registration())


@router.put("/registration", responses=problems(*ADMINISTRATOR, RegistrationSet))
async def set_registration(
    change: RegistrationChange, _: Administrator, people: PeopleServiceDep
) -> RegistrationRead:
    """Open or close registration on this server, unless REGISTRATION is set."""
    changed = await people.set_registration(is_open=change.is_open)
    return RegistrationRead.model_validate(changed)


@router.get("/{user_id}", responses=problems(*ADMINISTRATOR, UserNotFoundError))
async def read_person(
    user_id: PersonId, _: Administrator, people: PeopleServiceDep
) -> PersonRead:
    """One account."""
    return await people.get(user_id)


@router.post(
    "/{user_id}/disable",
    responses=problems(*ADMINISTRATOR, UserNotFoundError, LastAdministrator),
)
async def disable_person(
    user_id: PersonId, administrator: Administrator, people: PeopleServiceDep
) -> PersonRead:
    """Disable an account: sign the person out everywhere, and refuse all credentials."""
    return await people.disable(administrator, user_id)


@router.post("/{user_id}/enable", responses=problems(*ADMINISTRATOR, UserNotFoundError))
async def enable_person(
    user_id: PersonId, administrator: Administrator, people: PeopleServiceDep
) -> PersonRead:
    """Enable an account again; its personal tokens are valid again, too."""
    return await people.enable(administrator, user_id)


@router.put("/{user_id}/role", responses=problems(*PROVEN, LastAdministrator))
async def give_role(
    user_id: PersonId,
    new: NewRole,
    administrator: StreamingAdministrator,
    people: PeopleServiceDep,
) -> PersonRead:
    """Make somebody, or the caller, an administrator or a listener."""
    return await people.give_role(administrator, user_id, new.role, new.your_password)


@router.put(
    "/{user_id}/password",
    status_code=204,
    responses=problems(*PROVEN, OwnPassword, WeakPassword),
)
async def give_password(
    user_id: PersonId,
    new: NewPasswordOf,
    administrator: StreamingAdministrator,
    people: PeopleServiceDep,
) -> None:
    """Set somebody else's password; their sessions and personal tokens end."""
    await people.give_password(
        administrator, user_id, new.new_password, new.your_password
    )
