"""The router of all screens. The router of a new module is added here."""

from unwrapped.core.http.routing import PageRouter
from unwrapped.web.pages import (
    home,
    people,
    portraits,
    registration,
    shares,
    sign_in,
    static_files,
    tasks,
)
from unwrapped.web.pages.history import corrections, imports, plays, removals
from unwrapped.web.pages.scrobblers import granting, overview
from unwrapped.web.pages.settings import (
    data,
    model,
    name_and_time_zone,
    signing_in,
    sync,
    tokens,
)
from unwrapped.web.pages.statistics import charts, items, search, tops, years

router = PageRouter()
for screen in (
    static_files,
    registration,
    sign_in,
    home,
    imports,
    portraits,
    tops,
    items,
    charts,
    years,
    search,
    plays,
    removals,
    corrections,
    shares,
    tasks,
    people,
    name_and_time_zone,
    signing_in,
    tokens,
    overview,
    granting,
    sync,
    model,
    data,
):
    router.add(screen.router)
