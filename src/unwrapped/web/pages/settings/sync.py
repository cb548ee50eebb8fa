"""Settings: the sync of the last plays from Spotify."""

from typing import Literal

from fastapi import Request, Response

from unwrapped.auth.oauth.settings import SPOTIFY
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.schemas import Schema
from unwrapped.music.spotify.router import SpotifySyncServiceDep
from unwrapped.music.spotify.service import SpotifySyncService
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import SYNC
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router
from unwrapped.web.pages.tasks import NoFields

router = screen_router()


class AgreeForm(Schema):
    """Confirmation that the terms were read."""

    agreed: Literal["on"]


class EndForm(Schema):
    """The form that turns the sync off; `forget` also removes the synced plays."""

    forget: bool = False


@router.get(SYNC)
async def show_sync(
    screen: ScreenDep, owner: Owner, syncs: SpotifySyncServiceDep
) -> Response:
    """Show the state of the sync, and Spotify's terms for it."""
    return await _show(screen, owner.id, syncs, Form[NoFields]())


@router.post(SYNC)
async def enable(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    syncs: SpotifySyncServiceDep,
) -> Response:
    """Turn the sync on, if the person agreed to the terms."""
    form = await read_form(request, AgreeForm)
    async with form.attempt(session):
        _ = form.value
        await syncs.enable(owner.id)
        return redirect(SYNC)
    return await _show(screen, owner.id, syncs, form)


@router.post(SYNC + "/begin")
async def begin(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    syncs: SpotifySyncServiceDep,
) -> Response:
    """Begin a sync now."""
    form = await read_form(request, NoFields)
    async with form.attempt(session):
        await syncs.begin(owner.id)
        return redirect(SYNC)
    return await _show(screen, owner.id, syncs, form)


@router.post(SYNC + "/end")
async def disable(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    syncs: SpotifySyncServiceDep,
) -> Response:
    """Turn the sync off; synced plays are kept unless the form has `forget`."""
    form = await read_form(request, EndForm)
    async with form.attempt(session):
        await syncs.disable(owner.id, forget=form.value.forget)
        return redirect(SYNC)
    return await _show(screen, owner.id, syncs, form)


async def _show[S: Schema](
    screen: Screen, user_id: int, syncs: SpotifySyncService, form: Form[S]
) -> Response:
    return screen.show(
        "pages/settings/sync.html",
        form=form,
        sync=await syncs.read(user_id),
        provider=SPOTIFY,
    )
