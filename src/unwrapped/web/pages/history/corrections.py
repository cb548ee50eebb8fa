"""Screens of corrections: what counts as something else, and what is not counted."""

from datetime import time
from uuid import UUID

from fastapi import Request, Response
from pydantic import ValidationError

from unwrapped.core.dependencies import SessionDep
from unwrapped.core.exceptions import Invalid
from unwrapped.core.schemas import Schema
from unwrapped.music.corrections.correction import Action, Scope
from unwrapped.music.corrections.router import CorrectionServiceDep
from unwrapped.music.corrections.schemas import CorrectionCreate
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.shared.validators import SafeText
from unwrapped.web.pages.forms import read_form, read_query, redirect
from unwrapped.web.pages.links import CORRECTIONS
from unwrapped.web.pages.screen import ScreenDep, User, screen_router

router = screen_router()

CORRECTIONS_A_PAGE = 50
TARGETS = ("target_1", "target_2", "target_3", "target_4")
WEEK = {
    "day_1": "Monday",
    "day_2": "Tuesday",
    "day_3": "Wednesday",
    "day_4": "Thursday",
    "day_5": "Friday",
    "day_6": "Saturday",
    "day_7": "Sunday",
}
"""The fields of the weekdays in the form, and their labels."""


class Subject(Schema):
    """The subject of a correction: an artist, and for a track or an album its name."""

    artist: SafeText
    title: SafeText | None = None
    album: SafeText | None = None


class CorrectionForm(Schema):
    """The form of a correction."""

    action: Action
    scope: Scope
    artist: SafeText | None = None
    title: SafeText | None = None
    album: SafeText | None = None
    target_1: SafeText | None = None
    target_2: SafeText | None = None
    target_3: SafeText | None = None
    target_4: SafeText | None = None
    day_1: bool = False
    day_2: bool = False
    day_3: bool = False
    day_4: bool = False
    day_5: bool = False
    day_6: bool = False
    day_7: bool = False
    begins: time | None = None
    ends: time | None = None

    def new(self) -> CorrectionCreate:
        """The correction of the form. Raises `Invalid` if it is incomplete."""
        targets = [text for name in TARGETS if (text := getattr(self, name))]
        days = [number for number, name in enumerate(WEEK, 1) if getattr(self, name)]
        try:
            return CorrectionCreate(
                action=self.action,
                scope=self.scope,
                artist=self.artist,
                title=self.title,
                album=self.album,
                targets=targets,
                weekdays=days or None,
                begins=self.begins,
                ends=self.ends,
            )
        except ValidationError as error:
            raise Invalid(self._missing()) from error

    def _missing(self) -> str:
        if self.scope is Scope.WINDOW:
            return "Choose at least one day, and give both times in hours and minutes."
        if self.action is Action.SPLIT:
            return "Name at least two different artists."
        return "Give the full name of what you correct, and what it should count as."


@router.get(CORRECTIONS)
async def show_corrections(
    screen: ScreenDep,
    user: User,
    corrections: CorrectionServiceDep,
    cursor: CursorQuery = None,
) -> Response:
    """Show the current corrections, and the forms for another one."""
    page = await corrections.list_corrections(user.id, CORRECTIONS_A_PAGE, cursor)
    return screen.show(
        "pages/corrections.html",
        corrections=page.items,
        next_cursor=page.next_cursor,
        week=WEEK,
    )


@router.get(CORRECTIONS + "/new")
async def choose_correction(
    request: Request, screen: ScreenDep, user: User
) -> Response:
    """Show the possible corrections of an artist, an album or a track."""
    form = read_query(request, Subject)
    async with form.attempt():
        return screen.show("pages/correction_new.html", subject=form.value)
    return screen.show("pages/refused.html", form=form, back=CORRECTIONS)


@router.get(CORRECTIONS + "/try")
async def try_correction(
    request: Request, screen: ScreenDep, user: User, corrections: CorrectionServiceDep
) -> Response:
    """Show how many plays a correction would change, before it is created."""
    form = read_query(request, CorrectionForm)
    async with form.attempt():
        effect = await corrections.try_out(user.id, form.value.new().correction())
        given = {name: text for name, text in form.given.items() if text}
        return screen.show(
            "pages/correction_try.html", effect=effect, given=given, asked=form.value
        )
    return screen.show("pages/refused.html", form=form, back=CORRECTIONS)


@router.post(CORRECTIONS)
async def make_correction(
    request: Request,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    corrections: CorrectionServiceDep,
) -> Response:
    """Create a correction."""
    form = await read_form(request, CorrectionForm)
    async with form.attempt(session):
        await corrections.create(user.id, form.value.new().correction())
        return redirect(CORRECTIONS)
    return screen.show("pages/refused.html", form=form, back=CORRECTIONS)


@router.get(CORRECTIONS + "/{correction_id}/take-back")
async def ask_about_correction(
    correction_id: UUID,
    screen: ScreenDep,
    user: User,
    corrections: CorrectionServiceDep,
) -> Response:
    """Show how many plays the deletion of a correction would change back.

    Raises `CorrectionNotFound`.
    """
    effect = await corrections.effect_of(user.id, correction_id)
    return screen.show("pages/correction_take_back.html", effect=effect)


@router.post(CORRECTIONS + "/{correction_id}/take-back")
async def take_back(
    correction_id: UUID, user: User, corrections: CorrectionServiceDep
) -> Response:
    """Delete a correction. Raises `CorrectionNotFound`."""
    await corrections.delete(user.id, correction_id)
    return redirect(CORRECTIONS)
