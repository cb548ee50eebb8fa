"""The settings of providers in the environment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from unwrapped.auth.oauth.clients.openid import OpenIDClient
from unwrapped.auth.oauth.providers import Providers
from unwrapped.auth.oauth.settings import OAuthSettings, require_callbacks
from unwrapped.core.config import Configuration, Settings
from unwrapped.core.settings_sources import InvalidSettings

HOME = {"OIDC_HOME_ISSUER": "https://auth.example.org", "OIDC_HOME_CLIENT_ID": "us"}
SPOTIFY = {"OAUTH_CLIENT_ID": "app"}
BACKEND = "https://music.example.org"


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


def loaded(backend_url: str | None = None) -> Configuration:
    """The settings of the environment, on a server of this address."""
    return Configuration.load([OAuthSettings]).replace(
        Settings, backend_url=backend_url
    )


async def test_each_provider_has_a_name_a_title_and_a_callback() -> None:
    other = {
        "OIDC_KEYCLOAK_ISSUER": "https://sso.example.org/realms/home",
        "OIDC_KEYCLOAK_CLIENT_ID": "12345",
        "OIDC_KEYCLOAK_CLIENT_SECRET": "hunter2-of-ada",
        "OIDC_KEYCLOAK_TITLE": "the family's Keycloak",
        "OIDC_KEYCLOAK_REDIRECT_URI": f"{BACKEND}/api/v1/auth/callback",
        "OIDC_KEYCLOAK_REGISTRATION": "open",
    }
    with environment(SPOTIFY | HOME | other):
        configuration = loaded(BACKEND)
    require_callbacks(configuration)
    settings = configuration.of(OAuthSettings)
    assert "hunter2" not in repr(settings)
    providers = Providers(settings, BACKEND)
    answer = {
        client.registration.provider: (
            client.registration.title,
            client.registration.redirect_uri,
            client.registration.is_open,
        )
        for client in providers
    }
    await providers.aclose()
    assert answer == {
        "spotify": ("Spotify", f"{BACKEND}/api/v1/auth/spotify/callback", False),
        "home": ("Home", f"{BACKEND}/api/v1/auth/home/callback", False),
        "keycloak": ("the family's Keycloak", f"{BACKEND}/api/v1/auth/callback", True),
    }
    keycloak = providers.get("keycloak")
    assert isinstance(keycloak, OpenIDClient)
    assert (keycloak.issuer, keycloak.registration.client_id) == (
        "https://sso.example.org/realms/home",
        "12345",
    )


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_means_not_set(blank: str) -> None:
    blanks = {
        f"OIDC_HOME_{name}": blank for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    }
    with environment(blanks):
        assert loaded().of(OAuthSettings).oidc == {}
    with environment(HOME | {"OIDC_HOME_CLIENT_SECRET": blank}):
        assert loaded().of(OAuthSettings).oidc["home"].client_secret is None


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OIDC_HOME_ISSUER": "https://auth.example.org"}, "OIDC_HOME_CLIENT_ID"),
        (HOME | {"OIDC_HOME_ISSUER": "http://auth.example.org"}, "OIDC_HOME_ISSUER"),
        (HOME | {"OIDC_HOME_ISSUER": "auth.example.org"}, "OIDC_HOME_ISSUER"),
        (HOME | {"OIDC_HOME_ISSUER": "https://a.org?x=1"}, "OIDC_HOME_ISSUER"),
        (HOME | {"OIDC_HOME_ISSUER": "https://u:p@a.org"}, "OIDC_HOME_ISSUER"),
        (HOME | {"OIDC_HOME_SECRET": "hunter2-of-ada"}, "OIDC_HOME_SECRET"),
        (HOME | {"OIDC_HOME_REGISTRATION": "yes"}, "OIDC_HOME_REGISTRATION"),
        (
            HOME | {"OIDC_HOME_REDIRECT_URI": "https://a.org/back"},
            "OIDC_HOME_REDIRECT_URI",
        ),
        ({"OIDC_HOME": "hunter2-of-ada"}, "OIDC_HOME"),
        (
            {
                "OIDC_SPOTIFY_ISSUER": "https://a.org",
                "OIDC_SPOTIFY_CLIENT_ID": "us",
            },
            "OIDC",
        ),
        ({"OIDC": "hunter2-of-ada"}, "oidc"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_invalid_settings_are_named(variables: dict[str, str], named: str) -> None:
    with environment(variables), pytest.raises(InvalidSettings) as refused:
        loaded()
    assert named in refused.value.message
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    ("variables", "backend_url", "answer"),
    [
        (SPOTIFY, None, "spotify"),
        (HOME, None, "home"),
        (HOME, "http://nas:8000", "home"),
        (SPOTIFY, "http://localhost:8401", "write http://127.0.0.1:8401/api/v1/auth/"),
        (
            SPOTIFY
            | HOME
            | {
                "OAUTH_REDIRECT_URI": f"{BACKEND}/api/v1/auth/callback",
                "OIDC_HOME_REDIRECT_URI": f"{BACKEND}/api/v1/auth/callback",
            },
            BACKEND,
            "same redirect URI",
        ),
    ],
    ids=["no address", "no address of openid", "in the clear", "localhost", "shared"],
)
def test_a_server_that_nobody_could_come_back_to_does_not_start(
    variables: dict[str, str], backend_url: str | None, answer: str
) -> None:
    with environment(variables), pytest.raises(InvalidSettings, match=answer):
        require_callbacks(loaded(backend_url))


def test_without_providers_no_address_is_needed() -> None:
    require_callbacks(loaded())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "http://localhost:8401/api/v1/auth/spotify/callback",
            "Spotify refuses localhost: write"
            " http://127.0.0.1:8401/api/v1/auth/spotify/callback",
        ),
        ("https://LOCALHOST/api/v1/auth/callback", "write http://127.0.0.1/api/v1/"),
        (
            "http://192.168.1.103:8401/api/v1/auth/spotify/callback",
            "on this machine http://127.0.0.1:8000/… is allowed",
        ),
    ],
)
def test_an_address_that_spotify_refuses_is_refused_with_the_reason(
    address: str, said: str
) -> None:
    variables = SPOTIFY | {"OAUTH_REDIRECT_URI": address}
    with environment(variables), pytest.raises(InvalidSettings) as refused:
        loaded()
    assert "OAUTH_REDIRECT_URI" in refused.value.message
    assert said in refused.value.message


def test_other_providers_may_take_localhost() -> None:
    uri = {"OIDC_HOME_REDIRECT_URI": "http://localhost:8000/api/v1/auth/home/callback"}
    with environment(HOME | uri):
        require_callbacks(loaded())
