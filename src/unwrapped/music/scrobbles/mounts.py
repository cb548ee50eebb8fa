"""The protocols of other services, at the prefixes that their clients expect."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from unwrapped.core.domain import Mount
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.audioscrobbler.mounts import AUDIOSCROBBLER
from unwrapped.music.scrobbles.settings import ScrobbleSettings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.responses import Response

    from unwrapped.core.http.problems import Problem


def load_listenbrainz() -> "APIRouter":
    """Import and return the router of the ListenBrainz endpoints."""
    from unwrapped.music.scrobbles.listenbrainz.router import router

    return router


def listenbrainz_error(problem: "Problem", headers: Mapping[str, str]) -> "Response":
    """A problem in the form that clients of ListenBrainz read."""
    from unwrapped.music.scrobbles.listenbrainz.answers import error_form

    return error_form(problem, headers)


def submission_bytes(resources: Resources) -> int:
    """The most bytes of one submission."""
    return resources.settings_of(ScrobbleSettings).scrobble_body_max_bytes


LISTENBRAINZ = tuple(
    Mount(
        prefix=prefix,
        load=load_listenbrainz,
        error_form=listenbrainz_error,
        body_limit=submission_bytes,
    )
    # Two prefixes: some clients drop the path of the configured address.
    for prefix in ("/1", "/apis/listenbrainz/1")
)

MOUNTS = (*LISTENBRAINZ, *AUDIOSCROBBLER)
