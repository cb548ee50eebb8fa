"""Registration: who may create an account on this server, and how it is created."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import RegistrationSwitch, User
from unwrapped.auth.passwords import hash_password
from unwrapped.auth.schemas import UserCreate
from unwrapped.auth.service import UserService
from unwrapped.auth.settings import AuthSettings, Registration
from unwrapped.core.exceptions import Forbidden
from unwrapped.core.http.guards.proxies import Sender
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.postgres.rate_limits import Rate, network_of
from unwrapped.core.process_resources import Resources

WINDOW = timedelta(hours=1)


class RegistrationClosed(Forbidden):
    """The server accepts no new accounts."""

    code = "registration_closed"

    def __init__(self) -> None:
        super().__init__(
            "This server accepts no new accounts. An administrator can create one on"
            " the page People or with `unwrapped user create`, or open registration to"
            " everybody on that page or with REGISTRATION=open."
        )


def is_open(settings: AuthSettings, backend_url: str | None) -> bool:
    """Return whether registration is open by `REGISTRATION` or, if unset, by address.

    An address opens it if it is this machine's own. The switch is not considered.
    """
    if settings.registration is not None:
        return settings.registration is Registration.OPEN
    try:
        host = urlsplit(backend_url or "").hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False


class DecidedBy(StrEnum):
    """What decides whether anybody may create an account."""

    SETTING = "setting"
    """`REGISTRATION`, or how the server was started: the switch has no effect."""

    SWITCH = "switch"
    """An administrator, by the switch on the page People."""

    ADDRESS = "address"
    """Neither: registration is open if only this machine reaches the server."""


@dataclass(frozen=True, slots=True)
class Openness:
    """Whether anybody may create an account, and what decides it."""

    is_open: bool
    decided_by: DecidedBy


async def read_openness(session: AsyncSession, resources: Resources) -> Openness:
    """Return whether registration is open, and what decides that.

    The setting decides; without it, the switch; without either, the address.
    """
    settings = resources.settings_of(AuthSettings)
    by_address = is_open(settings, resources.settings.backend_url)
    if settings.registration is not None:
        return Openness(by_address, DecidedBy.SETTING)
    switch = await session.scalar(select(col(RegistrationSwitch.is_open)))
    if switch is not None:
        return Openness(switch, DecidedBy.SWITCH)
    return Openness(by_address, DecidedBy.ADDRESS)


class Admission(Enum):
    """Who may create an account on a server."""

    FIRST = "first"
    """The first person: there is no account yet."""

    ANYBODY = "anybody"
    NOBODY = "nobody"


class UnknownProxy(Forbidden):
    """The request for an account came through a proxy that the server does not know."""

    code = "unknown_proxy"

    def __init__(self) -> None:
        super().__init__(
            "No account is created for a request from a proxy that this server"
            " does not know. The operator can name the proxy in TRUSTED_PROXIES."
        )


def require_known(sender: Sender) -> None:
    """Raise `UnknownProxy` for a sender behind one: it makes anybody seem local."""
    if sender is Sender.UNKNOWN_PROXY:
        raise UnknownProxy


class RegistrationService:
    """Creates accounts in short transactions; the slow hashing runs between them."""

    def __init__(self, resources: Resources, sender: Sender) -> None:
        settings = resources.settings_of(AuthSettings)
        self._database = resources.database
        self._limiter = resources.limiter
        self._rate = Rate("register", settings.registrations_per_address, WINDOW)
        self._resources = resources
        self._sender = sender

    async def admission(self) -> Admission:
        """Who may create an account on this server now."""
        async with self._database.session() as session:
            if not await _has_people(session):
                return Admission.FIRST
            openness = await read_openness(session, self._resources)
        return Admission.ANYBODY if openness.is_open else Admission.NOBODY

    async def register(self, new: UserCreate, address: str | None) -> User:
        """Create an account; the first one on a server needs no open registration.

        Raises `RegistrationClosed`, `UnknownProxy`, `UsernameTaken`, `WeakPassword` or
        `RateLimited`.
        """
        await self._limiter.hit(self._rate, network_of(address))
        require_known(self._sender)
        async with self._database.session() as session:
            if not (await read_openness(session, self._resources)).is_open:
                await _require_nobody(session)
        password_hash = await hash_password(new.password, new.username)
        async with self._database.session() as session:
            if not (await read_openness(session, self._resources)).is_open:
                await admit_first(session)
            return await UserService(session).create_user(new, password_hash)


async def admit_first(session: AsyncSession) -> None:
    """Let the transaction create the first account. Raises `RegistrationClosed`."""
    # The lock lasts until the commit: the next holder sees the account.
    await take_lock(session, "registration")
    await _require_nobody(session)


async def _require_nobody(session: AsyncSession) -> None:
    if await _has_people(session):
        raise RegistrationClosed


async def _has_people(session: AsyncSession) -> bool:
    return bool(await session.scalar(select(exists().select_from(User))))
