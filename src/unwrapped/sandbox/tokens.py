"""The token endpoint: exchanges codes and refresh tokens for access tokens."""

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from unwrapped.sandbox.clients import CLIENTS, Client, Place
from unwrapped.sandbox.config import CLIENT_SECRET
from unwrapped.sandbox.grants import Code, Grant, Refused, Tokens, challenge_of
from unwrapped.sandbox.parameters import BadParameters, Parameters, form_of
from unwrapped.sandbox.state import provoked, sandbox_of


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that asks for tokens."""

    client: Client
    is_public: bool
    """Whether it sent no secret."""


async def token(request: Request) -> Response:
    """POST /api/token. Raises `Refused`."""
    try:
        form = await form_of(request)
    except BadParameters as error:
        raise Refused("invalid_request", str(error)) from error
    grant_type = form.get("grant_type")
    if not grant_type:
        raise Refused("unsupported_grant_type", "grant_type parameter is missing")
    if grant_type == "authorization_code":
        return await _exchange(request, form)
    if grant_type == "refresh_token":
        return await _refresh(request, form)
    description = f"grant_type {grant_type} is not supported"
    raise Refused("unsupported_grant_type", description)


async def _exchange(request: Request, form: Parameters) -> Response:
    caller = _caller(request, form)
    grants = sandbox_of(request).grants
    code = _required(form, "code")
    grant = grants.of_code(caller.client, code).grant
    answer = await provoked(request, grant, Place.CODE)
    if answer is not None:
        return answer
    # Look the code up again: it may have been used during a slow fault.
    found = grants.of_code(caller.client, code)
    if _required(form, "redirect_uri") != found.redirect_uri:
        raise Refused("invalid_grant", "Invalid redirect URI")
    _check_verifier(found, caller, form.get("code_verifier"))
    tokens = grants.exchange(grant, is_public=caller.is_public)
    return _granted(request, grant, tokens)


async def _refresh(request: Request, form: Parameters) -> Response:
    caller = _caller(request, form)
    grants = sandbox_of(request).grants
    old = _required(form, "refresh_token")
    grant = grants.of_refresh_token(caller.client, old)
    if caller.is_public and not grant.is_public:
        raise Refused("invalid_client", "Invalid client secret")
    answer = await provoked(request, grant, Place.REFRESH)
    if answer is not None:
        return answer
    grant = grants.of_refresh_token(caller.client, old)  # again, as above
    return _granted(request, grant, grants.refresh(grant))


def _caller(request: Request, form: Parameters) -> Caller:
    """The client, by a header or by the form. Raises `Refused`."""
    header = request.headers.get("Authorization")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if header is not None:
        named, given = _basic(header)
        if secret is not None or client_id not in (None, named):
            raise Refused("invalid_request", "Credentials are given in two ways")
        client_id, secret = named, given
    client = CLIENTS.get(client_id or "")
    if client is None:
        raise Refused("invalid_client", "Invalid client")
    if secret is not None and secret != CLIENT_SECRET:
        raise Refused("invalid_client", "Invalid client secret")
    return Caller(client, is_public=secret is None)


def _basic(header: str) -> tuple[str, str]:
    """Name and password of a header for Basic authentication. Raises `Refused`."""
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    name, colon, password = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise Refused("invalid_client", "Invalid client")
    return name, password


def _required(form: Parameters, name: str) -> str:
    value = form.get(name)
    if not value:
        raise Refused("invalid_request", f"{name} must be supplied")
    return value


def _check_verifier(code: Code, caller: Caller, verifier: str | None) -> None:
    """Raise `Refused` unless the client began the sign-in itself (RFC 7636, 4.6)."""
    if code.challenge is None:
        if caller.is_public:
            raise Refused("invalid_client", "Invalid client secret")
        if verifier is not None:
            raise Refused("invalid_grant", "code_verifier was incorrect")
        return
    if not verifier:
        raise Refused("invalid_request", "code_verifier required")
    if challenge_of(verifier) != code.challenge:
        raise Refused("invalid_grant", "code_verifier was incorrect")


def _granted(request: Request, grant: Grant, tokens: Tokens) -> Response:
    answer: dict[str, object] = {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": sandbox_of(request).config.access_seconds,
        "scope": " ".join(grant.scopes),
    }
    if tokens.refresh_token is not None:
        answer["refresh_token"] = tokens.refresh_token
    return JSONResponse(answer)
