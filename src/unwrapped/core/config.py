"""Settings: flat, from the environment and `.env`, documented in `.env.example`.

They are built once, when a process starts, and passed on as a value; nothing reads the
environment at import. A domain's own settings are a subclass of `EnvironmentSettings`
in its folder.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError

from unwrapped.core.http.guards.host_names import host_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.setting_types import HostPatterns, Networks, Origin
from unwrapped.core.settings_sources import (
    ENV_FILE,
    EnvironmentSettings,
    InvalidSettings,
    faults_of,
    read_settings,
)


class Algorithm(StrEnum):
    """How access tokens are signed: HMAC with a key of the service's ring."""

    HS256 = "HS256"
    HS384 = "HS384"
    HS512 = "HS512"


class LogFormat(StrEnum):
    """How log lines are written."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


def default_home() -> Path:
    """`/var/lib/unwrapped` for root, else the platform's folder for a user's data."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/unwrapped")
    return platformdirs.user_data_path("unwrapped", appauthor=False)


class Settings(EnvironmentSettings):
    """The settings that every process needs, whatever its domains."""

    database_url: SecretStr | None = Field(
        default=None,
        description=(
            "The database: postgresql://user:password@host:5432/name, PostgreSQL 15"
            " or newer; host1:5432,host2:5432 also names its standby. Unset: the"
            " embedded server, in UNWRAPPED_HOME."
        ),
    )
    test_database_url: SecretStr | None = Field(
        default=None,
        description="A server where the tests may create databases. Unset: an embedded one.",
    )
    unwrapped_home: Path | None = Field(
        default=None,
        description=(
            "Folder of the embedded database, uploads, certificates and the"
            " generated secret. Unset: the platform's folder for the data of a user;"
            " /var/lib/unwrapped for root."
        ),
    )
    backup_before_migrating: bool = Field(
        default=True,
        description="Whether the embedded database is backed up into UNWRAPPED_HOME/backups before it is migrated; the last two are kept.",
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
        description="Whether OBJECT_STORE_ENDPOINT may be http:// on another machine, for a network that nobody can eavesdrop on.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description=(
            "The key that signs access tokens and encrypts the tokens of providers:"
            " one value of at least 32 bytes, or a ring k2:value,k1:value (the first"
            " key signs, all verify). Unset: it is generated with the embedded"
            " database, and required with DATABASE_URL."
        ),
    )
    algorithm: Algorithm = Field(
        default=Algorithm.HS256,
        description="The algorithm that signs access tokens: HS256, HS384 or HS512.",
    )
    access_token_expire_minutes: int = Field(
        default=15,
        ge=1,
        le=24 * 60,
        description="Minutes for which an access token is valid.",
    )
    host: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._:-]+$",
        description=(
            "Address that `serve` listens on; --host replaces it. Unset: 127.0.0.1,"
            " which only this machine reaches. 0.0.0.0 stands for every address of"
            " the machine."
        ),
    )
    port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description=(
            "Port that `serve` listens on; --port replaces it. Unset: 8000, or 8443"
            " with --https."
        ),
    )
    backend_url: Origin | None = Field(
        default=None,
        description=(
            "The address at which people reach the service, for links. Unset: the"
            " address that `serve` listens on."
        ),
    )
    frontend_url: Origin | None = Field(
        default=None,
        description="The origin of a front end of your own, like https://app.example.org: its pages may call the API with access tokens, never with cookies. Unset: no page of another origin may.",
    )
    allowed_hosts: HostPatterns = Field(
        default=(),
        description=(
            "Host names that requests may use, like"
            " music.example.org,*.lan.example.org, besides localhost, IP addresses"
            " and the host of BACKEND_URL."
        ),
    )
    trusted_proxies: Networks = Field(
        default=(),
        description=(
            "IP addresses or networks of proxies whose X-Forwarded-For,"
            " X-Forwarded-Proto and X-Request-ID are trusted: 127.0.0.1,10.0.0.0/8."
            " Unset: no proxy is trusted."
        ),
    )
    api_docs: bool = Field(
        default=True,
        description="Whether /docs and /openapi.json are served.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        le=100,
        description="The most connections of one process to the database.",
    )
    database_statement_seconds: int = Field(
        default=30,
        ge=1,
        le=3600,
        description=(
            "Seconds that one statement of a request may take in the database. A"
            " statement of a task may take as long as the deadline of the task."
        ),
    )
    database_turns_per_user: int = Field(
        default=3,
        ge=1,
        description=(
            "Connections of a web process's pool that the requests of one person"
            " may use at once; further requests of that person wait."
        ),
    )
    max_body_size: int = Field(
        default=64 * 1024,
        ge=1024,
        description=(
            "The most bytes in the body of a request, except uploads, which have"
            " their own limit."
        ),
    )
    max_header_size: int = Field(
        default=64 * 1024,
        ge=4 * 1024,
        description="The most bytes in the first line and the headers of a request.",
    )
    max_headers: int = Field(
        default=100, ge=20, description="The most headers of a request."
    )
    header_timeout_seconds: float = Field(
        default=15.0,
        gt=0,
        description=(
            "Seconds that the headers of a request may take, and for which a new"
            " connection may be silent."
        ),
    )
    reading_timeout_seconds: float = Field(
        default=60.0,
        gt=0,
        description="The connection is closed when a client reads less than 64 KiB of an answer in this time.",
    )
    connections_per_address: int = Field(
        default=100,
        ge=1,
        description="Connections from one address (or an IPv6 network of 64 bits) at once, except those of TRUSTED_PROXIES.",
    )
    max_connections: int = Field(
        default=2_000,
        ge=16,
        description="Connections to one web process at once; fewer where the limit of open files is lower.",
    )
    free_space_min_bytes: int = Field(
        default=1024**3,
        ge=0,
        description=(
            "Bytes that must stay free on the disks of the embedded database and of"
            " uploads in a folder; while fewer are free, uploads are refused."
        ),
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description=(
            "A client that sends this token as a bearer token may read /metrics; it"
            " has 16 characters or more. Unset: only programs on this machine may"
            " read them, and nobody through a proxy."
        ),
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description=(
            "The least severe messages that are logged: DEBUG, INFO, WARNING or ERROR."
        ),
    )
    log_format: LogFormat = Field(
        default=LogFormat.AUTO,
        description=(
            "The form of the log: json, console, or auto, which is console in a"
            " terminal and else json."
        ),
    )

    @property
    def home(self) -> Path:
        """`UNWRAPPED_HOME`, absolute; `default_home()` where it is not set."""
        return (self.unwrapped_home or default_home()).expanduser().absolute()

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The host names of the service: `ALLOWED_HOSTS`, and `BACKEND_URL`'s."""
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


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of core and of every domain."""

    parts: tuple[EnvironmentSettings, ...]
    """One instance of each class."""

    @classmethod
    def load(
        cls, kinds: Iterable[type[EnvironmentSettings]] = (), file: Path | None = None
    ) -> Self:
        """Core's settings and those of `kinds`, from the environment and `file`.

        Raises `InvalidSettings`, which names every value that cannot be used.
        """
        return cls(read_settings((Settings, *kinds), file))

    @property
    def core(self) -> Settings:
        """The settings that every process needs."""
        return self.of(Settings)

    def of[S: EnvironmentSettings](self, kind: type[S]) -> S:
        """The settings of one class. Raises `LookupError` when no domain lists it."""
        for part in self.parts:
            if isinstance(part, kind):
                return part
        raise LookupError(f"No domain has {kind.__name__} among its settings.")

    def replace(self, kind: type[EnvironmentSettings], **values: object) -> Self:
        """A copy with these values of one class replaced.

        Raises `InvalidSettings` for a value that cannot be used.
        """
        kept = self.of(kind)
        try:
            changed = kind(**kept.given | values)
        except ValidationError as error:
            faults = "; ".join(faults_of(kind, error))
            raise InvalidSettings(f"A setting cannot be used. {faults}.") from None
        return type(self)(
            tuple(changed if part is kept else part for part in self.parts)
        )

    def as_environment(self, outer: Mapping[str, str]) -> dict[str, str]:
        """The environment of a child process that loads exactly this configuration.

        `outer` is the environment to start from: variables of these settings are left
        out, and so is its file.
        """
        around = {
            name: value
            for name, value in outer.items()
            if not any(part.has_variable(name) for part in self.parts)
        }
        own = {name: v for part in self.parts for name, v in part.variables.items()}
        return around | own | {ENV_FILE: os.devnull}


def load_settings(file: Path | None = None) -> Settings:
    """Core's settings alone, for code that knows no domain."""
    return Configuration.load((), file).core
