"""Settings: flat, from the environment and `.env`, documented in `.env.example`.

Built once by whoever starts a process and handed on; nothing reads the environment at
import. A domain's own settings are a subclass of `Environment` in its folder.
"""

import os
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self

import platformdirs
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from unwrapped.core.env_file import env_file
from unwrapped.core.exceptions import Invalid
from unwrapped.core.http.host_names import host_of, host_pattern, is_host
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.text import printable


class InvalidSettings(Invalid):
    """A setting in the environment or in `.env` cannot be used."""

    code = "invalid_settings"


class Algorithm(StrEnum):
    """How access tokens are signed: HMAC with a key of our ring."""

    HS256 = "HS256"
    HS384 = "HS384"
    HS512 = "HS512"


class LogFormat(StrEnum):
    """How log lines are written."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


def _origin(value: str) -> str:
    origin = value.lower().removesuffix("/")
    scheme, _, host = origin.partition("://")
    if scheme not in {"http", "https"} or not is_host(host):
        raise ValueError("write it as https://music.example.org, without a path")
    return origin


Origin = Annotated[str, AfterValidator(_origin)]
"""Scheme, host and port of an address, without a slash at the end."""


def parts_of(value: object) -> object:
    """The parts of a variable that holds several, between commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _host_patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(host_pattern(value) for value in values)


def _network(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError(
            "write IP addresses or networks, between commas, like 127.0.0.1 or"
            f" 10.0.0.0/8; {printable(text)!r} is neither"
        ) from error
    if not network.prefixlen:
        raise ValueError(
            f"{network} is everybody, and anybody could then pretend to be another:"
            " name the addresses of your proxies"
        )
    return str(network)


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_network(value) for value in values)


# pydantic-settings would have a list written as JSON.
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(parts_of)]


