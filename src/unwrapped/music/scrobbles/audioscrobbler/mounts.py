"""The mounts of both dialects. Workers import this module, so it loads no HTTP code."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from unwrapped.core.domain import Mount

if TYPE_CHECKING:
    from fastapi import APIRouter, Response

    from unwrapped.core.http.problems import Problem

MOST_BYTES = 1024 * 1024
"""The most bytes of a body: enough for fifty plays with long, percent-encoded names."""


def _load_methods() -> "APIRouter":
    from unwrapped.music.scrobbles.audioscrobbler.router import methods_router

    return methods_router()


def _load_submissions() -> "APIRouter":
    from unwrapped.music.scrobbles.audioscrobbler.router import submissions_router

    return submissions_router()


def _fail(problem: "Problem", headers: Mapping[str, str]) -> "Response":
    from unwrapped.music.scrobbles.audioscrobbler.responding import fail

    return fail(problem, headers)


def _fail_as_text(problem: "Problem", headers: Mapping[str, str]) -> "Response":
    from unwrapped.music.scrobbles.audioscrobbler.responding import fail_as_text

    return fail_as_text(problem, headers)


AUDIOSCROBBLER = (
    *(
        Mount(
            prefix=prefix,
            load=_load_methods,
            error_form=_fail,
            body_limit=lambda _: MOST_BYTES,
        )
        for prefix in ("/2.0", "/apis/audioscrobbler/2.0")
    ),
    Mount(
        prefix="/apis/audioscrobbler/1.2",
        load=_load_submissions,
        error_form=_fail_as_text,
        body_limit=lambda _: MOST_BYTES,
        root_parameter=("hs", "true"),
    ),
)
