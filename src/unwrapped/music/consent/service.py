"""Agreeing to a model, withdrawing, and choosing who writes a verdict."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.core.http.api_prefix import API
from unwrapped.core.postgres.rate_limits import Rate, RateLimiter
from unwrapped.music.consent.models import ModelConsent
from unwrapped.music.consent.schemas import ModelConsentAgree, ModelConsentRead
from unwrapped.music.consent.terms import terms_of
from unwrapped.music.critic.language_model.settings import (
    CriticName,
    CriticSettings,
    ModelAddress,
    model_of,
)


class ModelNotConfigured(NotFound):
    """This server has no model."""

    code = "model_not_configured"

    def __init__(self) -> None:
        super().__init__(
            "This server has no model that writes verdicts. Its operator can set one up:"
            " see CRITIC in the settings."
        )


class ModelConsentNeeded(Conflict):
    """The listener has not agreed to the model of this server, or has withdrawn."""

    code = "model_consent_needed"

    def __init__(self) -> None:
        super().__init__(
            "A model writes your verdicts only if you agree first: read the terms"
            f" (GET {API}/music/model-consent), and agree to them with PUT."
        )


class ModelChanged(Conflict):
    """The listener agreed to a model that this server does not have, or no longer has."""

    code = "model_changed"

    def __init__(self) -> None:
        super().__init__(
            "This server has another model than the one that you agreed to. Read the terms"
            " again."
        )


class ConsentService:
    """The consents of listeners to the model of this server."""

    def __init__(
        self, session: AsyncSession, settings: CriticSettings, limiter: RateLimiter
    ) -> None:
        self._session = session
        self._model = model_of(settings)
        self._limiter = limiter
        self._rate = Rate(
            "model_verdict", settings.model_verdicts_per_user, timedelta(days=1)
        )

    async def read(self, user_id: int) -> ModelConsentRead:
        """The listener's consent, and the terms of the current model."""
        model = self._model
        consent = await self._session.get(ModelConsent, user_id)
        agreed = consent if model is not None and _is_for(consent, model) else None
        return ModelConsentRead(
            configured=model is not None,
            host=model.host if model else None,
            model=model.name if model else None,
            agreed=agreed is not None,
            agreed_at=agreed.agreed_at if agreed else None,
            changed=model is not None and consent is not None and agreed is None,
            terms=terms_of(model) if model else [],
        )

    async def agree(self, user_id: int, said: ModelConsentAgree) -> ModelConsentRead:
        """Store that the listener agrees to the model of this server.

        Raises `ModelNotConfigured`, or `ModelChanged` if they read the terms of another model.
        """
        model = self._require_model()
        if (said.host, said.model) != (model.host, model.name):
            raise ModelChanged
        values = {"url": model.url, "model": model.name, "agreed_at": func.now()}
        await self._session.execute(
            insert(ModelConsent)
            .values(user_id=user_id, **values)
            .on_conflict_do_update(index_elements=["user_id"], set_=values)
        )
        return await self.read(user_id)

    async def withdraw(self, user_id: int) -> None:
        """Delete the listener's consent, if there is one."""
        await self._session.execute(
            delete(ModelConsent).where(col(ModelConsent.user_id) == user_id)
        )

    async def choose(self, user_id: int, wanted: CriticName | None) -> CriticName:
        """Return who writes the next verdict. The default is the model, if the listener
        agreed to it, or else the house.

        A verdict of the model is counted against the daily limit. Raises
        `ModelNotConfigured`, `ModelConsentNeeded`, or `RateLimited` above that limit.
        """
        if wanted is CriticName.HOUSE or (wanted is None and self._model is None):
            return CriticName.HOUSE
        model = self._require_model()
        if not await has_agreed(self._session, user_id, model):
            if wanted is None:
                return CriticName.HOUSE
            raise ModelConsentNeeded
        await self._limiter.hit(self._rate, str(user_id))
        return CriticName.MODEL

    def _require_model(self) -> ModelAddress:
        if self._model is None:
            raise ModelNotConfigured
        return self._model


async def has_agreed(session: AsyncSession, user_id: int, model: ModelAddress) -> bool:
    """Whether a listener currently agrees to this model."""
    found = select(ModelConsent).where(col(ModelConsent.user_id) == user_id)
    consent = await session.scalar(found, execution_options={"populate_existing": True})
    return _is_for(consent, model)


def _is_for(consent: ModelConsent | None, model: ModelAddress) -> bool:
    return consent is not None and (consent.url, consent.model) == (
        model.url,
        model.name,
    )
