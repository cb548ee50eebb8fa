"""Audioscrobbler 2.0: methods that report plays and loved tracks, or remove plays."""

from datetime import UTC, datetime

from unwrapped.music.scrobbles.audioscrobbler.call import Call, feedback_of
from unwrapped.music.scrobbles.audioscrobbler.errors import Fault, Refusal
from unwrapped.music.scrobbles.audioscrobbler.methods import answers
from unwrapped.music.scrobbles.audioscrobbler.methods.requiring import (
    require,
    require_holder,
)
from unwrapped.music.scrobbles.audioscrobbler.plays import (
    MOST_PLAYS,
    read_play,
    read_plays,
    summed_up,
)
from unwrapped.music.scrobbles.audioscrobbler.rendering import DONE, Answer
from unwrapped.music.scrobbles.client_listens import HeardService, msid_of
from unwrapped.music.scrobbles.feedback import LOVED
from unwrapped.music.scrobbles.request_handling import play, session_of, submit


async def update_now_playing(call: Call) -> Answer:
    """Store the track that is playing."""
    holder = await require_holder(call)
    given = read_play(call.parameters)
    ignored = given.nameless()
    call.reason = summed_up([ignored])
    if ignored is None:
        await play(call.request, holder, given.playing())
    return answers.now_playing(given, ignored)


async def scrobble(call: Call) -> Answer:
    """Store plays; the answer has the outcome of each."""
    holder = await require_holder(call)
    plays = read_plays(call.parameters)
    if not plays:
        raise Refusal(Fault.PARAMETERS)
    if len(plays) > MOST_PLAYS:
        raise Refusal(
            Fault.PARAMETERS,
            f"Invalid parameters - At most {MOST_PLAYS} plays can be sent at once",
        )
    now = datetime.now(UTC)
    judged = [(given, given.ignored(now)) for given in plays]
    call.reason = summed_up(ignored for _, ignored in judged)
    taken = [given.scrobble() for given, ignored in judged if ignored is None]
    await submit(call.request, holder, taken)
    return answers.scrobbles(judged)


async def love(call: Call) -> Answer:
    """Store that the caller loves a track."""
    return await _give(call, LOVED)


async def unlove(call: Call) -> Answer:
    """Store that the caller no longer loves a track."""
    return await _give(call, 0)


async def remove_scrobble(call: Call) -> Answer:
    """Remove the plays of a track that began in the given second."""
    holder = await require_holder(call)
    msid = msid_of(require(call, "artist"), require(call, "track"))
    started_at = read_play(call.parameters).started_at
    if started_at is None:
        raise Refusal(Fault.PARAMETERS)
    async with session_of(call.request, holder) as session:
        heard = HeardService(session)
        if not await heard.delete(holder.user_id, started_at, msid):
            raise Refusal(Fault.RESOURCE)
    return DONE


async def _give(call: Call, score: int) -> Answer:
    holder = await require_holder(call)
    artist, track = require(call, "artist"), require(call, "track")
    async with session_of(call.request, holder) as session:
        feedback = feedback_of(session, call.resources)
        await feedback.give(holder.user_id, artist, track, score)
    return DONE