class Environment(BaseSettings):
    """Settings read from the environment, then from `.env` (`core/env_file.py`)."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then the file of this moment."""
        file = DotEnvSettingsSource(settings_cls, env_file=env_file())
        return init_settings, env_settings, file

    @model_validator(mode="before")
    @classmethod
    def _drop_blank(cls, given: dict[str, object]) -> dict[str, object]:
        """`NAME=` in an environment means: not set, whatever a file says."""
        return {
            name: value
            for name, value in given.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @classmethod
    def load(cls) -> Self:
        """The settings of this process. Raises `InvalidSettings`, naming each bad one."""
        file = env_file()
        try:
            return cls()
        except UnicodeDecodeError as error:
            raise InvalidSettings(f"{file} cannot be read: it is not UTF-8.") from error
        except OSError as error:
            raise InvalidSettings(
                f"{file} cannot be read: {error.strerror}."
            ) from error
        except SettingsError as error:
            raise InvalidSettings(f"A setting cannot be used: {error}.") from None
        except ValidationError as error:
            # As variables of a group are named; else a part is a key within one.
            joint = cls.model_config.get("env_nested_delimiter") or "."
            told = "; ".join(
                f"{joint.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_url=False)
            )
            raise InvalidSettings(f"A setting cannot be used. {told}.") from None


def default_home() -> Path:
    """`/var/lib/unwrapped` for root, else the platform's folder for a user's data."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/unwrapped")
    return platformdirs.user_data_path("unwrapped", appauthor=False)


class Settings(Environment):
    """What every process needs to know, whatever its domains."""

    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://user:password@host:5432/name of a PostgreSQL 15 or newer. Unset: the embedded server, in UNWRAPPED_HOME.",
    )
    test_database_url: SecretStr | None = Field(
        default=None,
        description="A server where the tests may create databases. Unset: an embedded one.",
    )
    unwrapped_home: Path | None = Field(
        default=None,
        description="Folder of the embedded database, uploads, certificates and the generated secret. Unset: the platform's folder for a user's data, /var/lib/unwrapped for root.",
    )
    object_store_url: str | None = Field(
        default=None,
        description="Where uploads wait for their import: s3://bucket/prefix when several machines share the work. Unset: a folder in UNWRAPPED_HOME.",
    )
    object_store_endpoint: Origin | None = Field(
        default=None,
        description="Address of an S3-compatible store that is not Amazon's: https://minio.example.org:9000.",
    )
    object_store_allow_http: bool = Field(
        default=False,
        description="Whether OBJECT_STORE_ENDPOINT may be http:// on another machine, for a network where nobody listens in.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Signs access tokens: one value of at least 32 bytes, or a ring k2:value,k1:value (the first signs, all verify). Unset with the embedded database: generated.",
    )
    algorithm: Algorithm = Field(
        default=Algorithm.HS256, description="HS256, HS384 or HS512."
    )
    access_token_expire_minutes: int = Field(
        default=15,
        ge=1,
        le=24 * 60,
        description="How long an access token is good for.",
    )
    backend_url: Origin | None = Field(
        default=None,
        description="The address that people reach the service at, for links. Unset: what `serve` bound.",
    )
    allowed_hosts: Annotated[CommaSeparated, AfterValidator(_host_patterns)] = Field(
        default=(),
        description="Names that requests may be for, beside localhost, IP addresses and the host of BACKEND_URL: music.example.org,*.lan.example.org.",
    )
    trusted_proxies: Annotated[CommaSeparated, AfterValidator(_networks)] = Field(
        default=(),
        description="IP addresses or networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-ID are believed: 127.0.0.1,10.0.0.0/8. Unset: nobody's.",
    )
    api_docs: bool = Field(
        default=True,
        description="Whether /docs and /openapi.json are served.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=100, description="Connections of one process."
    )
    database_statement_seconds: int = Field(
        default=30,
        ge=1,
        le=3600,
        description="How long one statement of a request may take in the database. Tasks have as long as their deadline.",
    )
    max_body_size: int = Field(
        default=64 * 1024,
        ge=1024,
        description="Bytes of a request, but for uploads, which have their own limit.",
    )
    max_header_size: int = Field(
        default=64 * 1024,
        ge=4 * 1024,
        description="Bytes of a request's first line and headers.",
    )
    max_headers: int = Field(default=100, ge=20, description="Headers of one request.")
    header_timeout_seconds: float = Field(
        default=15.0,
        gt=0,
        description="How long the headers of a request may take, and a new connection be silent.",
    )
    reading_timeout_seconds: float = Field(
        default=60.0,
        gt=0,
        description="An answer of which a client reads less than 64 KiB in this time is given up.",
    )
    connections_per_address: int = Field(
        default=100,
        ge=1,
        description="Connections from one address (or an IPv6 network of 64 bits) at once, but for those of TRUSTED_PROXIES.",
    )
    max_connections: int = Field(
        default=2_000,
        ge=16,
        description="Connections to one web process at once; fewer where the limit of open files is lower.",
    )
    free_space_min_bytes: int = Field(
        default=1024**3,
        ge=0,
        description="Bytes that must stay free on the disks of the embedded database and of uploads in a folder; no upload is taken below.",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="DEBUG, INFO, WARNING or ERROR.",
    )
    log_format: LogFormat = Field(
        default=LogFormat.AUTO,
        description="json, console, or auto: console in a terminal.",
    )

    @property
    def home(self) -> Path:
        """`UNWRAPPED_HOME`, absolute; `default_home()` where it is not set."""
        return (self.unwrapped_home or default_home()).expanduser().absolute()

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The names that the service goes by: `ALLOWED_HOSTS`, and `BACKEND_URL`'s."""
        _, _, host = (self.backend_url or "").partition("://")
        return (*self.allowed_hosts, host_of(host)) if host else self.allowed_hosts

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the embedded server."""
        return self.database_url is None

    @property
    def external_address(self) -> DatabaseAddress:
        """The address in `DATABASE_URL`. Raises `InvalidAddress`."""
        if self.database_url is None:
            raise InvalidSettings("DATABASE_URL is not set.")
        return DatabaseAddress.parse(self.database_url.get_secret_value())

    def as_environment(self) -> dict[str, str]:
        """The settings that are not defaults, as variables for a child process."""
        variables = {}
        for name in sorted(self.model_fields_set):
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            if isinstance(value, tuple):
                value = ",".join(value)
            variables[name.upper()] = "" if value is None else str(value)
        return variables


def load_settings() -> Settings:
    """The settings of this process."""
    return Settings.load()
