"""What web plugs into the application: the page, and shares that anybody may open."""

from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.web.router import router

    return router


DOMAIN = Domain(name="web", load_router=load_router)
