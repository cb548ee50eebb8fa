"""Permissions of every operation in the OpenAPI document.

A new operation makes these tests fail until they know what it names.
"""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    SignedIn,
    bearer,
    cookie,
    make_personal_token,
    make_session,
    make_user,
    make_web_session,
    sign_in,
)
from tests.auth.operations import FORM, JSON, Operation, operations, send
from tests.auth.origins import ELSEWHERE, FOREIGN, FROM_OWN_PAGE
from tests.exports import track
from tests.music.factories import (
    STORED_PORTRAIT,
    make_analysis,
    make_correction,
    make_scrobbling_token,
    make_task,
    make_upload,
    store,
)
from unwrapped.auth.models import User
from unwrapped.core.http.mount_paths import is_below
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.imports.known_contents import note_records
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.shares.models import Share
from unwrapped.tasks.models import TaskStatus

pytestmark = pytest.mark.sweep

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/session",
    "POST /api/v1/auth/token",
    "GET /api/v1/public/shares/{token}",
    "GET /api/v1/auth/providers",
    "GET /api/v1/auth/{provider}/login",
    "GET /api/v1/auth/callback",
    "GET /api/v1/auth/{provider}/callback",
}
"""What anybody may ask for."""

HIDDEN = {
    "/metrics",
    "/openapi.json",
    "/docs",
    "/static-offline-docs",
}
"""Paths of no domain that the document leaves out."""

PUBLIC_PAGES = {
    "/",
    "/favicon.ico",
    "/manifest.webmanifest",
    "/register",
    "/robots.txt",
    "/s/{token}",
    "/s/{token}/card.png",
    "/s/{token}/story.png",
    "/sign-in",
    "/sign-in/code",
    "/static/{digest}/{folder}/{name}",
    "/welcome",
}
"""Pages that anybody may open, with the files of all pages."""

OWN_PAGES = {
    "/artists/{artist_id}": "artist",
    "/corrections/{correction_id}/take-back": "correction",
    "/albums/{album_id}": "album",
    "/tracks/{track_id}": "track",
    "/history/removals/{task_id}": "removal",
    "/portraits/{analysis_id}": "analysis",
    "/import/{task_id}": "task",
    "/import/{import_id}/remove": "task",
}
"""Pages of the caller's own, and the kind of object that each one shows."""

OWN_FORMS = {
    "/corrections/{correction_id}/take-back": "correction",
    "/import/{import_id}/remove": "task",
    "/import/uploads/{upload_id}/delete": "upload",
    "/portraits/{analysis_id}/share": "analysis",
    "/settings/access/sessions/{session_id}/end": "session",
    "/scrobblers/tokens/{token_id}/revoke": "scrobbling token",
    "/settings/tokens/{token_id}/revoke": "personal token",
    "/shares/{share_id}/revoke": "share",
    "/tasks/{task_id}/cancel": "active task",
    "/tasks/{task_id}/retry": "failed task",
}
"""Forms that change something of the caller's own, and the kind of object that it is."""

SCREENS = {
    "GET": {
        "/api/auth",
        "/api/auth/",
        "/charts",
        "/corrections",
        "/corrections/new",
        "/corrections/try",
        "/history",
        "/history/delete",
        "/import",
        "/playing",
        "/portraits",
        "/scrobblers",
        "/search",
        "/settings",
        "/settings/access",
        "/settings/data",
        "/settings/model",
        "/settings/sync",
        "/settings/tokens",
        "/shares",
        "/tasks",
        "/top",
        "/top/{kind}",
        "/years",
        "/years/{year}",
    },
    "POST": {
        "/api/auth",
        "/api/auth/",
        "/corrections",
        "/history/delete",
        "/import",
        "/portraits",
        "/scrobblers",
        "/scrobblers/test",
        "/settings",
        "/settings/access/password",
        "/settings/access/providers/{provider}/link",
        "/settings/access/providers/{provider}/unlink",
        "/settings/access/sessions/others/end",
        "/settings/data/delete",
        "/settings/model",
        "/settings/model/end",
        "/settings/sync",
        "/settings/sync/begin",
        "/settings/sync/end",
        "/settings/tokens",
        "/sign-out",
    },
}
"""Screens and forms of the person who is signed in, which name no object."""

