"""Endpoints of the consent to a model that writes verdicts."""

from typing import Annotated

from fastapi import Depends

from unwrapped.auth.caller import OWNER, SIGNED_IN
from unwrapped.auth.dependencies import AccountOwner, CurrentUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.consent.schemas import ModelConsentAgree, ModelConsentRead
from unwrapped.music.consent.service import (
    ConsentService,
    ModelChanged,
    ModelNotConfigured,
)
from unwrapped.music.critic.language_model.settings import CriticSettings

router = ApiRouter(prefix="/music/model-consent", tags=["music"])


async def get_consent_service(
    session: SessionDep, resources: ResourcesDep
) -> ConsentService:
    """The service of consents, in the request's transaction."""
    settings = resources.settings_of(CriticSettings)
    return ConsentService(session, settings, resources.limiter)


ConsentServiceDep = Annotated[ConsentService, Depends(get_consent_service)]


@router.get("", responses=problems(*SIGNED_IN))
async def read_model_consent(
    user: CurrentUser, consents: ConsentServiceDep
) -> ModelConsentRead:
    """Return whether a model may write the caller's verdicts, which model, and the terms."""
    return await consents.read(user.id)


@router.put("", responses=problems(*OWNER, ModelNotConfigured, ModelChanged))
async def agree_to_model(
    said: ModelConsentAgree, user: AccountOwner, consents: ConsentServiceDep
) -> ModelConsentRead:
    """Agree that the model writes the caller's verdicts; the caller must have read `terms`."""
    return await consents.agree(user.id, said)


@router.delete("", status_code=204, responses=problems(*SIGNED_IN))
async def withdraw_model_consent(
    user: CurrentUser, consents: ConsentServiceDep
) -> None:
    """Withdraw the caller's consent. The model is not asked again, not even for a verdict
    that is under way.
    """
    await consents.withdraw(user.id)
