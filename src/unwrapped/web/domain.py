"""The declaration of the domain web: what it adds to the application."""

from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, ErrorForm
from unwrapped.web.settings import WebSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """Import and return the router of public shares in the API."""
    from unwrapped.web.public.api import router

    return router


def load_pages() -> "APIRouter":
    """Import and return the router of all pages."""
    from unwrapped.core.http.routing import PageRouter
    from unwrapped.web.pages.router import router as screens
    from unwrapped.web.public.pages import router as shares

    router = PageRouter()
    router.add(shares, screens)
    return router


def load_error_page() -> ErrorForm:
    """Import and return the function that shows a problem as a page."""
    from unwrapped.web.problem_page import problem_page

    return problem_page


DOMAIN = Domain(
    name="web",
    settings=(WebSettings,),
    load_router=load_router,
    load_pages=load_pages,
    load_error_page=load_error_page,
)