NAMED = {
    ("DELETE /api/v1/auth/sessions/{session_id}", "session_id"): "session",
    ("DELETE /api/v1/auth/tokens/{token_id}", "token_id"): "personal token",
    (
        "DELETE /api/v1/music/scrobbles/tokens/{token_id}",
        "token_id",
    ): "scrobbling token",
    ("GET /api/v1/tasks/{task_id}", "task_id"): "task",
    ("GET /api/v1/tasks/{task_id}/result", "task_id"): "task",
    ("GET /api/v1/music/artists/{artist_id}", "artist_id"): "artist",
    ("GET /api/v1/music/albums/{album_id}", "album_id"): "album",
    ("GET /api/v1/music/tracks/{track_id}", "track_id"): "track",
    ("POST /api/v1/music/imports", "uploads"): "upload",
    ("GET /api/v1/music/imports/{import_id}/removal", "import_id"): "import",
    ("DELETE /api/v1/music/imports/{import_id}", "import_id"): "import",
    ("DELETE /api/v1/music/uploads/{upload_id}", "upload_id"): "upload",
    ("GET /api/v1/music/analysis/status", "task"): "analysis",
    ("GET /api/v1/music/analysis/result", "task"): "analysis",
    ("POST /api/v1/music/shares", "analysis"): "analysis",
    ("DELETE /api/v1/music/shares/{share_id}", "share_id"): "share",
    ("GET /api/v1/tasks/{task_id}/events", "task_id"): "task",
    ("POST /api/v1/tasks/{task_id}/cancel", "task_id"): "active task",
    ("POST /api/v1/tasks/{task_id}/retry", "task_id"): "failed task",
    ("DELETE /api/v1/music/corrections/{correction_id}", "correction_id"): "correction",
    (
        "GET /api/v1/music/corrections/{correction_id}/effect",
        "correction_id",
    ): "correction",
}
"""The kind of object that a place in an operation names."""

SESSIONS = "GET /api/v1/auth/sessions"

ADMINISTRATION = {
    "GET /api/v1/auth/people",
    "POST /api/v1/auth/people",
    "GET /api/v1/auth/people/registration",
    "PUT /api/v1/auth/people/registration",
    "GET /api/v1/auth/people/{user_id}",
    "POST /api/v1/auth/people/{user_id}/disable",
    "POST /api/v1/auth/people/{user_id}/enable",
    "PUT /api/v1/auth/people/{user_id}/role",
    "PUT /api/v1/auth/people/{user_id}/password",
}
"""What only an administrator may do, who may name anybody."""

ADMINISTRATION_PAGES = {
    "GET /people",
    "POST /people",
    "POST /people/registration",
    "GET /people/{user_id}",
    "POST /people/{user_id}/disable",
    "POST /people/{user_id}/enable",
    "POST /people/{user_id}/password",
    "POST /people/{user_id}/role",
}
"""The same as pages and forms."""

LISTINGS = {
    SESSIONS,
    "GET /api/v1/auth/tokens",
    "GET /api/v1/music/corrections",
    "GET /api/v1/music/imports",
    "GET /api/v1/music/listens",
    "GET /api/v1/music/scrobbles/tokens",
    "GET /api/v1/music/shares",
    "GET /api/v1/music/stats/top/{kind}",
    "GET /api/v1/music/uploads",
    "GET /api/v1/tasks",
}
"""The operations that answer with a page of the caller's things."""


OTHER_GRANT = ("POST /api/v1/auth/token", "refresh_token")
"""What a form with a password cannot have."""

STRANGE = ("user_id", "__class__")
"""Members that no body has."""

type Objects = Mapping[str, UUID | str]
"""The ids of somebody's objects, by kind."""

NAMES = {
    "artist": ("artist",),
    "album": ("artist", "album"),
    "track": ("artist", "song 1"),
}
"""The keys of what somebody listened to."""


