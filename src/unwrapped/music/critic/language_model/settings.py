"""Settings of the critic: who writes verdicts, and the address of the model."""

import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
)

from unwrapped.auth.oauth.settings import is_loopback
from unwrapped.core.config import Configuration
from unwrapped.core.settings_sources import EnvironmentSettings, InvalidSettings

COMPLETIONS = "/chat/completions"
LONGEST_TIMEOUT_SECONDS = 600.0


class CriticName(StrEnum):
    """Who writes a verdict."""

    HOUSE = "house"
    MODEL = "model"


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_plain = (
            parts.scheme in {"http", "https"}
            and parts.hostname
            and not (parts.query or parts.fragment or parts.username or parts.password)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        is_plain = False
    if not is_plain:
        raise ValueError("write https://, a name and a path, and nothing else")
    return value.rstrip("/")


class CriticSettings(EnvironmentSettings):
    """Settings: whether a model may write verdicts for listeners who agree, and which
    one."""

    critic: CriticName = Field(
        default=CriticName.HOUSE,
        description=(
            "Who writes verdicts. house: rules, within the service. model: a model"
            " at MODEL_URL, for listeners who agree (docs/model-critic.md)."
        ),
    )
    model_url: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None,
        description=(
            "The server of the model, which has the chat-completions endpoint of"
            " the OpenAI API. Write the address up to the version:"
            " https://api.example.org/v1, http://127.0.0.1:8080/v1. The service"
            " sends requests for the model to no other address."
        ),
    )
    model_name: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
        ]
        | None
    ) = Field(default=None, description="The name of the model on that server.")
    model_api_key: SecretStr | None = Field(
        default=None, description="The key for that server; unset if it needs none."
    )
    model_allow_http: bool = Field(
        default=False,
        description=(
            "Whether MODEL_URL may be http:// on another machine, for a network"
            " that nobody can eavesdrop on."
        ),
    )
    model_timeout_seconds: float = Field(
        default=60.0,
        ge=1.0,
        le=LONGEST_TIMEOUT_SECONDS,
        description=(
            "Seconds that the model may take for one answer; a verdict needs one or"
            " two answers."
        ),
    )
    model_verdicts_per_user: int = Field(
        default=20,
        ge=1,
        description="Verdicts that one listener may request from the model per day.",
    )

    @field_validator("model_api_key")
    @classmethod
    def _sendable(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not re.fullmatch(
            r"[\x21-\x7e]+", key.get_secret_value()
        ):
            raise ValueError("it must be printable ASCII, without spaces")
        return key

    @property
    def model(self) -> "ModelAddress | None":
        """The model of the settings; None unless both its address and its name are
        set."""
        if self.model_url is None or self.model_name is None:
            return None
        return ModelAddress(self.model_url, self.model_name)


class ModelAddress:
    """A model and its address: what a listener agrees to."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name

    @property
    def host(self) -> str:
        """The host name of the server, and its port if the address has one."""
        return urlsplit(self.url).netloc

    @property
    def completions(self) -> str:
        """The address of the endpoint for chat completions, the only one that is
        used."""
        return self.url.removesuffix(COMPLETIONS) + COMPLETIONS

    @property
    def is_here(self) -> bool:
        """Whether the server runs on this machine."""
        return is_loopback(urlsplit(self.url).hostname)

    @property
    def is_clear(self) -> bool:
        """Whether the connection is unencrypted and leaves this machine."""
        return urlsplit(self.url).scheme == "http" and not self.is_here


def require_model(settings: CriticSettings) -> ModelAddress:
    """The model of the settings. Raises `InvalidSettings` if it is missing or
    unsafe."""
    model = settings.model
    if model is None:
        raise InvalidSettings(
            "A model can write verdicts only if MODEL_URL and MODEL_NAME are set."
        )
    if model.is_clear and not settings.model_allow_http:
        raise InvalidSettings(
            "MODEL_URL: what is sent to another machine over http:// can be read on the"
            " way. Use https://, or set MODEL_ALLOW_HTTP=true in a private network."
        )
    return model


def model_of(settings: CriticSettings) -> ModelAddress | None:
    """The model that listeners may agree to; None if the house writes all verdicts.

    Raises `InvalidSettings` like `require_model`.
    """
    return require_model(settings) if settings.critic is CriticName.MODEL else None


def check_critic(configuration: Configuration) -> None:
    """Raise `InvalidSettings` if a model should write verdicts, but its settings do not
    allow it."""
    model_of(configuration.of(CriticSettings))
