"""The places that the encryption of provider tokens is bound to."""

from uuid import UUID

from unwrapped.auth.models import ProviderToken
from unwrapped.core.secrets.encryption import Place
from unwrapped.core.secrets.sealed import Sealed

SEALED = Sealed(ProviderToken, "account_id", ("access_token", "refresh_token"))


def place_of(column: str, account_id: UUID) -> Place:
    """The place of a column in the row of an account."""
    return Place("provider_token", column, account_id)
