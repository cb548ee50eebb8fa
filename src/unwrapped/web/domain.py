"""What web plugs into the application: the page, and shares that anybody may open."""

from unwrapped.core.domain import Domain
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.web.router import router

DOMAIN = Domain(name="web", router=router)


def draw_page(portrait: Portrait) -> str:
    """The portrait as one self-contained page."""
    # Imported when the first page is drawn: the charts bring a whole JavaScript engine.
    from unwrapped.web.portrait_page import render_portrait

    return render_portrait(portrait)
