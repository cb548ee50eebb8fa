"""The account's part of a person's export. Secrets and their hashes are left out."""

from sqlalchemy import select
from sqlmodel import col

from unwrapped.auth.models import (
    LinkedAccount,
    OAuthState,
    PersonalToken,
    ProviderToken,
    RefreshToken,
    User,
    UserSession,
)
from unwrapped.core.personal_data import OWNER, PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="account",
        about="Your account. Only a hash of your password is stored, which is left out.",
        rows=select(
            col(User.id),
            col(User.username),
            col(User.username_key),
            col(User.display_name),
            col(User.email),
            col(User.time_zone),
            col(User.password_hash).is_not(None).label("has_password"),
            col(User.disabled_at),
            col(User.role),
            col(User.signed_in_at),
            col(User.created_at),
            col(User.updated_at),
        ).where(col(User.id) == OWNER),
        tables=frozenset({"user"}),
    ),
    PersonalData.of(
        UserSession,
        name="sessions",
        about="Where you are signed in, or were until recently.",
        without=["secret_hash"],
    ),
    PersonalData.of(
        RefreshToken,
        name="refresh_tokens",
        about="When programs renewed their access, by session.",
        without=["token_hash", "replaced_by"],
        through=UserSession,
    ),
    PersonalData.of(
        PersonalToken,
        name="personal_tokens",
        about="The tokens that you created for programs: their names, not the tokens.",
        without=["token_hash"],
    ),
    PersonalData.of(
        LinkedAccount,
        name="linked_accounts",
        about="The accounts at providers that you sign in with, and your names there.",
    ),
    PersonalData.of(
        ProviderToken,
        name="provider_access",
        about="The access that you granted to linked accounts, without its tokens.",
        without=["access_token", "refresh_token"],
        through=LinkedAccount,
    ),
    PersonalData.of(
        OAuthState,
        name="sign_ins_under_way",
        about="Accounts at providers that you are about to link.",
        without=["state_hash", "browser_hash"],
        through=UserSession,
    ),
)
