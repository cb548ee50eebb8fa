"""The providers of this installation, from its settings."""

from collections.abc import Iterator

from unwrapped.auth.oauth.clients.client import ClientRegistration, OAuthClient
from unwrapped.auth.oauth.clients.openid import OpenIDClient
from unwrapped.auth.oauth.clients.spotify import SpotifyClient
from unwrapped.auth.oauth.settings import (
    SPOTIFY,
    OAuthSettings,
    OpenIDSettings,
)
from unwrapped.auth.settings import Registration
from unwrapped.core.exceptions import NotFound
from unwrapped.core.process_resources import Resources
from unwrapped.shared.api_client import ApiClient, open_http_client


class ProviderNotFound(NotFound):
    """There is no provider of this name here."""

    code = "provider_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such provider on this server.")


class Providers:
    """The providers of one process, with their connections."""

    def __init__(self, settings: OAuthSettings, backend_url: str | None) -> None:
        self._http = open_http_client()
        self._redirect_uris = settings.redirect_uris(backend_url)
        self._clients = {
            client.registration.provider: client for client in self._built(settings)
        }

    def get(self, name: str) -> OAuthClient:
        """Return the provider. Raises `ProviderNotFound`."""
        try:
            return self._clients[name]
        except KeyError as error:
            raise ProviderNotFound from error

    def __iter__(self) -> Iterator[OAuthClient]:
        return iter(self._clients.values())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _built(self, settings: OAuthSettings) -> Iterator[OAuthClient]:
        if settings.oauth_client_id is not None:
            yield self._spotify(settings, settings.oauth_client_id)
        for name, said in settings.oidc.items():
            yield self._openid(name, said)

    def _spotify(self, settings: OAuthSettings, client_id: str) -> SpotifyClient:
        base_url = settings.oauth_base_url
        title = "Spotify" if base_url is None else "Spotify (sandbox)"
        registration = ClientRegistration(
            provider=SPOTIFY,
            title=title,
            client_id=client_id,
            client_secret=settings.oauth_client_secret,
            redirect_uri=self._redirect_uris[SPOTIFY],
        )
        return SpotifyClient(registration, ApiClient(title, self._http), base_url)

    def _openid(self, name: str, said: OpenIDSettings) -> OpenIDClient:
        title = said.title or name.capitalize()
        registration = ClientRegistration(
            provider=name,
            title=title,
            client_id=said.client_id,
            client_secret=said.client_secret,
            redirect_uri=self._redirect_uris[name],
            is_open=said.registration is Registration.OPEN,
        )
        return OpenIDClient(registration, ApiClient(title, self._http), said.issuer)


def providers_of(resources: Resources) -> Providers:
    """The providers of this process."""
    return resources.kept(Providers, _make)


def _make(resources: Resources) -> Providers:
    settings = resources.settings_of(OAuthSettings)
    return Providers(settings, resources.settings.backend_url)
