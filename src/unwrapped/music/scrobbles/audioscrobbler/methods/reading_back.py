"""Audioscrobbler 2.0: methods that read the history of the token's holder."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.http.own_addresses import own_address
from unwrapped.music.scrobbles.audioscrobbler.call import Call, feedback_of
from unwrapped.music.scrobbles.audioscrobbler.errors import Fault, Refusal
from unwrapped.music.scrobbles.audioscrobbler.methods import answers
from unwrapped.music.scrobbles.audioscrobbler.methods.requiring import require_holder
from unwrapped.music.scrobbles.audioscrobbler.plays import whole
from unwrapped.music.scrobbles.audioscrobbler.rendering import Answer
from unwrapped.music.scrobbles.client_listens import Heard, HeardService, totals
from unwrapped.music.scrobbles.holders import Holder
from unwrapped.music.scrobbles.request_handling import count_read, session_of
from unwrapped.music.scrobbles.service import scrobble_service
from unwrapped.shared.zones import parse_zone

PAGE, MOST = 50, 200


async def get_info(call: Call) -> Answer:
    """Return the owner of the history, with the totals of the whole history."""
    holder = await _require_own(call)
    zone = parse_zone(holder.time_zone)
    async with session_of(call.request, holder) as session:
        amounts = await totals(session, call.resources, holder.user_id, zone)
    person = answers.Person(
        name=holder.username,
        url=f"{own_address(call.request)}/",
        since=holder.joined_at,
        plays=amounts.plays,
        artists=amounts.artists,
        tracks=amounts.tracks,
        albums=amounts.albums or 0,
    )
    return answers.user(person)


async def get_recent_tracks(call: Call) -> Answer:
    """Return a page of plays, the latest first, and the track that is playing."""
    holder = await _require_own(call)
    per_page = min(_number(call, "limit") or PAGE, MOST)
    page = _number(call, "page") or 1
    after, before = whole(call.parameters.get("from")), whole(call.parameters.get("to"))
    is_extended = call.parameters.get("extended") == "1"
    async with session_of(call.request, holder) as session:
        heard = HeardService(session)
        total = await heard.count(holder.user_id, after=after, before=before)
        offset = min((page - 1) * per_page, total)
        found = await heard.between(
            holder.user_id, per_page, after=after, before=before, offset=offset
        )
        playing = await _playing(call, session, holder)
        tracks = [*playing, *await _tracks(call, session, holder, found)]
    return answers.recent_tracks(
        holder.username,
        tracks,
        page=page,
        per_page=per_page,
        total=total,
        is_extended=is_extended,
    )


async def _require_own(call: Call) -> Holder:
    """The caller. Raises `Refusal` if they ask about another user."""
    holder = await require_holder(call)
    await count_read(call.resources, holder)
    name = call.parameters.get("user")
    if name and not holder.is_named(name):
        raise Refusal(Fault.PARAMETERS, "User not found")
    return holder


async def _playing(
    call: Call, session: AsyncSession, holder: Holder
) -> list[answers.Track]:
    service = scrobble_service(session, call.resources)
    playing = await service.playing(holder.user_id)
    if playing is None:
        return []
    return [answers.Track(playing.artist, playing.title, playing.album or "", None)]


async def _tracks(
    call: Call, session: AsyncSession, holder: Holder, found: Sequence[Heard]
) -> list[answers.Track]:
    feedback = feedback_of(session, call.resources)
    loved = await feedback.loved(holder.user_id, [one.msid for one in found])
    return [
        answers.Track(
            one.artist,
            one.title,
            one.album or "",
            datetime.fromtimestamp(one.listened_at, UTC),
            is_loved=one.msid in loved,
        )
        for one in found
    ]


def _number(call: Call, name: str) -> int:
    """A parameter that is a count; 0 if it is missing or invalid."""
    return max(whole(call.parameters.get(name)) or 0, 0)
