"""Client of Spotify, which has no OpenID Connect: its API identifies the person."""

from datetime import timedelta
from http import HTTPStatus

from pydantic import SecretStr

from unwrapped.auth.oauth.clients.client import (
    ClientRegistration,
    Endpoints,
    Identity,
    OAuthClient,
    OAuthToken,
)
from unwrapped.auth.oauth.errors import SignInRefused
from unwrapped.auth.oauth.names import shown_name, subject_of
from unwrapped.shared.api_client import Answer, ApiClient, UnexpectedAnswer

ACCOUNTS = "https://accounts.spotify.com"
API = "https://api.spotify.com"


class NotOnTheList(SignInRefused):
    """The person is not among the five whom an app in development mode may serve."""

    code = "not_on_the_list"

    def __init__(self) -> None:
        super().__init__(
            "Spotify does not let this app serve you: the operator of this server has to add"
            " you to the app's users in Spotify's dashboard."
        )


class SpotifyClient(OAuthClient):
    """Signs in with Spotify, and calls its API."""

    issuer = ACCOUNTS
    access_scopes = ("user-read-recently-played",)
    # Since 2026 a refresh token expires after this time; refreshing does not extend it.
    consent_lasts = timedelta(days=180)

    def __init__(
        self, registration: ClientRegistration, api: ApiClient, base_url: str | None
    ) -> None:
        super().__init__(registration, api)
        accounts = base_url or ACCOUNTS
        if base_url is not None:
            # An identity from a stand-in must not count as one of Spotify's.
            self.issuer = base_url
        self.api_url = f"{base_url or API}/v1"
        self._endpoints = Endpoints(
            authorization=f"{accounts}/authorize", token=f"{accounts}/api/token"
        )

    async def endpoints(self) -> Endpoints:
        """Return Spotify's two endpoints."""
        return self._endpoints

    async def identify(self, token: OAuthToken, nonce: str) -> Identity:
        """Return the owner of a token, by `account_id`, which never changes.

        If there is none, as before 2026, `id` identifies them.
        """
        answer = await self.get("me", token.access_token)
        if answer.status == HTTPStatus.FORBIDDEN:
            raise NotOnTheList
        if not answer.is_success:
            raise SignInRefused("Spotify does not say who signed in.")
        me = answer.json_object()
        subject = subject_of(me.get("account_id") or me.get("id"))
        if subject is None:
            raise UnexpectedAnswer("Spotify does not say who signed in.")
        name = shown_name(me.get("display_name"))
        return Identity(self.issuer, subject, name, name)

    async def get(self, path: str, access_token: SecretStr, **query: str) -> Answer:
        """Send a GET for a path below `/v1`. Raises `ExternalAPIError`."""
        return await self._api.get(
            f"{self.api_url}/{path}",
            params=query,
            headers={"Authorization": f"Bearer {access_token.get_secret_value()}"},
        )
