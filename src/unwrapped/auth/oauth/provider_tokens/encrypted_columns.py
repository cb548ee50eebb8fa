"""The encrypted columns of provider tokens, and what their encryption is bound to."""

from uuid import UUID

from unwrapped.auth.models import ProviderToken
from unwrapped.core.secrets.encrypted_columns import Sealed
from unwrapped.core.secrets.encryption import EncryptionContext

SEALED = Sealed(ProviderToken, "account_id", ("access_token", "refresh_token"))


def context_of(column: str, account_id: UUID) -> EncryptionContext:
    """The encryption context of a column in the row of an account."""
    return EncryptionContext("provider_token", column, account_id)
