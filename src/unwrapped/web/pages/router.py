"""All screens. A new module's router is listed here."""

from fastapi import APIRouter

from unwrapped.web.pages import (
    catalogue,
    charts,
    corrections,
    files,
    history,
    history_removals,
    home,
    imports,
    people,
    portraits,
    search,
    shares,
    sign_in,
    tasks,
    tops,
    welcome,
    years,
)
from unwrapped.web.pages.settings import access, account, data, model, sync, tokens

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
    charts,
    years,
    search,
    history,
    history_removals,
    corrections,
    shares,
    tasks,
    people,
    account,
    access,
    tokens,
    sync,
    model,
    data,
):
    router.include_router(screen.router)
