"""Provider tokens under a new key, when the ring of `SECRET_KEY` has got one."""

from uuid import UUID

import structlog
from sqlalchemy import (
    BindParameter,
    Select,
    Text,
    bindparam,
    func,
    or_,
    select,
    union,
    update,
)
from sqlmodel import col

from unwrapped.auth.models import ProviderToken
from unwrapped.auth.oauth.provider_tokens.places import place_of
from unwrapped.core.database import count_changed
from unwrapped.core.resources import Resources
from unwrapped.core.secrets.encryption import Cipher, Undecryptable, UnknownKey

ROWS_AT_ONCE = 200
COLUMNS = ("access_token", "refresh_token")

log = structlog.get_logger()

_KID: BindParameter[str] = bindparam("kid", type_=Text)
_KEY_OF = {
    name: func.split_part(col(getattr(ProviderToken, name)), ".", 2) for name in COLUMNS
}
_OTHERS: Select[UUID, str | None, str | None] = (
    select(
        col(ProviderToken.account_id),
        col(ProviderToken.access_token),
        col(ProviderToken.refresh_token),
    )
    .where(
        col(ProviderToken.account_id) > bindparam("after"),
        or_(*(key != _KID for key in _KEY_OF.values())),
    )
    .order_by(col(ProviderToken.account_id))
    .limit(bindparam("most"))
)


async def reencrypt_tokens(
    resources: Resources, rows_at_once: int = ROWS_AT_ONCE
) -> int:
    """Encrypt with the first key what another one has encrypted; says for how many people.

    A row that changes meanwhile is left for the next time, and so is one that none of
    our keys opens.
    """
    cipher, done, after = resources.cipher, 0, UUID(int=0)
    while True:
        values = {
            "kid": cipher.newest,
            "after": after,
            "most": rows_at_once,
        }
        async with resources.database.session() as session:
            rows = (await session.execute(_OTHERS, values)).all()
        for account_id, access_token, refresh_token in rows:
            done += await _renew(
                resources, cipher, account_id, (access_token, refresh_token)
            )
        if len(rows) < rows_at_once:
            return done
        after = rows[-1].account_id


async def keys_in_use(resources: Resources) -> set[str]:
    """The ids of the keys that something stored is encrypted with."""
    keys = union(*(select(key) for key in _KEY_OF.values()))
    async with resources.database.session() as session:
        return {kid for kid in await session.scalars(keys) if kid is not None}


async def _renew(
    resources: Resources, cipher: Cipher, account_id: UUID, old: tuple[str | None, ...]
) -> int:
    try:
        new = [
            None if text is None else _renewed(cipher, text, name, account_id)
            for name, text in zip(COLUMNS, old, strict=True)
        ]
    except (Undecryptable, UnknownKey) as error:
        log.warning(
            "provider_token.not_reencrypted",
            account_id=str(account_id),
            code=error.code,
        )
        return 0
    unchanged = [
        col(getattr(ProviderToken, name)).is_not_distinct_from(text)
        for name, text in zip(COLUMNS, old, strict=True)
    ]
    statement = (
        update(ProviderToken)
        .where(col(ProviderToken.account_id) == account_id, *unchanged)
        .values(dict(zip(COLUMNS, new, strict=True)))
    )
    async with resources.database.session() as session:
        return await count_changed(session, statement)


def _renewed(cipher: Cipher, text: str, column: str, account_id: UUID) -> str:
    place = place_of(column, account_id)
    return cipher.encrypt(cipher.decrypt(text, place), place)
