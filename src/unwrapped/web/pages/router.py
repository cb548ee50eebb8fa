"""All screens. A new module's router is listed here."""

from fastapi import APIRouter

from unwrapped.web.pages import (
    catalogue,
    files,
    history,
    history_removals,
    home,
    imports,
    portraits,
    shares,
    sign_in,
    tasks,
    tops,
    welcome,
)
from unwrapped.web.pages.scrobblers import granting, overview
from unwrapped.web.pages.settings import access, account, data, sync, tokens

router = APIRouter()
for screen in (
    files,
    welcome,
    sign_in,
    home,
    imports,
    portraits,
    tops,
    catalogue,
    history,
    history_removals,
    shares,
    tasks,
    account,
    access,
    tokens,
    overview,
    granting,
    sync,
    data,
):
    router.include_router(screen.router)
