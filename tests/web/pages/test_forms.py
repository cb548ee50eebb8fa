"""Forms: an error is shown beside its field, and a refused form changes nothing."""

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import PASSWORD
from tests.exports import extended_row
from tests.music.factories import make_task, make_upload, store
from tests.web.parsed import Element, parse
from unwrapped.auth.models import User
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.tasks.models import BackgroundTask, TaskStatus

HOSTILE_VALUES = (
    *("\x00", "a\u202eb", "x" * 5_000, "{{7*7}}", "<script>alert(1)</script>"),
)


def faults(page: Element) -> list[str]:
    """The errors beside the fields."""
    return [one.text for one in page.all("p") if one.attributes.get("class") == "fault"]


def alert(page: Element) -> str:
    """The error of the whole form."""
    return page.one("div", role="alert").text


async def test_what_was_filled_in_is_shown_again_except_passwords(
    visitor: httpx2.AsyncClient,
) -> None:
    sent = {"username": "a d", "password": "short", "time_zone": "Europe/Berln"}
    answer = await visitor.post("/welcome", data=sent)
    assert answer.status_code == 422
    page = parse(answer.text)
    assert len(faults(page)) == 3
    assert "Did you mean Europe/Berlin" in " ".join(faults(page))
    assert page.one("input", name="username").attributes["value"] == "a d"
    password = page.one("input", name="password")
    assert "value" not in password.attributes
    assert password.attributes["aria-invalid"] == "true"
    assert "short" not in answer.text


@pytest.mark.usefixtures("ada")
async def test_fields_that_are_missing_are_named(visitor: httpx2.AsyncClient) -> None:
    answer = await visitor.post("/sign-in")
    assert answer.status_code == 422
    assert faults(parse(answer.text)) == ["Fill this in.", "Fill this in."]


def notice(page: Element) -> str:
    """The text with which a page confirms what was done."""
    said = [one.text for one in page.all("p") if one.attributes.get("class") == "done"]
    return " ".join(said)


async def test_the_next_page_confirms_what_was_done(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    upload = await make_upload(session, ada)
    for path, form, words in (
        ("/settings", {"display_name": "Ada", "time_zone": "UTC"}, "Saved."),
        ("/settings/access/sessions/others/end", {}, "All other browsers"),
        (f"/import/uploads/{upload.id}/delete", {}, "The file is deleted."),
    ):
        answer = await browser.post(path, data=form)
        assert answer.status_code == 303, path
        follows = await browser.get(answer.headers["Location"])
        assert notice(parse(follows.text)).startswith(words)


async def test_an_address_cannot_put_its_own_text_on_a_page(
    browser: httpx2.AsyncClient,
) -> None:
    for asked in ("Your+account+is+gone", "<b>", ""):
        page = await browser.get(f"/settings?done={asked}")
        assert page.status_code == 200
        assert not notice(parse(page.text))


@attack(29, "forms")
async def test_a_hostile_value_is_shown_as_it_is_or_refused(
    browser: httpx2.AsyncClient,
) -> None:
    for value in HOSTILE_VALUES:
        form = {"display_name": value, "time_zone": "UTC"}
        answer = await browser.post("/settings", data=form)
        assert answer.status_code in (303, 422), value
        shown = await browser.get("/settings")
        for page in (answer, shown):
            assert "<script>alert" not in page.text
            assert "49" not in parse(page.text).text if page.text else True


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\nx\r\n--x--", "multipart/form-data; boundary=x"),
        (b"&".join(b"a%d=1" % number for number in range(200)), "application/x-www-form-urlencoded"),
    ],
    ids=["file", "many fields"],
)  # fmt: skip
async def test_forms_with_files_or_thousands_of_fields_are_refused(
    browser: httpx2.AsyncClient, content: bytes, kind: str
) -> None:
    answer = await browser.post(
        "/settings", content=content, headers={"Content-Type": kind}
    )
    assert answer.status_code in (400, 422)


