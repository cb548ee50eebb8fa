"""What web plugs into the application: pages, and shares that anybody may open."""

from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, ErrorForm

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.web.router import router

    return router


def load_pages() -> "APIRouter":
    """The pages."""
    from unwrapped.web.pages import router

    return router


def load_error_page() -> ErrorForm:
    """The page that shows a problem."""
    from unwrapped.web.problem_page import problem_page

    return problem_page


DOMAIN = Domain(
    name="web",
    load_router=load_router,
    load_pages=load_pages,
    load_error_page=load_error_page,
)
