"""What the export of a person tells of their account; of secrets, only that they are."""

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
        about="Your account. Of your password only a hash is kept, which is not here.",
        rows=select(
            col(User.id),
            col(User.username),
            col(User.username_key),
            col(User.display_name),
            col(User.email),
            col(User.time_zone),
            col(User.password_hash).is_not(None).label("has_password"),
            col(User.disabled_at),
            col(User.created_at),
            col(User.updated_at),
        ).where(col(User.id) == OWNER),
        tables=frozenset({"user"}),
    ),
    PersonalData(
        name="sessions",
        about="Where you are signed in, or were until lately.",
        rows=select(
            col(UserSession.id),
            col(UserSession.kind),
            col(UserSession.created_at),
            col(UserSession.last_used_at),
            col(UserSession.expires_at),
        )
        .where(col(UserSession.user_id) == OWNER)
        .order_by(col(UserSession.created_at)),
        tables=frozenset({"user_session"}),
    ),
    PersonalData(
        name="refresh_tokens",
        about="When programs renewed their access, by the session that they did it in.",
        rows=select(
            col(RefreshToken.session_id),
            col(RefreshToken.created_at),
            col(RefreshToken.used_at),
            col(RefreshToken.retried_at),
        )
        .join(UserSession, col(UserSession.id) == col(RefreshToken.session_id))
        .where(col(UserSession.user_id) == OWNER)
        .order_by(col(RefreshToken.created_at)),
        tables=frozenset({"refresh_token"}),
    ),
    PersonalData(
        name="personal_tokens",
        about="The tokens that you made for programs: their names, not the tokens.",
        rows=select(
            col(PersonalToken.id),
            col(PersonalToken.name),
            col(PersonalToken.scopes),
            col(PersonalToken.ending),
            col(PersonalToken.created_at),
            col(PersonalToken.last_used_at),
            col(PersonalToken.expires_at),
        )
        .where(col(PersonalToken.user_id) == OWNER)
        .order_by(col(PersonalToken.created_at)),
        tables=frozenset({"personal_token"}),
    ),
    PersonalData(
        name="linked_accounts",
        about="The accounts with providers that sign you in, as the providers name you.",
        rows=select(
            col(LinkedAccount.id),
            col(LinkedAccount.provider),
            col(LinkedAccount.issuer),
            col(LinkedAccount.subject),
            col(LinkedAccount.display_name),
            col(LinkedAccount.created_at),
            col(LinkedAccount.updated_at),
        )
        .where(col(LinkedAccount.user_id) == OWNER)
        .order_by(col(LinkedAccount.provider)),
        tables=frozenset({"linked_account"}),
    ),
    PersonalData(
        name="provider_access",
        about="What you let us ask providers for, by linked account: not the tokens.",
        rows=select(
            col(ProviderToken.account_id),
            col(ProviderToken.scopes),
            col(ProviderToken.granted_at),
            col(ProviderToken.expires_at),
            col(ProviderToken.reconnect_since),
            col(ProviderToken.refresh_id),
            col(ProviderToken.refresh_until),
            col(ProviderToken.created_at),
            col(ProviderToken.updated_at),
        )
        .join(LinkedAccount, col(LinkedAccount.id) == col(ProviderToken.account_id))
        .where(col(LinkedAccount.user_id) == OWNER)
        .order_by(col(ProviderToken.granted_at)),
        tables=frozenset({"provider_token"}),
    ),
    PersonalData(
        name="sign_ins_under_way",
        about="Accounts with providers that you are about to link.",
        rows=select(
            col(OAuthState.provider),
            col(OAuthState.session_id),
            col(OAuthState.asks_access),
            col(OAuthState.next_path),
            col(OAuthState.created_at),
            col(OAuthState.expires_at),
        )
        .join(UserSession, col(UserSession.id) == col(OAuthState.session_id))
        .where(col(UserSession.user_id) == OWNER)
        .order_by(col(OAuthState.created_at)),
        tables=frozenset({"oauth_state"}),
    ),
)
