"""Asking a model: one server of the OpenAI chat-completions form, and one address of it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol, Self

import httpx2
from pydantic import BaseModel, ValidationError

from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.process_resources import Resources
from unwrapped.music.critic.language_model.settings import CriticSettings, ModelAddress
from unwrapped.shared.api_client import (
    Answer,
    ApiClient,
    UnexpectedAnswer,
    open_http_client,
)

MOST_TOKENS = 3_000
"""Of an answer: a text of eight beats has a tenth of that; what a model thinks counts, too."""

type Messages = list[dict[str, str]]
"""Each with its `role` and its `content`."""


class ModelRefuses(ExternalAPIError):
    """The server of the model does not do what it is asked to."""

    code = "model_refuses"


class AsksModel(Protocol):
    """Gets an answer out of a model."""

    async def complete(self, messages: Messages) -> str:
        """The text that the model answers with. Raises `ExternalAPIError`."""
        ...


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice]


@dataclass(frozen=True, slots=True)
class ModelClient:
    """A server, and the model that it is asked for."""

    model: ModelAddress
    settings: CriticSettings
    api: ApiClient

    async def complete(self, messages: Messages) -> str:
        """The text that the model answers with. Raises `ExternalAPIError`."""
        plain = {"model": self.model.name, "messages": messages, "stream": False}
        wanted = {
            "response_format": {"type": "json_object"},
            "max_tokens": MOST_TOKENS,
        }
        answer = await self._post(plain | wanted)
        if answer.status == HTTPStatus.BAD_REQUEST:
            # Some servers know one of these two by another name, or not at all.
            answer = await self._post(plain)
        if not answer.is_success:
            raise ModelRefuses(
                f"{self.api.service} refuses to answer ({answer.status}): its operator"
                " looks at MODEL_URL, MODEL_NAME and MODEL_API_KEY."
            )
        return self._text(answer)

    async def _post(self, body: dict[str, object]) -> Answer:
        key = self.settings.model_api_key
        headers = (
            {} if key is None else {"Authorization": f"Bearer {key.get_secret_value()}"}
        )
        return await self.api.post_json(
            self.model.completions,
            body,
            headers=headers,
            seconds=self.settings.model_timeout_seconds,
        )

    def _text(self, answer: Answer) -> str:
        try:
            completion = _Completion.model_validate(answer.json_object())
            return completion.choices[0].message.content or ""
        except (ValidationError, IndexError):
            # Not `from error`: its text holds what was answered.
            raise UnexpectedAnswer(
                f"{answer.service} answered with no chat completion."
            ) from None


class ModelConnections:
    """The connections of one process to the model's server."""

    def __init__(self) -> None:
        self._http = open_http_client()

    def server(self, model: ModelAddress, settings: CriticSettings) -> ModelClient:
        """The server of a model."""
        return client_of(model, settings, self._http)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @classmethod
    def of(cls, resources: Resources) -> Self:
        """Those of this process."""
        return resources.kept(cls, lambda _: cls())


def client_of(
    model: ModelAddress, settings: CriticSettings, http: httpx2.AsyncClient
) -> ModelClient:
    """The server of a model, asked over `http`."""
    api = ApiClient(f"The model's server ({model.host})", http)
    return ModelClient(model, settings, api)
