"""The parameters with which a provider sends a browser back."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

from unwrapped.auth.oauth.clients.client import Endpoints
from unwrapped.auth.oauth.errors import SignInRefused

MOST_PARAMETERS = 50
MEMBERS = ("state", "code", "error", "iss")


class SignInDeclined(SignInRefused):
    """The person did not agree."""

    code = "sign_in_declined"

    def __init__(self) -> None:
        super().__init__("You did not agree, so nothing has changed.")


@dataclass(frozen=True, slots=True)
class Callback:
    """The parameters of an answer to a request for authorization (RFC 6749, 4.1.2)."""

    state: str | None = field(repr=False, default=None)
    code: str | None = field(repr=False, default=None)
    error: str | None = None
    iss: str | None = None

    @classmethod
    def parse(cls, query: bytes) -> Self:
        """Return the known parameters. Raises `SignInRefused` if one is repeated."""
        try:
            pairs = parse_qsl(
                query.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_PARAMETERS,
            )
        except ValueError as error:
            raise SignInRefused("The provider's answer cannot be read.") from error
        known = [(name, value) for name, value in pairs if name in MEMBERS]
        if len(dict(known)) < len(known):
            raise SignInRefused("The provider's answer has a parameter twice.")
        return cls(**dict(known))

    def require_issuer(self, issuer: str, endpoints: Endpoints) -> None:
        """Raise `SignInRefused` if another provider answered (RFC 9207)."""
        if self.iss is None and not endpoints.names_issuer:
            return
        if self.iss != issuer:
            raise SignInRefused(
                "The provider that answered is not the one that was asked."
            )

    def require_code(self) -> str:
        """Return the code. Raises `SignInDeclined` or `SignInRefused`."""
        if self.error == "access_denied":
            raise SignInDeclined
        if self.error is not None or not self.code:
            # The provider's text is not shown: anybody could have written it.
            raise SignInRefused("The provider did not sign you in.")
        return self.code
