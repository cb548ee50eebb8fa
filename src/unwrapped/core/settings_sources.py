"""Reads settings from the environment and a file, and passes them on to child
processes.

A settings class takes its values from the constructor alone and reads nothing itself.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from unwrapped.core.exceptions import Invalid

DOT_ENV = Path(".env")
ENV_FILE = "UNWRAPPED_ENV_FILE"
"""The variable that names another file, for all processes of a service."""


class InvalidSettings(Invalid):
    """A setting in the environment or in `.env` cannot be used."""

    code = "invalid_settings"


class EnvironmentSettings(BaseSettings):
    """Settings of one part of the service; `read_settings` reads them."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the values passed to the constructor."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _drop_blank(cls, given: dict[str, object]) -> dict[str, object]:
        """Drop blank values: `NAME=` in the environment means the default."""
        return {
            name: value
            for name, value in given.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @property
    def given(self) -> dict[str, object]:
        """The values that were passed to the constructor; the others are defaults."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}

    @property
    def variables(self) -> dict[str, str]:
        """The values of `given`, including secrets, as environment variables."""
        joint = self.model_config.get("env_nested_delimiter")
        pairs = (_variables(name, value, joint) for name, value in self.given.items())
        return {name.upper(): text for found in pairs for name, text in found}

    @classmethod
    def has_variable(cls, name: str) -> bool:
        """Whether a variable of this name is one of these settings, or of their groups."""
        joint = cls.model_config.get("env_nested_delimiter")
        return any(
            name.lower() == field
            or (joint is not None and name.lower().startswith(field + joint))
            for field in cls.model_fields
        )


def _variables(
    name: str, value: object, joint: str | None
) -> Iterator[tuple[str, str]]:
    """A value as the variables that it is read from."""
    members: Mapping[str, object] | None = None
    if isinstance(value, BaseModel):
        members = {part: getattr(value, part) for part in value.model_fields_set}
    elif isinstance(value, Mapping) and joint is not None:
        members = value
    if members is not None:
        for part, member in members.items():
            yield from _variables(f"{name}{joint}{part}", member, joint)
        return
    if isinstance(value, Mapping):
        value = tuple(f"{key}={member}" for key, member in value.items())
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(value)
    yield name, "" if value is None else str(value)


def read_settings(
    kinds: Iterable[type[EnvironmentSettings]], file: Path | None = None
) -> tuple[EnvironmentSettings, ...]:
    """These settings, from the environment and then `file` (default: `env_file()`).

    Raises `InvalidSettings`, which names every value that cannot be used.
    """
    file = file or env_file()
    parts: list[EnvironmentSettings] = []
    faults: list[str] = []
    for kind in kinds:
        try:
            parts.append(kind(**_read(kind, file)))
        except UnicodeDecodeError as error:
            raise InvalidSettings(f"{file} cannot be read: it is not UTF-8.") from error
        except OSError as error:
            raise InvalidSettings(
                f"{file} cannot be read: {error.strerror}."
            ) from error
        except SettingsError as error:
            faults.append(str(error))
        except ValidationError as error:
            faults += faults_of(kind, error)
    if faults:
        raise InvalidSettings(f"A setting cannot be used. {'; '.join(faults)}.")
    return tuple(parts)


def _read(kind: type[EnvironmentSettings], file: Path | None) -> dict[str, object]:
    values = _merged(
        EnvSettingsSource(kind)(), DotEnvSettingsSource(kind, env_file=file)()
    )
    # The file contains the settings of other classes, too.
    return {name: value for name, value in values.items() if name in kind.model_fields}


def _merged(
    first: Mapping[str, object], second: Mapping[str, object]
) -> dict[str, object]:
    """The values of both, member by member; `first` wins where both have one."""
    merged = {**second, **first}
    for name in first.keys() & second.keys():
        one, other = first[name], second[name]
        if isinstance(one, dict) and isinstance(other, dict):
            merged[name] = _merged(one, other)
    return merged


def faults_of(kind: type[EnvironmentSettings], error: ValidationError) -> list[str]:
    """A line for each invalid variable, with what is wrong."""
    # With a delimiter, the parts make up a variable's name; else they are keys in it.
    joint = kind.model_config.get("env_nested_delimiter") or "."
    return [
        f"{joint.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    ]


def env_file() -> Path | None:
    """The file that `UNWRAPPED_ENV_FILE` names, else `.env` of the working folder.

    None, with a warning on stderr, if that `.env` belongs to another user and cannot be
    read: then it is not meant for this service.
    """
    given = os.environ.get(ENV_FILE)
    if given:
        return Path(given)
    if _is_closed_and_of_another(DOT_ENV):
        _warn(DOT_ENV.absolute())
        return None
    return DOT_ENV


def _is_closed_and_of_another(file: Path) -> bool:
    try:
        is_of_another = hasattr(os, "geteuid") and file.stat().st_uid != os.geteuid()
    except OSError:
        return False
    return is_of_another and not os.access(file, os.R_OK)


@cache
def _warn(file: Path) -> None:
    """Warn once per process, although settings are read several times."""
    sys.stderr.write(
        f"unwrapped: {file} belongs to another user and cannot be read. Its settings"
        " are ignored; --env-file names another file.\n"
    )