def of_nobody(kind: str) -> UUID | str:
    """An id that no object of the kind has."""
    return public_id("nobody") if kind in NAMES else uuid4()


@pytest.fixture
def resources(cloned_resources: Resources) -> Resources:
    """Statistics are read on a connection of their own."""
    return cloned_resources


@pytest.fixture
async def session(resources: Resources) -> AsyncIterator[AsyncSession]:
    """A session whose every statement is seen at once."""
    async with resources.database.autocommit() as own:
        yield own


@pytest.fixture(scope="session")
def every(app: FastAPI) -> list[Operation]:
    """Every operation."""
    return operations(app)


async def make_one_of_each(
    session: AsyncSession, user_id: int, books: dict[str, object]
) -> Objects:
    """An object of each kind that belongs to the user."""
    done = {"status": TaskStatus.COMPLETED, "result_data": {"stored": 1}}
    task = await make_task(session, user_id, **done)
    removal = await make_task(
        session,
        user_id,
        kind="music.removal",
        status=TaskStatus.COMPLETED,
        result_data={"deleted": 1},
    )
    judging = await make_task(session, user_id, kind="music.analysis", **done)
    analysis = await make_analysis(
        session, user_id, id=judging.id, portrait=STORED_PORTRAIT
    )
    share = Share(user_id=user_id, analysis_id=analysis.id, token_hash=uuid4().hex)
    done_import = HistoryImport(id=task.id, user_id=user_id, books=books)
    session.add_all([done_import, share])
    await note_records(session, done_import, "{[1,3)}", [])
    upload = await make_upload(session, user_id)
    active = await make_task(session, user_id)
    failed = await make_task(session, user_id, status=TaskStatus.FAILED, retryable=True)
    correction = await make_correction(session, user_id)
    personal_token = uuid4()
    await make_personal_token(session, user_id, id=personal_token)
    scrobbling_token = uuid4()
    await make_scrobbling_token(session, user_id, id=scrobbling_token)
    return {kind: public_id(*keys) for kind, keys in NAMES.items()} | {
        "session": (await make_session(session, user_id)).id,
        "personal token": personal_token,
        "scrobbling token": scrobbling_token,
        "task": task.id,
        "removal": removal.id,
        "import": done_import.id,
        "active task": active.id,
        "failed task": failed.id,
        "upload": upload.id,
        "analysis": analysis.id,
        "share": share.id,
        "correction": correction.id,
    }


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A listener, whose password no sample is."""
    return await sign_in(resources, username="ada", password_hash=HASHED)


@pytest.fixture
async def books(resources: Resources, ada: SignedIn) -> dict[str, object]:
    """The books of what Ada listened to."""
    rows = [
        track("Artist", f"Song {day}", f"uri:{day}", ts=f"2025-03-0{day}T12:00:00Z")
        for day in (1, 2)
    ]
    async with resources.database.session() as storing:
        counted: dict[str, object] = to_jsonable_python(
            await store(storing, ada.id, [rows])
        )
    return counted


@pytest.fixture
async def of_ada(
    session: AsyncSession, ada: SignedIn, books: dict[str, object]
) -> Objects:
    """What Ada has: two of everything, and a page of it is one."""
    await make_one_of_each(session, ada.id, books)
    return await make_one_of_each(session, ada.id, books)


@pytest.fixture
async def eve(resources: Resources) -> SignedIn:
    """Another listener."""
    return await sign_in(resources, username="eve")


def test_every_operation_is_known(app: FastAPI, every: list[Operation]) -> None:
    named = {(one.name, place.name) for one in every for place in one.id_places}
    assert {key for key in named if key[0] not in PUBLIC | ADMINISTRATION} == set(NAMED)
    assert {one.name for one in every} >= ADMINISTRATION
    assert {one.name for one in every} >= PUBLIC
    pages = {one.name for one in every if "Page_" in str(one.spec["responses"])}
    assert pages - ADMINISTRATION == LISTINGS, (
        "tests/test_authorization.py: correct LISTINGS, and give make_one_of_each two rows"
    )
    protected = {one.name for one in every if "security" in one.spec}
    assert protected == {one.name for one in every} - PUBLIC
    paths = {route.path for route in iter_route_contexts(app.routes)}
    pages_of_domains = {
        route.path
        for domain in DOMAINS
        if domain.load_pages
        for route in iter_route_contexts(domain.load_pages().routes)
    }
    signed_in = OWN_PAGES.keys() | OWN_FORMS.keys() | SCREENS["GET"] | SCREENS["POST"]
    administration = {name.split()[1] for name in ADMINISTRATION_PAGES}
    assert pages_of_domains == PUBLIC_PAGES | signed_in | administration, (
        "tests/test_authorization.py: add the page to SCREENS, OWN_PAGES or OWN_FORMS"
    )
    mounted = {
        path
        for path in paths
        for domain in DOMAINS
        for mount in domain.mounts
        if is_below(path or "", mount.prefix)
    }
    hidden = HIDDEN | pages_of_domains | mounted
    assert paths - {one.path for one in every} == hidden


@attack(22, "no-credentials")
async def test_every_operation_gives_a_stranger_the_same_answer(
    client: httpx2.AsyncClient, every: list[Operation]
) -> None:
    expected = (await client.get("/api/v1/auth/me")).content
    for operation in every:
        if operation.name in PUBLIC:
            continue
        requests = [
            operation.request(),
            operation.request(whole=True),
            operation.request(
                {place.name: "nonsense" for place in operation.id_places}
            ),
        ]
        for request in requests:
            answer = await send(client, request)
            assert (answer.status_code, answer.content) == (401, expected), request
            assert answer.headers["WWW-Authenticate"] == "Bearer", request


@attack(21, "not-an-administrator")
async def test_only_an_administrator_administers(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    every: list[Operation],
    ada: SignedIn,
) -> None:
    """Others get the same answer, whether or not the account is there; a token of an
    administrator opens nothing of it, and no form from elsewhere does."""
    admin = await make_user(session, role="administrator")
    token = await make_personal_token(session, admin.id or 0)
    as_admin = cookie(await make_web_session(session, admin.id or 0))
    as_ada = cookie(await make_web_session(session, ada.id)) | FROM_OWN_PAGE

    async def ask(name: str, user_id: int, headers: dict[str, str]) -> httpx2.Response:
        method, path = name.split()
        url = path.format(user_id=user_id)
        if name in ADMINISTRATION:
            operation = next(one for one in every if one.name == name)
            values: dict[str, object] = {"user_id": user_id}
            asked = operation.request(values if operation.id_places else {})
            return await send(client, asked, headers)
        as_program = headers | {"Accept": "application/json"}
        return await client.request(method, url, headers=as_program)

    for name in sorted(ADMINISTRATION | ADMINISTRATION_PAGES):
        refused = await ask(name, admin.id or 0, as_ada)
        assert refused.status_code == 403, name
        assert refused.json()["code"] == "administrator_needed", name
        assert seen(refused) == seen(await ask(name, 10**9, as_ada)), name
        scripted = await ask(name, ada.id, bearer(token))
        assert scripted.status_code == 403, name
        assert scripted.json()["code"] == "session_needed", name
        if not name.startswith("GET "):
            foreign = await ask(name, ada.id, as_admin | FOREIGN)
            assert foreign.status_code == 403, name
            assert foreign.json()["code"] == "cross_site", name
        user = await session.get(User, admin.id, populate_existing=True)
        assert user is not None, name
        assert (user.disabled_at, user.role) == (None, "administrator"), name


def naming(operation: Operation, name: str, *ids: UUID | str) -> httpx2.Request:
    """A request of the operation that names these objects in this place."""
    place = next(place for place in operation.id_places if place.name == name)
    texts = [str(one) for one in ids]
    is_list = place.kinds[0].get("type") == "array"
    return operation.request({name: texts if is_list else texts[0]})


def seen(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """Everything by which a caller can distinguish answers."""
    headers = {k: v for k, v in answer.headers.items() if k != "x-request-id"}
    return answer.status_code, answer.content, headers


@attack(21, "somebody-elses-id")
async def test_somebody_elses_object_is_not_there(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    every: list[Operation],
    ada: SignedIn,
    books: dict[str, object],
    eve: SignedIn,
) -> None:
    # What one method does to an object is no concern of the others.
    of_ada = {
        method: await make_one_of_each(session, ada.id, books)
        for method in ("GET", "POST", "DELETE")
    }
    for (name, place), kind in NAMED.items():
        operation = next(one for one in every if one.name == name)
        of_hers = naming(operation, place, of_ada[operation.method][kind])
        unknown = naming(operation, place, of_nobody(kind))
        as_eve = await send(client, of_hers, eve.headers)
        assert as_eve.status_code == 404, (name, place)
        assert seen(as_eve) == seen(await send(client, unknown, eve.headers)), name
        assert seen(as_eve) == seen(await send(client, unknown, ada.headers)), name
        as_ada = await send(client, of_hers, ada.headers)
        assert as_ada.is_success, as_ada.text


@attack(21, "somebody-elses-page")
async def test_somebody_elses_page_is_not_there(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    ada: SignedIn,
    of_ada: Objects,
    eve: SignedIn,
) -> None:
    client.headers["Accept"] = "text/html,*/*;q=0.8"
    as_hers = cookie(await make_web_session(session, ada.id))
    as_eves = cookie(await make_web_session(session, eve.id))
    for path, kind in OWN_PAGES.items():
        before, after = path.partition("{")[0], path.partition("}")[2]
        hers, nobodys, nothing = (
            f"{before}{one}{after}" for one in (of_ada[kind], uuid4(), "x")
        )
        shown = await client.get(hers, headers=as_hers)
        assert shown.status_code == 200, path
        assert shown.headers["Cache-Control"] == "private, no-store", path
        refused = await client.get(hers, headers=as_eves)
        assert refused.status_code == 404, path
        assert refused.headers["Content-Type"].startswith("text/html"), path
        assert seen(refused) == seen(await client.get(nobodys, headers=as_eves)), path
        for one in (hers, nobodys, nothing):
            await assert_leads_to_sign_in(client, one)


async def assert_leads_to_sign_in(client: httpx2.AsyncClient, page: str) -> None:
    """A client that is signed out does not learn whether such a page exists."""
    signed_out = await client.get(page)
    assert signed_out.status_code == 303
    assert signed_out.headers["Location"] == f"/sign-in?{urlencode({'next': page})}"
    as_program = await client.get(page, headers={"Accept": "application/json"})
    assert as_program.status_code == 401


@attack(21, "somebody-elses-form")
async def test_somebody_elses_form_does_nothing(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    ada: SignedIn,
    of_ada: Objects,
    eve: SignedIn,
) -> None:
    client.headers.update(FROM_OWN_PAGE | {"Accept": "text/html,*/*;q=0.8"})
    as_hers = cookie(await make_web_session(session, ada.id))
    as_eves = cookie(await make_web_session(session, eve.id))
    for path, kind in OWN_FORMS.items():
        before, _, after = path.partition("{")
        hers, nobodys = (
            f"{before}{one}{after.partition('}')[2]}" for one in (of_ada[kind], uuid4())
        )
        refused = await client.post(hers, headers=as_eves)
        assert refused.status_code == 404, path
        assert seen(refused) == seen(await client.post(nobodys, headers=as_eves)), path
        done = await client.post(hers, headers=as_hers)
        assert done.status_code in (200, 303), done.text


@attack(18, "form")
async def test_no_form_works_from_elsewhere_nor_signed_out(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    ada: SignedIn,
) -> None:
    client.headers["Accept"] = "text/html,*/*;q=0.8"
    hers = cookie(await make_web_session(session, ada.id))
    for path in SCREENS["POST"] | OWN_FORMS.keys():
        await assert_cross_site(client, path, hers | FOREIGN)
        signed_out = await client.post(path, headers=FOREIGN)
        assert signed_out.headers["Location"] == "/sign-in", path
    for path in ("/sign-in", "/welcome", "/register", "/sign-in/code"):
        await assert_cross_site(client, path, FOREIGN)
    for elsewhere in ELSEWHERE.values():
        await assert_cross_site(client, "/settings", hers | elsewhere)
        await assert_cross_site(client, "/sign-in", elsewhere)


async def assert_cross_site(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    """The form does nothing, since no page of the service sent it."""
    refused = await client.post(path, headers=headers)
    assert (refused.status_code, "cross_site" in refused.text) == (403, True), path


@attack(21, "somebody-elses-cursor")
async def test_a_listing_shows_nothing_of_somebody_else(
    client: httpx2.AsyncClient,
    ada: SignedIn,
    of_ada: Objects,
    eve: SignedIn,
) -> None:
    for name in sorted(LISTINGS):
        path = name.removeprefix("GET ").format(kind="tracks")
        first = await client.get(path, params={"limit": 1}, headers=ada.headers)
        hers = first.json()
        assert len(hers["items"]) == 1, name
        beyond = {"cursor": hers["next_cursor"]}
        whole = (await client.get(path, headers=ada.headers)).json()["items"]
        for params in ({}, beyond):
            answer = await client.get(path, params=params, headers=eve.headers)
            shown = answer.json()
            assert shown["next_cursor"] is None, name
            assert [item for item in shown["items"] if item in whole] == [], name
            # Eve has nothing but the session that she asks with.
            assert len(shown["items"]) <= (name == SESSIONS), name


@attack(21, "somebody-elses-id-beside-ones-own")
@attack(21, "no-id")
@attack(21, "deleting")
async def test_what_names_no_object_reaches_nothing_of_somebody_else(
    client: httpx2.AsyncClient,
    every: list[Operation],
    session: AsyncSession,
    ada: SignedIn,
    of_ada: Objects,
    eve: SignedIn,
) -> None:
    own = (await make_upload(session, eve.id)).id
    begin = next(one for one in every if one.name == "POST /api/v1/music/imports")
    mixed = naming(begin, "uploads", own, of_ada["upload"])
    unknown = naming(begin, "uploads", own, uuid4())
    answer = await send(client, mixed, eve.headers)
    assert answer.status_code == 404
    assert seen(answer) == seen(await send(client, unknown, eve.headers))
    # The latest analysis is the caller's.
    for name in ("status", "result"):
        path = f"/api/v1/music/analysis/{name}"
        assert (await client.get(path, headers=eve.headers)).status_code == 404
    path = "/api/v1/music/listens"
    before = (await client.get(path, headers=ada.headers)).json()
    deleted = await client.delete(path, params={"period": "all"}, headers=eve.headers)
    assert deleted.json() == {"listens": 0, "task": None}
    assert (await client.get(path, headers=ada.headers)).json() == before


@attack(23, "unknown-member")
async def test_a_member_that_is_unknown_is_refused(
    client: httpx2.AsyncClient,
    every: list[Operation],
    ada: SignedIn,
    of_ada: Objects,
    resources: Resources,
) -> None:
    admin = await sign_in(resources, username="admin", role="administrator")
    bob = await sign_in(resources, username="bob")
    for operation in every:
        if operation.media_type not in (JSON, FORM):
            continue
        who = admin if operation.name in ADMINISTRATION else ada
        headers = who.headers | FROM_OWN_PAGE
        assert operation.body["additionalProperties"] is False
        good = dict(operation.samples())
        for place in operation.id_places:
            kind = NAMED.get((operation.name, place.name))
            own = str(of_ada[kind] if kind else bob.id)
            good[place] = [own] if isinstance(good[place], list) else own
        members = {
            place.name: value
            for place, value in good.items()
            if place.where == "body" and (operation.name, place.name) != OTHER_GRANT
        }
        for name in STRANGE:
            body = operation.write(members | {name: 1})
            request = operation.raw(good, body)
            answer = await send(client, request, headers)
            assert answer.status_code == 422, (operation.name, name)
            [fault] = answer.json()["faults"]
            assert fault["where"] == f"body.{name}", (operation.name, name)
        control = operation.raw(good, operation.write(members))
        assert (await send(client, control, headers)).status_code != 422, operation
