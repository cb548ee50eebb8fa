"""What web plugs into the application: the page, and shares that anybody may open."""

from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain

if TYPE_CHECKING:
    from fastapi import APIRouter

    from unwrapped.music.analysis.portrait import Portrait


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.web.router import router

    return router


DOMAIN = Domain(name="web", load_router=load_router)


def draw_page(portrait: "Portrait") -> str:
    """The portrait as one self-contained page."""
    # Imported when the first page is drawn: the charts bring a whole JavaScript engine.
    from unwrapped.web.portrait_page import render_portrait

    return render_portrait(portrait)
