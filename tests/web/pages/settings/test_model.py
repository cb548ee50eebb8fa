"""The screens of the model: agreeing to it, asking it, waiting for it, reading its verdict."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col

from tests.conftest import Configure
from tests.exports import track
from tests.music.analysis.modelling import use
from tests.music.critic.language_model.briefs import BEATS, BRIEF, GOOD, LINE, TITLE
from tests.music.critic.language_model.scripted import (
    ScriptedModel,
    answer,
    part,
    says,
    scripted_model,
)
from tests.music.factories import (
    STORED_PORTRAIT,
    make_analysis,
    run_by_hand,
    store,
)
from tests.web.parsed import parse
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.model_task import KIND, ask_model, begin_asking
from unwrapped.tasks.models import BackgroundTask, TaskStatus
from unwrapped.tasks.service import TaskService

MODEL = "/settings/model"


@pytest.fixture
async def model(configure: Configure) -> AsyncIterator[ScriptedModel]:
    """The model that the operator has set up."""
    async with scripted_model(says(GOOD)) as one:
        use(configure, one)
        yield one


async def agree(browser: httpx2.AsyncClient, model: ScriptedModel) -> None:
    said = {"agreed": "on", "host": model.host, "model": "gemma"}
    agreed = await browser.post(MODEL, data=said)
    assert (agreed.status_code, agreed.headers["Location"]) == (303, MODEL)


async def drafted(resources: Resources, user_id: int) -> tuple[UUID, UUID]:
    """An analysis, and the task that asks the model for its verdict."""
    async with resources.database.session() as session:
        analysis = await make_analysis(session, user_id, portrait=STORED_PORTRAIT)
        asking = TaskService(session)
        return analysis.id, await begin_asking(session, asking, analysis, BRIEF)


async def test_without_a_model_the_house_writes(browser: httpx2.AsyncClient) -> None:
    page = parse((await browser.get(MODEL)).text)
    assert "The house does" in page.text
    assert not [
        one for one in page.all("input") if one.attributes.get("name") == "agreed"
    ]
    assert not list(parse((await browser.get("/portraits")).text).all("select"))


async def test_agreeing_asking_and_withdrawing(
    browser: httpx2.AsyncClient, resources: Resources, ada: int, model: ScriptedModel
) -> None:
    async with resources.database.session() as session:
        await store(session, ada, [[track("Ann", "Song", "uri:1")]])
    offered = parse((await browser.get("/portraits")).text)
    assert "A model can write it" in offered.text
    terms = parse((await browser.get(MODEL)).text)
    for words in (model.host, "gemma", "What leaves this machine"):
        assert words in terms.text
    refused = await browser.post(MODEL, data={"host": model.host, "model": "gemma"})
    assert refused.status_code == 422
    await agree(browser, model)
    assert "You agreed" in parse((await browser.get(MODEL)).text).text
    choice = parse((await browser.get("/portraits")).text).one("select", name="critic")
    assert [one.attributes["value"] for one in choice.all("option")] == [
        "model",
        "house",
    ]
    begun = await browser.post("/portraits", data={"critic": "model", "span": "all"})
    assert begun.status_code == 303
    ended = await browser.post(f"{MODEL}/end")
    assert ended.status_code == 303
    needs = await browser.post("/portraits", data={"critic": "model", "span": "all"})
    assert needs.status_code == 409
    assert "only if you agree" in parse(needs.text).text


async def test_agreeing_to_a_model_that_was_removed(
    browser: httpx2.AsyncClient, model: ScriptedModel
) -> None:
    said = {"agreed": "on", "host": "elsewhere.example", "model": "gemma"}
    refused = await browser.post(MODEL, data=said)
    assert refused.status_code == 409
    assert "another model" in parse(refused.text).text


async def test_waiting_and_reading(
    browser: httpx2.AsyncClient, resources: Resources, ada: int, model: ScriptedModel
) -> None:
    await agree(browser, model)
    analysis, task = await drafted(resources, ada)
    waiting = parse((await browser.get(f"/portraits/{analysis}")).text)
    assert "you see the verdict of the house" in waiting.text
    place = waiting.one("section", **{"data-task": str(task)})
    place.one("form", action=f"/tasks/{task}/cancel")
    # Everything in the text is shown as text.
    model.script(says(answer(TITLE, LINE, [*BEATS, part("Elvis.")])))
    await run_by_hand(resources, ask_model, task)
    # Home shows only the title and the line, which does not count as reading the verdict.
    assert str(TITLE["text"]) in parse((await browser.get("/")).text).text
    shared = await browser.post(f"/portraits/{analysis}/share", data={})
    assert (shared.status_code, "Read it before" in shared.text) == (409, True)
    read = parse((await browser.get(f"/portraits/{analysis}")).text)
    assert not any("data-task" in one.attributes for one in read.all("section"))
    for words in (
        *(str(TITLE["text"]), str(LINE["text"]), "Nobody asked."),
        "Written by a model, gemma, and checked against the figures.",
        "The house wrote beat 5: the text of the model uses a name",
    ):
        assert words in read.text
    assert "Elvis" not in read.text
    shared = await browser.post(f"/portraits/{analysis}/share", data={})
    assert shared.status_code == 200
    assert "written by a model" in parse((await browser.get("/portraits")).text).text


async def test_a_failed_request_to_the_model_can_be_retried(
    browser: httpx2.AsyncClient, resources: Resources, ada: int, model: ScriptedModel
) -> None:
    """A task fails only for other reasons, such as a lost database, never for the model's."""
    analysis, task = await drafted(resources, ada)
    values = {
        "status": TaskStatus.FAILED,
        "retryable": True,
        "error_message": "It went.",
    }
    async with resources.database.session() as session:
        this = update(BackgroundTask).where(col(BackgroundTask.kind) == KIND)
        await session.execute(this.values(values))
    page = parse((await browser.get(f"/portraits/{analysis}")).text)
    assert "The model was not asked: It went." in page.text
    page.one("form", action=f"/tasks/{task}/retry")
