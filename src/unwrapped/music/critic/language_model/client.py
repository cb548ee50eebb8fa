"""Client of a model's server: it uses only the endpoint for chat completions of the OpenAI
API."""

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
"""The limit of an answer: eight beats need a tenth of it, but the model's reasoning counts
too."""

type Messages = list[dict[str, str]]
"""Messages with their `role` and `content`."""


class ModelRefuses(ExternalAPIError):
    """The server of the model refuses the request."""

    code = "model_refuses"


class AsksModel(Protocol):
    """Something that gets an answer from a model."""

    async def complete(self, messages: Messages) -> str:
        """Return the text of the model's answer. Raises `ExternalAPIError`."""
        ...


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice]


@dataclass(frozen=True, slots=True)
class ModelClient:
    """A server, and the model that it runs."""

    model: ModelAddress
    settings: CriticSettings
    api: ApiClient

    async def complete(self, messages: Messages) -> str:
        """Return the text of the model's answer. Raises `ExternalAPIError`."""
        plain = {"model": self.model.name, "messages": messages, "stream": False}
        wanted = {
            "response_format": {"type": "json_object"},
            "max_tokens": MOST_TOKENS,
        }
        answer = await self._post(plain | wanted)
        if answer.status == HTTPStatus.BAD_REQUEST:
            # Some servers name one of these two options differently, or lack it.
            answer = await self._post(plain)
        if not answer.is_success:
            raise ModelRefuses(
                f"{self.api.service} refuses to answer ({answer.status}): check MODEL_URL,"
                " MODEL_NAME and MODEL_API_KEY."
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
            # Do not chain the error: its text contains the answer.
            raise UnexpectedAnswer(
                f"{answer.service} did not answer with a chat completion."
            ) from None


class ModelConnections:
    """The connections of one process to the model's server."""

    def __init__(self) -> None:
        self._http = open_http_client()

    def server(self, model: ModelAddress, settings: CriticSettings) -> ModelClient:
        """A client of the server of a model."""
        return client_of(model, settings, self._http)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @classmethod
    def of(cls, resources: Resources) -> Self:
        """The connections of this process, opened once."""
        return resources.kept(cls, lambda _: cls())


def client_of(
    model: ModelAddress, settings: CriticSettings, http: httpx2.AsyncClient
) -> ModelClient:
    """A client of the server of a model that sends its requests with `http`."""
    api = ApiClient(f"The model's server ({model.host})", http)
    return ModelClient(model, settings, api)
