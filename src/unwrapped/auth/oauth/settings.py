"""Settings of providers that people may sign in with."""

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
)
from pydantic_settings import SettingsConfigDict

from unwrapped.auth.settings import Registration
from unwrapped.core.config import Configuration
from unwrapped.core.http.api_prefix import API
from unwrapped.core.setting_types import Origin
from unwrapped.core.settings_sources import EnvironmentSettings, InvalidSettings

SPOTIFY = "spotify"
_AUTH = f"{API}/auth"
CALLBACK = f"{_AUTH}/callback"
"""The redirect path without a provider's name: only one provider can use it."""

_NAME = re.compile("[a-z][a-z0-9]{0,31}")
_OWN_CALLBACK = re.compile(f"{_AUTH}/{_NAME.pattern}/callback")


def callback_of(provider: str) -> str:
    """The redirect path with the name of a provider, for it alone."""
    return f"{_AUTH}/{provider}/callback"


def login_of(provider: str) -> str:
    """The path where a browser begins to sign in with a provider."""
    return f"{_AUTH}/{provider}/login"


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def is_numeric(host: str | None) -> bool:
    """Whether a host is an IP address, or is this machine."""
    try:
        ip_address(host or "")
    except ValueError:
        # Some resolvers read 127.1 and 0x7f000001 as addresses, too.
        last = (host or "").rpartition(".")[2]
        return host == "localhost" or last[:1].isdigit()
    return True


def is_safe_address(value: str) -> bool:
    """Whether nobody on the network can read what is sent to an address."""
    parts = urlsplit(value)
    is_ours = parts.scheme == "http" and is_loopback(parts.hostname)
    return bool(parts.hostname) and (parts.scheme == "https" or is_ours)


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_safe = is_safe_address(value) and not (
            parts.query or parts.fragment or parts.username
        )
    except ValueError:
        is_safe = False
    if not is_safe:
        raise ValueError(
            "write https://, a name and a path, and nothing else; on this machine"
            " http://127.0.0.1:8000/… is allowed, too"
        )
    # It is not normalized: an issuer with a slash at the end is another issuer.
    return value


Address = Annotated[str, AfterValidator(_address)]
"""An address that is https, or http on this machine."""


def _redirect_uri(value: str) -> str:
    path = urlsplit(value).path
    if path != CALLBACK and not _OWN_CALLBACK.fullmatch(path):
        raise ValueError(f"its path must be {CALLBACK} or {callback_of('<name>')}")
    return value


RedirectUri = Annotated[Address, AfterValidator(_redirect_uri)]
"""An address whose path is one of our callbacks."""


def _spotifys(value: str) -> str:
    parts = urlsplit(value)
    if parts.hostname == "localhost":
        port = "" if parts.port is None else f":{parts.port}"
        raise ValueError(
            f"Spotify refuses localhost: write http://127.0.0.1{port}{parts.path}, here and"
            " in Spotify's dashboard"
        )
    return value


SpotifyRedirectUri = Annotated[RedirectUri, AfterValidator(_spotifys)]
"""A redirect URI that Spotify accepts."""


class OpenIDSettings(BaseModel):
    """A provider that speaks OpenID Connect."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Address
    client_id: str
    client_secret: SecretStr | None = None
    """None for a public client."""

    redirect_uri: RedirectUri | None = None
    title: str | None = None
    registration: Registration | None = None


class OAuthSettings(EnvironmentSettings):
    """The providers that people may sign in with, and our registration there."""

    model_config = SettingsConfigDict(
        env_nested_delimiter="_", env_nested_max_split=2, hide_input_in_errors=True
    )

    oauth_client_id: str | None = Field(
        default=None,
        description="The client id of this service's app at Spotify. Unset: nobody can sign in with Spotify.",
    )
    oauth_client_secret: SecretStr | None = Field(
        default=None,
        description="The secret of the same app; unset for an app without a secret.",
    )
    oauth_redirect_uri: SpotifyRedirectUri | None = Field(
        default=None,
        description=f"The address that Spotify sends people back to, as registered there. Unset: BACKEND_URL followed by {callback_of(SPOTIFY)}.",
    )
    oauth_base_url: Origin | None = Field(
        default=None,
        description=(
            "The address of a server that takes the place of Spotify, such as"
            " `unwrapped sandbox`."
        ),
    )
    oidc: dict[str, OpenIDSettings] = Field(
        default_factory=dict,
        description=f"Providers of OpenID Connect, under names that you choose: OIDC_<NAME>_ISSUER, OIDC_<NAME>_CLIENT_ID, and if needed _CLIENT_SECRET, _REDIRECT_URI (unset: BACKEND_URL followed by {callback_of('<name>')}), _TITLE (its name for people), _REGISTRATION (open: everybody who signs in with it may have an account).",
    )

    @field_validator("oidc", mode="before")
    @classmethod
    def _drop_blank_members(cls, given: object) -> object:
        """Let `OIDC_NAME_ISSUER=` in the environment unset the value in a file."""
        if not isinstance(given, dict):
            return given
        said = {
            name: {key: value for key, value in members.items() if str(value).strip()}
            if isinstance(members, dict)
            else members
            for name, members in given.items()
        }
        return {name: members for name, members in said.items() if members}

    @field_validator("oidc")
    @classmethod
    def _named(cls, given: dict[str, OpenIDSettings]) -> dict[str, OpenIDSettings]:
        for name in given:
            if name == SPOTIFY or not _NAME.fullmatch(name):
                raise ValueError(
                    f"a provider's name must be letters and digits, and not {SPOTIFY}"
                )
        return given

    def redirect_uris(self, backend_url: str | None) -> dict[str, str]:
        """Return the redirect URI of each provider, by its name."""
        said = {name: provider.redirect_uri for name, provider in self.oidc.items()}
        if self.oauth_client_id is not None:
            said[SPOTIFY] = self.oauth_redirect_uri
        return {
            name: uri or f"{backend_url or ''}{callback_of(name)}"
            for name, uri in said.items()
        }


def require_callbacks(configuration: Configuration) -> None:
    """Raise `InvalidSettings` if a provider could not send people back here."""
    said = configuration.of(OAuthSettings)
    addresses = said.redirect_uris(configuration.core.backend_url)
    for provider, address in addresses.items():
        if not is_safe_address(address):
            raise InvalidSettings(
                f"{provider} could not send people back here: set BACKEND_URL, or the"
                " provider's redirect URI, to https:// or an address of this machine."
            )
    if SPOTIFY in addresses:
        _require_spotifys(addresses[SPOTIFY])
    if len(set(addresses.values())) < len(addresses):
        raise InvalidSettings("Two providers have the same redirect URI.")


def _require_spotifys(address: str) -> None:
    try:
        _spotifys(address)
    except ValueError as error:
        raise InvalidSettings(f"OAUTH_REDIRECT_URI: {error}.") from None
