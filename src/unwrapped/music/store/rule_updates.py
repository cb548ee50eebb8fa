"""Updates a history that was stored with earlier rules."""

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.marks.marking import mark_listens
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.store.name_updates import Naming
from unwrapped.music.store.spellings import StoredSpellings
from unwrapped.music.store.state import (
    HistoryState,
    lock_history,
    store_state,
)
from unwrapped.music.store.stored_listens import StoredListens


async def settled_history(
    session: AsyncSession, user_id: int, *, wait: bool = True
) -> HistoryState:
    """Lock a history, update its marks and names to the current rules, and return its state.

    Raises as `lock_history` does.
    """
    state = await lock_history(session, user_id, wait=wait)
    if state.is_current:
        return state
    spellings = await StoredSpellings(session, user_id).every()
    await Naming(session, user_id).settle(spellings, _keyed(spellings), again=True)
    stored = StoredListens(session, user_id)
    listens = await stored.every()
    marked = mark_listens(listens.rename({"mark": "was"}), _keyed(spellings))
    await stored.mark(marked.filter(pl.col("mark").ne_missing(pl.col("was"))))
    await store_state(session, user_id, state)
    return await lock_history(session, user_id, wait=wait)


def _keyed(spelled: pl.DataFrame) -> pl.DataFrame:
    """Spellings with the current keys of their names."""
    return spelled.with_columns(
        _keys_of(spelled[name]).alias(f"{name}_key")
        for name in ("artist", "title", "album")
    )


def _keys_of(names: pl.Series) -> pl.Series:
    known = names.unique().drop_nulls()
    keys = {name: name_key(name) for name in known}
    return names.replace_strict(keys, default=None, return_dtype=pl.String)