async def test_a_refused_form_changes_nothing(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    """The work of a refused form is rolled back, though the same request shows the screen."""
    for _ in range(20):
        await make_task(session, ada, key=uuid4().hex)
    await make_upload(session, ada)
    answer = await browser.post("/import")
    assert answer.status_code == 429
    assert "20 of your tasks" in alert(parse(answer.text))
    tasks = await session.scalar(select(func.count()).select_from(BackgroundTask))
    waiting = await session.scalar(
        select(func.count())
        .select_from(UploadedFile)
        .where(col(UploadedFile.task_id).is_(None))
    )
    assert (tasks, waiting) == (20, 1)


async def test_a_wrong_password_is_explained_and_later_how_long_to_wait(
    visitor: httpx2.AsyncClient, ada: int
) -> None:
    wrong = {"username": "ada", "password": "wrong"}
    for _ in range(10):
        answer = await visitor.post("/sign-in", data=wrong)
        said = alert(parse(answer.text))
        assert (answer.status_code, said) == (401, "User name or password is wrong.")
    limited = await visitor.post("/sign-in", data=wrong)
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    assert "set-cookie" not in limited.headers


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"current_password": "wrong"}, "current_password", "your current password"),
        ({"current_password": PASSWORD}, "new_password", "more than the user name"),
    ],
)
async def test_the_field_that_an_error_is_about_is_marked(
    browser: httpx2.AsyncClient, given: dict[str, str], field: str, said: str
) -> None:
    form = given | {"new_password": "ada-ada-ada-1"}
    refused = await browser.post("/settings/access/password", data=form)
    page = parse(refused.text)
    assert said in alert(page)
    marked = [one for one in page.all("input") if "aria-invalid" in one.attributes]
    assert [one.attributes["name"] for one in marked] == [field]
    assert "trouble" in (marked[0].attributes["aria-describedby"] or "").split()


async def test_an_invalid_period_is_explained(browser: httpx2.AsyncClient) -> None:
    for form, said in (
        ({"span": "year", "year": ""}, "Which year?"),
        ({"span": "days", "first": "2024-01-01"}, "first and the last day"),
        (
            {"span": "days", "first": "2024-02-01", "last": "2024-01-01"},
            "the wrong way round",
        ),
        (
            {"span": "all", "year": "2024", "first": "2024-01-01"},
            "a year and two days at once",
        ),
        ({"span": "days", "year": "2024"}, "a year and two days at once"),
        ({"span": "all", "last": "2024-01-01"}, "first and the last day"),
        ({"span": "all"}, "no listens yet"),
    ):
        answer = await browser.post("/portraits", data=form)
        assert answer.status_code in (400, 409), form
        assert said in alert(parse(answer.text))


async def test_a_period_is_judged_in_the_zone_of_the_account(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    await store(session, ada, [[extended_row()]])
    user = await session.get(User, ada)
    assert user is not None
    user.time_zone = "Asia/Tokyo"
    await session.flush()
    answer = await browser.post("/portraits", data={"span": "year", "year": "2023"})
    assert answer.status_code == 303
    task = await session.scalar(select(BackgroundTask))
    assert task is not None
    assert task.params == {"period": "2023", "zone": "Asia/Tokyo", "critic": "house"}
    assert answer.headers["Location"] == f"/portraits/{task.id}"
    shown = parse((await browser.get(answer.headers["Location"])).text)
    assert shown.one("p", **{"class": "stage"}).text == "Starting …"


async def test_a_field_that_is_filled_in_decides_over_everything(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    await store(session, ada, [[extended_row()]])
    page = parse((await browser.get("/portraits")).text)
    assert page.one("input", name="year").attributes["value"] == ""
    for form, period in (
        ({"year": "2023"}, "2023"),
        ({"first": "2023-01-02", "last": "2023-03-04"}, "2023-01-02..2023-03-04"),
        ({"year": "", "first": "", "last": ""}, "all"),
    ):
        answer = await browser.post("/portraits", data={"span": "all"} | form)
        assert answer.status_code == 303
        began = UUID(answer.headers["Location"].rpartition("/")[2])
        assert (await session.get_one(BackgroundTask, began)).params["period"] == period


async def test_a_failed_task_shows_the_reason_and_can_be_retried(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    failed = await make_task(
        session,
        ada,
        kind="music.import",
        status=TaskStatus.FAILED,
        retryable=True,
        error_message="The disk was away.",
        completed_at=func.now(),
    )
    for path in (f"/import/{failed.id}", "/import"):
        assert "The disk was away." in (await browser.get(path)).text
    answer = await browser.post(f"/tasks/{failed.id}/retry")
    assert answer.headers["Location"] == f"/import/{failed.id}"
    cancelled = await browser.post(f"/tasks/{failed.id}/cancel")
    assert cancelled.status_code == 303
    assert (
        "was cancelled, and nothing was changed"
        in (await browser.get(f"/import/{failed.id}")).text
    )
