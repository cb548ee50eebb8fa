"""Applies corrections to the listens of a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correction import Correction, Ids, Names, artist_id
from unwrapped.music.corrections.outcomes import Judge, Outcome
from unwrapped.music.corrections.store import read_rules, read_standing
from unwrapped.music.corrections.windows import window_at
from unwrapped.music.corrections.wording import describe
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.listens.schemas import Corrected, CountsAs
from unwrapped.music.store.spelling_keys import read_spelling_keys


@dataclass(frozen=True, slots=True)
class PageJudge:
    """Applies the corrections of a listener to listens."""

    rules: Rules
    zone: ZoneInfo
    spelled: dict[int, list[Ids]]
    """The ids of all spellings, by the numbers of recordings."""

    def judge(
        self, recording: int, names: Names, started_at: datetime
    ) -> Corrected | None:
        """The corrected listen; None if nothing changes."""
        outcome = Judge(self.rules).judge(names, self.spelled.get(recording, ()))
        window = window_at(self.rules.windows, started_at.astimezone(self.zone))
        excluded_by = outcome.excluded_by or window
        if excluded_by is not None:
            return _excluded(excluded_by)
        if outcome.names.ids == names.ids and len(outcome.artists) == 1:
            return None
        return _counted(outcome)


async def read_judge(
    session: AsyncSession, user_id: int, recordings: Iterable[int]
) -> PageJudge | None:
    """The corrections for listens to these recordings; None if the listener has none."""
    standing = await read_standing(session, user_id)
    rules = await read_rules(session, user_id, standing)
    if rules == Rules():
        return None
    spelled: dict[int, list[Ids]] = {}
    for number, artist, title, album in await read_spelling_keys(
        session, user_id, recordings
    ):
        on = None if album is None else public_id(artist, album)
        ids = Ids(public_id(artist), public_id(artist, title), on)
        spelled.setdefault(number, []).append(ids)
    return PageJudge(rules, standing.zone_info, spelled)


def _excluded(by: Correction) -> Corrected:
    return Corrected(id=by.id, text=describe(by), counts_as=None)


def _counted(outcome: Outcome) -> Corrected:
    names, ids = outcome.names, outcome.names.ids
    counts_as = CountsAs(
        artists=list(outcome.artists),
        artist_ids=[artist_id(name) for name in outcome.artists],
        title=names.title,
        track_id=ids.track,
        album=names.album,
        album_id=ids.album,
    )
    return Corrected(id=None, text=None, counts_as=counts_as)
