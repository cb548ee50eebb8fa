"""The sandbox as an application: in memory, for one process, without a database."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unwrapped.core.http.guards.host_check import HostCheck
from unwrapped.core.http.security_headers import SecurityHeaders
from unwrapped.sandbox.authorize import CannotBegin, authorize
from unwrapped.sandbox.config import SandboxConfig
from unwrapped.sandbox.faults import api_error, oauth_error
from unwrapped.sandbox.front_page import front, remove
from unwrapped.sandbox.grants import Grants, Refused
from unwrapped.sandbox.parameters import BadParameters
from unwrapped.sandbox.render import page, style
from unwrapped.sandbox.state import Sandbox
from unwrapped.sandbox.tokens import token
from unwrapped.sandbox.web_api import (
    ApiRefused,
    endpoint,
    favourite_artists,
    favourite_tracks,
    profile,
    recently_played,
)


def create_sandbox(config: SandboxConfig) -> Starlette:
    """Build the stand-in for accounts.spotify.com and api.spotify.com at one address."""
    top, recent = "user-top-read", "user-read-recently-played"
    app = Starlette(
        routes=[
            Route("/", front),
            Route("/remove", remove, methods=["POST"]),
            Route("/style.css", style),
            Route("/authorize", authorize, methods=["GET", "POST"]),
            Route("/api/token", token, methods=["POST"]),
            Route("/v1/me", endpoint(profile)),
            Route("/v1/me/", endpoint(profile)),  # spotipy requests it like this
            Route("/v1/me/top/artists", endpoint(favourite_artists, top)),
            Route("/v1/me/top/tracks", endpoint(favourite_tracks, top)),
            Route("/v1/me/player/recently-played", endpoint(recently_played, recent)),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(HostCheck, allowed=())],
        exception_handlers=dict.fromkeys(
            (ApiRefused, BadParameters, CannotBegin, HTTPException, Refused), _answer_of
        ),
    )
    app.router.redirect_slashes = False
    app.state.sandbox = Sandbox(config, Grants(config))
    return app


def _answer_of(_: Request, error: Exception) -> Response:
    """The answer to an error that an endpoint raised."""
    match error:
        case Refused():
            return oauth_error(400, error.error, error.description)
        case ApiRefused(status=401):
            response = api_error(401, error.message)
            response.headers["WWW-Authenticate"] = (
                'Bearer realm="spotify", error="invalid_token",'
                f' error_description="{error.message}"'
            )
            return response
        case ApiRefused():
            return api_error(error.status, error.message)
        case HTTPException(status_code=404):
            return api_error(404, "Service not found")
        case HTTPException():
            response = api_error(error.status_code, error.detail)
            response.headers.update(error.headers or {})
            return response
        case _:
            return page("problem.html", 400, message=str(error))
