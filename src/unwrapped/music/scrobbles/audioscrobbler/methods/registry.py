"""The methods of Audioscrobbler 2.0 that clients call."""

from collections.abc import Awaitable, Callable, Mapping

from unwrapped.music.scrobbles.audioscrobbler.call import Call
from unwrapped.music.scrobbles.audioscrobbler.methods import (
    reading_back,
    reporting,
    signing_in,
)
from unwrapped.music.scrobbles.audioscrobbler.rendering import Answer

type Method = Callable[[Call], Awaitable[Answer]]

METHODS: Mapping[str, Method] = {
    "auth.getmobilesession": signing_in.get_mobile_session,
    "auth.getsession": signing_in.give_session,
    "auth.getsessioninfo": signing_in.describe_session,
    "auth.gettoken": signing_in.get_token,
    "library.removescrobble": reporting.remove_scrobble,
    "track.love": reporting.love,
    "track.scrobble": reporting.scrobble,
    "track.unlove": reporting.unlove,
    "track.updatenowplaying": reporting.update_now_playing,
    "user.getinfo": reading_back.get_info,
    "user.getrecenttracks": reading_back.get_recent_tracks,
}
"""The functions of the methods, by name in lower case: clients differ in the case."""
