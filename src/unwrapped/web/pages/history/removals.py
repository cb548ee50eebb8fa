"""Screens that delete plays: chosen ones or all that match; they first show the number."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from unwrapped.core.dependencies import SessionDep
from unwrapped.core.exceptions import Invalid
from unwrapped.core.http.own_addresses import own_path
from unwrapped.core.schemas import Schema
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.router import ListenServiceDep, RemovalServiceDep
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.logs import LogName
from unwrapped.shared.validators import SafeStr, SafeText
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.service import TaskNotFound
from unwrapped.web.pages.forms import Form, fill, read_form, redirect
from unwrapped.web.pages.links import HISTORY, removal_of
from unwrapped.web.pages.screen import Screen, ScreenDep, User, screen_router
from unwrapped.web.pages.tasks import REMOVAL

router = screen_router()

EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)
"""The bounds of a period that is open on one side; no play is outside them."""

DELETING = "Deleting the plays"


class RemovalForm(Schema):
    """The form of a deletion. It deletes the plays that match every given field."""

    source: LogName | None = None
    artist: SafeText | None = None
    album: SafeStr | None = None
    track: SafeStr | None = None
    first: date | None = None
    last: date | None = None
    listens: SafeText | None = None
    """The ids of chosen plays, separated by spaces."""

    said: int | None = None
    """The number of plays that the page announced."""

    back: SafeText | None = None
    """The path of the screen where the plays were chosen."""

    def wanted(self, zone: ZoneInfo) -> ListenFilter:
        """The filter of the plays to delete. Raises `Invalid` if no field is given."""
        period = None
        if self.first or self.last:
            first, last = self.first or EARLIEST, self.last or LATEST
            period = Period.parse(f"{first}..{last}")
        ids = None if self.listens is None else self.listens.split()
        named = (self.source, self.artist, self.album, self.track, period, ids)
        if all(part is None for part in named):
            raise Invalid(
                "Nothing is chosen yet. Tick plays in the history, or name a source, an"
                " artist or days."
            )
        return ListenFilter(
            source=self.source,
            period=period,
            zone=zone,
            artist=self.artist,
            album=self.album,
            track=self.track,
            ids=ids,
        )


def way_back(form: Form[RemovalForm]) -> str:
    """The path to return to: the screen of the history where the plays were chosen.

    It never leads to another service.
    """
    path = own_path(form.given.get("back"))
    return path if path.startswith(f"{HISTORY}?") else HISTORY


@router.get(HISTORY + "/delete")
async def ask_about_plays(
    request: Request,
    screen: ScreenDep,
    user: User,
    removals: RemovalServiceDep,
    listens: ListenServiceDep,
) -> Response:
    """Show how many plays would be deleted, before they are."""
    query = request.query_params
    given = {name: text for name, text in query.items() if name in _CHOOSING}
    if chosen := query.getlist("listen"):
        given["listens"] = " ".join(chosen)
    form = fill(given, RemovalForm)
    async with form.attempt():
        wanted = form.value.wanted(parse_zone(user.time_zone))
        counted = await removals.remove(user.id, wanted, dry_run=True)
        return await _ask(screen, form, counted.listens, wanted, user.id, listens)
    return screen.show("pages/refused.html", form=form, back=way_back(form))


_CHOOSING = RemovalForm.model_fields.keys() - {"said"}


@router.post(HISTORY + "/delete")
async def delete_plays(
    request: Request,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    removals: RemovalServiceDep,
    listens: ListenServiceDep,
) -> Response:
    """Delete plays; ask again if their number is not the one that the page announced."""
    form = await read_form(request, RemovalForm)
    async with form.attempt(session):
        wanted = form.value.wanted(parse_zone(user.time_zone))
        counted = await removals.remove(user.id, wanted, dry_run=True)
        if counted.listens != form.value.said:
            return await _ask(screen, form, counted.listens, wanted, user.id, listens)
        begun = await removals.remove(user.id, wanted)
        if begun.task is not None:
            return redirect(removal_of(begun.task.id))
        back = way_back(form)
        joint = "&" if "?" in back else "?"
        return redirect(f"{back}{joint}deleted={begun.listens}")
    return screen.show("pages/refused.html", form=form, back=way_back(form))


async def _ask(
    screen: Screen,
    form: Form[RemovalForm],
    plays: int,
    wanted: ListenFilter,
    user_id: int,
    listens: ListenService,
) -> Response:
    chosen = {name: text for name, text in form.given.items() if name in _CHOOSING}
    one: ListenRead | None = None
    if wanted.album is not None or wanted.track is not None:
        first = (await listens.list_listens(user_id, wanted, 1, None)).items
        one = first[0] if first else None
    elif wanted.ids is not None and len(wanted.ids) == 1:
        one = await listens.find_listen(user_id, wanted.ids[0])
    return screen.show(
        "pages/history_delete.html",
        plays=plays,
        asked=form.value,
        one=one,
        chosen=chosen,
        back=way_back(form),
        has_several_sources=len(await listens.sources(user_id)) > 1,
    )


@router.get(HISTORY + "/removals/{task_id}")
async def show_removal(
    task_id: UUID, screen: ScreenDep, user: User, tasks: TaskServiceDep
) -> Response:
    """Show the progress of a deletion of many plays, and then their number.

    Raises `TaskNotFound`.
    """
    task = await tasks.poll_task(user.id, task_id)
    if task.kind != REMOVAL:
        raise TaskNotFound
    deleted = None
    if task.status is TaskStatus.COMPLETED:
        deleted = (await tasks.get_result(user.id, task_id))["deleted"]
    return screen.show(
        "pages/history_removal.html", task=task, stages={"": DELETING}, deleted=deleted
    )
