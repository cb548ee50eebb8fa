"""What web plugs into the application: pages, and public shares."""

from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, ErrorForm
from unwrapped.web.settings import WebSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.web.public.router import router

    return router


def load_pages() -> "APIRouter":
    """The pages."""
    from unwrapped.core.http.requests import PageRouter
    from unwrapped.web.pages.router import router as screens
    from unwrapped.web.public.pages import router as shares

    router = PageRouter()
    router.add(shares, screens)
    return router


def load_error_page() -> ErrorForm:
    """The page that shows a problem."""
    from unwrapped.web.problem_page import problem_page

    return problem_page


DOMAIN = Domain(
    name="web",
    settings=(WebSettings,),
    load_router=load_router,
    load_pages=load_pages,
    load_error_page=load_error_page,
)
