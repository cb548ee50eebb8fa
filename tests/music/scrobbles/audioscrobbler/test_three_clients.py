"""One player with three clients: each listen counts once, whichever clients report it."""

import pytest

from tests.music.scrobbles.audioscrobbler.conftest import Anna
from unwrapped.music.scrobbles.holders import HolderLookup
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService
from unwrapped.music.sources.scrobble import Scrobble

AT, SECONDS, TRACKS = 1_700_000_000, 31, 10
CLIENTS = {
    "mpdscribble": (SECONDS, 31_000),
    "listenbrainz-mpd": (0, 31_000),
    "rescrobbled": (16, None),
}
"""For each client, how long after the start of a track its time is, and the length that it
sends, as observed."""


@pytest.mark.parametrize("order", [list(CLIENTS), list(reversed(CLIENTS))])
async def test_each_listen_counts_once(anna: Anna, order: list[str]) -> None:
    tokens = ScrobblingTokenService(anna.session, anna.resources.cipher)
    lookup = HolderLookup(anna.session, anna.resources.cipher)
    for name in order:
        later, length = CLIENTS[name]
        made = await tokens.create(anna.user_id, f"{name} on this machine")
        scrobbles = [
            Scrobble(
                artist="A",
                title=f"T{number}",
                listened_at=AT + SECONDS * number + later,
                length_ms=length,
            )
            for number in range(TRACKS)
        ]
        await anna.service.submit(await lookup.by_token(made.token), scrobbles)
        await anna.heard()
    heard = await anna.heard()
    assert [title for _, title, _ in reversed(heard)] == [
        f"T{number}" for number in range(TRACKS)
    ]
