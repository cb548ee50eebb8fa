"""The repr of objects with secrets shows none of them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pydantic import SecretStr

from tests.auth.factories import HASHED, PASSWORD
from unwrapped.auth.models import Scope
from unwrapped.auth.sessions.refreshing import REFRESH_TOKEN, Tokens
from unwrapped.auth.sessions.schemas import (
    PasswordChange,
    SignIn,
    TokenForm,
    TokenRead,
)
from unwrapped.auth.sessions.sign_in import ProvenAccount
from unwrapped.auth.tokens.schemas import PersonalTokenCreated, PersonalTokenRead
from unwrapped.auth.tokens.service import NewPersonalToken

TOKEN = REFRESH_TOKEN.prefix + "a" * 49
WORD = SecretStr(PASSWORD)
READ = PersonalTokenRead(
    id=uuid4(),
    name="reader",
    scopes=[Scope.READ],
    ending="aaaa",
    created_at=datetime.now(UTC),
    expires_at=None,
    last_used_at=None,
)
CARRIERS: dict[str, object] = {
    "tokens": Tokens(TOKEN, TOKEN),
    "answer": TokenRead(
        access_token=TOKEN,
        token_type="bearer",  # noqa: S106 - RFC 6750's name for it
        expires_in=1,
        refresh_token=TOKEN,
    ),
    "personal token": NewPersonalToken(READ, TOKEN),
    "personal token, answered": PersonalTokenCreated(**READ.model_dump(), token=TOKEN),
    "account": ProvenAccount(1, "ada", HASHED, None),
    "form": TokenForm(username="ada", password=WORD),
    "refresh form": TokenForm(
        grant_type="refresh_token", refresh_token=SecretStr(TOKEN)
    ),
    "sign-in": SignIn(username="ada", password=WORD),
    "change": PasswordChange(current_password=WORD, new_password=WORD),
}


@pytest.mark.parametrize(
    "carrier",
    [pytest.param(one, id=f"attack-38-{name}") for name, one in CARRIERS.items()],
)
def test_no_secret_is_shown(carrier: object) -> None:
    for shown in (repr(carrier), str(carrier)):
        for secret in (TOKEN, PASSWORD, HASHED):
            assert secret not in shown
