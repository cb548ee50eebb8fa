"""An OpenID Connect provider on a real socket: honest, unless configured to lie."""

import hashlib
import json
import secrets
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.auth.oauth.openid.tokens import Json, encoded, rsa_key, token

CONFIGURATION = ".well-known/openid-configuration"
SAYS = "hunter2-of-the-providers-database"
"""A text of the provider in false answers, which the service must not repeat."""

SUBJECT = "subject-of-wren"

type Answer = Callable[[], Response]


@dataclass(frozen=True)
class Asked:
    """A request for authorization that somebody has agreed to."""

    parameters: dict[str, str]
    subject: str


class Provider:
    """One issuer, whose answers can be changed one by one."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.client_id = "unwrapped"
        self.client_secret = f"client-secret-{secrets.token_hex(16)}"
        self.key = rsa_key("one")
        self.keys: object = {"keys": [self.key.jwk]}
        self.metadata: Json = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/userinfo",
        }
        self.claims: Json = {"name": "Wren Ombstack"}
        """Claims about each person, besides those that a token must have."""
        self.id_token: Callable[[Json], object] = self.signed
        """Makes the id_token from its claims."""
        self.tokens: Json = {}
        """Members to add to the answer with tokens, or to replace; None removes one."""
        self.userinfo: Json = {}
        self.answers: dict[str, Answer] = {}
        """Answers to give instead of the usual ones, by the end of the path."""
        self.asked: list[str] = []
        """The ends of the paths that were requested."""
        self.given: list[str] = []
        """The secrets that it has issued: codes and tokens."""
        self._codes: dict[str, Asked] = {}

    def signed(self, claims: object) -> str:
        """An honest id_token."""
        return token(self.key.header, claims, self.key.sign)

    def agree(self, url: str, subject: str = SUBJECT) -> dict[str, str]:
        """Agree as somebody; return the parameters of the redirect back."""
        page, _, query = url.partition("?")
        assert page == f"{self.issuer}/authorize"
        asked = {name: value for name, [value] in parse_qs(query).items()}
        code = self._given(f"code-{secrets.token_hex(16)}")
        self._codes[code] = Asked(asked, subject)
        reply = {"code": code, "state": asked["state"]}
        if self.metadata.get("authorization_response_iss_parameter_supported"):
            reply["iss"] = self.issuer
        return reply

    async def answer(self, request: Request, endpoint: str) -> Response:
        """Return the answer to a request."""
        self.asked.append(endpoint)
        if endpoint in self.answers:
            return self.answers[endpoint]()
        match endpoint:
            case "token":
                return self._exchange(request, (await request.body()).decode())
            case "keys":
                return JSONResponse(self.keys)
            case "userinfo":
                return JSONResponse(self.userinfo)
            case _ if endpoint == CONFIGURATION:
                return JSONResponse(self.metadata)
            case _:
                return Response(status_code=404)

    def _exchange(self, request: Request, body: str) -> Response:
        """The answer of the token endpoint, as strict as it has to be."""
        if self._client_of(request) != (self.client_id, self.client_secret):
            return JSONResponse({"error": "invalid_client"}, 401)
        form = dict(parse_qsl(body, strict_parsing=True))
        asked = self._codes.pop(form["code"], None)
        if asked is None or not _is_meant(asked.parameters, form):
            refusal = {"error": "invalid_grant", "error_description": SAYS}
            return JSONResponse(refusal, 400)
        answer: dict[str, Any] = {
            "access_token": self._given(f"access-{secrets.token_hex(16)}"),
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": self.id_token(
                self.claims_about(asked.subject, asked.parameters["nonce"])
            ),
        } | self.tokens
        if answer["id_token"] and isinstance(answer["id_token"], str):
            self._given(answer["id_token"])
        reply = {name: value for name, value in answer.items() if value is not None}
        # In ASCII: a false answer may contain invalid Unicode.
        return Response(json.dumps(reply), media_type="application/json")

    def _client_of(self, request: Request) -> tuple[str, ...]:
        scheme, _, credentials = request.headers["Authorization"].partition(" ")
        assert scheme == "Basic"
        parts = b64decode(credentials).decode().split(":", 1)
        return tuple(unquote_plus(part) for part in parts)

    def claims_about(self, subject: str, nonce: str) -> Json:
        """The claims of an id_token."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": subject,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
        } | self.claims

    def _given(self, secret: str) -> str:
        self.given.append(secret)
        return secret


def _is_meant(asked: dict[str, str], form: dict[str, str]) -> bool:
    """Whether the client that exchanges the code is the one that requested it (RFC 7636, 4.6)."""
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    return (
        asked["redirect_uri"] == form["redirect_uri"]
        and asked.get("code_challenge_method") == "S256"
        and asked.get("code_challenge") == encoded(digest)
    )


class ProviderServer:
    """Any number of providers at one address, each below a path of its own."""

    def __init__(self) -> None:
        self.address = ""
        """The address of the server."""
        self._providers: dict[str, Provider] = {}
        self.app = Starlette(
            routes=[
                Route("/{name}/{endpoint:path}", self._answer, methods=["GET", "POST"])
            ]
        )

    def provider(self) -> Provider:
        """Make another provider."""
        name = f"p{len(self._providers)}"
        made = self._providers[name] = Provider(f"{self.address}/{name}")
        return made

    async def _answer(self, request: Request) -> Response:
        path = request.path_params
        return await self._providers[path["name"]].answer(request, path["endpoint"])


def changed(url: str, **parameters: str | None) -> str:
    """An address with other parameters; None removes one."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | parameters
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urlencode(kept)).geturl()
