"""Settings: whether a model may write the verdicts of a person."""

from typing import Literal

from fastapi import Request, Response

from unwrapped.core.dependencies import SessionDep
from unwrapped.core.schemas import Schema
from unwrapped.music.consent.router import ConsentServiceDep
from unwrapped.music.consent.schemas import ModelConsentAgree
from unwrapped.music.consent.service import ConsentService
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import MODEL
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router
from unwrapped.web.pages.tasks import NoFields

router = screen_router()


class AgreeForm(Schema):
    """Confirmation that the terms were read, and the model that they describe."""

    agreed: Literal["on"]
    host: str = ""
    model: str = ""


@router.get(MODEL)
async def show_model(
    screen: ScreenDep, owner: Owner, consents: ConsentServiceDep
) -> Response:
    """Show which model may write verdicts, and the terms."""
    return await _show(screen, owner.id, consents, Form[NoFields]())


@router.post(MODEL)
async def agree(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    consents: ConsentServiceDep,
) -> Response:
    """Store the consent to the model."""
    form = await read_form(request, AgreeForm)
    async with form.attempt(session):
        read = form.value
        said = ModelConsentAgree(agreed=True, host=read.host, model=read.model)
        await consents.agree(owner.id, said)
        return redirect(MODEL)
    return await _show(screen, owner.id, consents, form)


@router.post(MODEL + "/end")
async def withdraw(owner: Owner, consents: ConsentServiceDep) -> Response:
    """Withdraw the consent: the model is not asked again."""
    await consents.withdraw(owner.id)
    return redirect(MODEL)


async def _show[S: Schema](
    screen: Screen, user_id: int, consents: ConsentService, form: Form[S]
) -> Response:
    return screen.show(
        "pages/settings/model.html", form=form, consent=await consents.read(user_id)
    )
