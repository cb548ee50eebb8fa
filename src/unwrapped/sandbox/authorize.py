"""The page on which a listener grants access to a client, or declines."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from unwrapped.sandbox.clients import CLIENTS, Client, Issuer
from unwrapped.sandbox.library import LISTENERS
from unwrapped.sandbox.parameters import Parameters, form_of, query_of
from unwrapped.sandbox.redirects import form_target, is_registered, with_parameters
from unwrapped.sandbox.render import page
from unwrapped.sandbox.state import sandbox_of

SCOPES = {
    "playlist-read-collaborative": "see playlists made with others",
    "playlist-read-private": "see private playlists",
    "user-follow-read": "see whom you follow",
    "user-library-read": "see what you saved",
    "user-read-currently-playing": "see what is playing now",
    "user-read-email": "see your e-mail address",
    "user-read-playback-state": "see which device you use",
    "user-read-private": "see your subscription",
    "user-read-recently-played": "see what you played last",
    "user-top-read": "see your favourite artists and tracks",
}
"""The scopes, and what they allow, for the page."""

_CHALLENGE = re.compile("[A-Za-z0-9_-]{43}")


class CannotBegin(Exception):
    """The request cannot be answered by a redirect: a page shows why."""


class SentBack(Exception):
    """The request is wrong; the error is sent to the client (RFC 6749, 4.1.2.1)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for authorization from a client that may make it."""

    client: Client
    redirect_uri: str
    parameters: Parameters

    @property
    def scopes(self) -> tuple[str, ...]:
        """The requested scopes."""
        return tuple(dict.fromkeys(self.parameters.get("scope", "").split()))

    def check(self) -> None:
        """Raise `SentBack` for errors in the request."""
        asked = self.parameters
        if asked.get("response_type") != "code":
            raise SentBack("unsupported_response_type")
        if not SCOPES.keys() >= set(self.scopes):
            raise SentBack("invalid_scope")
        challenge = asked.get("code_challenge")
        method = asked.get("code_challenge_method")
        if challenge is None and method is None:
            return
        if method != "S256" or not _CHALLENGE.fullmatch(challenge or ""):
            raise SentBack("invalid_request")

    def answered(self, request: Request, **outcome: str) -> Response:
        """Redirect to the client: 302 with the outcome and its state."""
        if "state" in self.parameters:
            outcome["state"] = self.parameters["state"]
        if self.client.issuer is Issuer.OWN:
            outcome["iss"] = str(request.base_url).rstrip("/")
        elif self.client.issuer is Issuer.ANOTHER:
            outcome["iss"] = "https://accounts.example.org"
        location = with_parameters(self.redirect_uri, outcome)
        # Not a `RedirectResponse`, which would rewrite the address.
        return Response(status_code=302, headers={"Location": location})


async def authorize(request: Request) -> Response:
    """GET /authorize shows the page; POST, with the same query, sends the decision.

    Raises `BadParameters` and `CannotBegin`.
    """
    asked = _asked(request)
    try:
        asked.check()
    except SentBack as error:
        return asked.answered(request, error=str(error))
    if request.method == "POST":
        return _decided(request, asked, await form_of(request))
    return page(
        "consent.html",
        form=form_target(asked.redirect_uri),
        asked=asked,
        query=urlencode(asked.parameters),
        scopes=[SCOPES[scope] for scope in asked.scopes],
        listeners=LISTENERS.values(),
    )


def _asked(request: Request) -> Asked:
    """The parsed request. Raises `BadParameters` and `CannotBegin`."""
    parameters = query_of(request)
    client = CLIENTS.get(parameters.get("client_id", ""))
    if client is None:
        raise CannotBegin("INVALID_CLIENT: Invalid client")
    redirect_uri = parameters.get("redirect_uri", "")
    if not is_registered(redirect_uri, sandbox_of(request).config.redirect_uris):
        raise CannotBegin("INVALID_CLIENT: Invalid redirect URI")
    return Asked(client, redirect_uri, parameters)


def _decided(request: Request, asked: Asked, form: Parameters) -> Response:
    if form.get("decision") != "agree":
        return asked.answered(request, error="access_denied")
    listener = LISTENERS.get(form.get("listener", ""))
    if listener is None:
        raise CannotBegin("Nobody of that name may sign in")
    scopes = asked.scopes
    if asked.client.narrows_scopes:
        scopes = scopes[: (len(scopes) + 1) // 2]
    code = sandbox_of(request).grants.allow(
        asked.client,
        listener,
        scopes,
        asked.redirect_uri,
        asked.parameters.get("code_challenge"),
    )
    return asked.answered(request, code=code)
