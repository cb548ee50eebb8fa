"""Forms of screens: a schema checks them, and the screen shows them again with the errors.

A handler does its work inside `attempt`. If that fails, it shows the screen again:

    form = await read_form(request, SignIn)
    async with form.attempt():
        await service.sign_in(form.value)
        return redirect(HOME)
    return screen.show("pages/sign_in.html", form=form)
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Self

from fastapi import Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

from unwrapped.core.exceptions import (
    AppException,
    Invalid,
    NotFound,
    TooManyRequests,
    Unavailable,
)
from unwrapped.core.http.guards.same_origin import CrossSite
from unwrapped.core.http.problems import status_of
from unwrapped.core.printable import readable
from unwrapped.core.schemas import Schema
from unwrapped.core.security import InvalidToken

MOST_FIELDS = 50
_OF_PYDANTIC = "Value error, "


class FormIncomplete(Invalid):
    """Fields of a form are invalid; each error is shown beside its field."""

    code = "form_incomplete"

    def __init__(self) -> None:
        super().__init__("Not yet. Look at the marked fields.")


class Form[S: Schema]:
    """A submitted form, with a valid value of the schema or the errors of its fields."""

    def __init__(
        self,
        given: Mapping[str, str] | None = None,
        value: S | None = None,
        faults: Mapping[str, str] | None = None,
    ) -> None:
        self.given = given or {}
        """The submitted fields. Templates show them again, except passwords."""

        self.faults = faults or {}
        """Errors by field name."""

        self.problem: AppException | None = None
        """The error of the attempt, if it was refused."""

        self._value = value

    @property
    def value(self) -> S:
        """The valid value. Raises `FormIncomplete`."""
        if self._value is None:
            raise FormIncomplete
        return self._value

    @property
    def status(self) -> int:
        """The HTTP status of the screen that shows the form."""
        if self.faults:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        return HTTPStatus.OK if self.problem is None else status_of(type(self.problem))

    @property
    def headers(self) -> dict[str, str]:
        """`Retry-After`, if the problem has it."""
        problem = self.problem
        if not isinstance(problem, (TooManyRequests, Unavailable)):
            return {}
        if problem.retry_after is None:
            return {}
        return {"Retry-After": str(problem.retry_after)}

    def attempt(self, session: AsyncSession | None = None) -> "_Attempt":
        """Return a context manager that catches an `AppException` as `problem`.

        The work in `session`, the session of the request, is then rolled back. Errors for
        which the form cannot be shown again are not caught, such as `NotFound`.
        """
        return _Attempt(self, session)


class _Attempt:
    """The context manager of `Form.attempt`."""

    def __init__(self, form: Form[Schema], session: AsyncSession | None) -> None:
        self._form = form
        self._session = session
        self._savepoint: AsyncSessionTransaction | None = None

    async def __aenter__(self) -> Self:
        if self._session is not None:
            self._savepoint = await self._session.begin_nested()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if self._savepoint is not None:
            await self._savepoint.__aexit__(kind, error, traceback)
        # `InvalidToken` and `CrossSite` are answered without the screen, which only
        # signed-in people may see; `NotFound` is not an error in the form.
        if isinstance(error, (InvalidToken, CrossSite, NotFound)):
            return False
        if isinstance(error, AppException):
            self._form.problem = error
            return True
        return False


async def read_form[S: Schema](request: Request, kind: type[S]) -> Form[S]:
    """Read the form of a request. Optional fields that are empty count as missing.

    Browsers do not send a checkbox that is not ticked: in the schema it needs a default.
    """
    sent = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return fill(
        {name: value for name, value in sent.items() if isinstance(value, str)}, kind
    )


def read_query[S: Schema](request: Request, kind: type[S]) -> Form[S]:
    """Like `read_form`, for a form in the query. Parameters that are no fields are ignored."""
    query = request.query_params
    return fill(
        {name: query[name] for name in kind.model_fields if name in query}, kind
    )


def fill[S: Schema](given: Mapping[str, str], kind: type[S]) -> Form[S]:
    """Check fields against a schema. Optional fields that are empty count as missing."""
    required = {
        name for name, field in kind.model_fields.items() if field.is_required()
    }
    filled = {name: text for name, text in given.items() if text or name in required}
    try:
        return Form(given, kind.model_validate(filled))
    except ValidationError as error:
        return Form(given, faults=_faults(error, given))


def _faults(error: ValidationError, given: Mapping[str, str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else ""
        words = _words(fault) if given.get(name) else "Fill this in."
        faults.setdefault(name, words)
    return faults


def _words(fault: ErrorDetails) -> str:
    """The error as a sentence for people."""
    limits = fault.get("ctx", {})
    if fault["type"].endswith("too_short"):
        return f"At least {limits['min_length']:,} characters, please."
    if fault["type"].endswith("too_long"):
        return f"At most {limits['max_length']:,} characters, please."
    words = readable(fault["msg"].removeprefix(_OF_PYDANTIC))
    ended = words if words.endswith((".", "?", "!")) else f"{words}."
    return f"{ended[0].upper()}{ended[1:]}"


def redirect(path: str, done: str = "") -> RedirectResponse:
    """Redirect a browser after a form; reloading the next page does not send it again.

    `done` is a key of `wording.DONE`; the next page shows its text.
    """
    joint = "&" if "?" in path else "?"
    target = f"{path}{joint}done={done}" if done else path
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)
