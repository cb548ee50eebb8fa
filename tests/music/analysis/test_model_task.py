"""Whatever a model and its server do, an analysis has a verdict that names its
author.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.conftest import Configure
from tests.music.analysis.modelling import Listener, use
from tests.music.critic.language_model.briefs import GOOD, TITLE
from tests.music.critic.language_model.scripted import (
    Reply,
    ScriptedModel,
    broken_off,
    http,
    says,
    scripted_model,
)
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.model_task import RETRY, ask_model, sweep_drafts
from unwrapped.music.critic.language_model.settings import CriticSettings
from unwrapped.tasks.service import TaskService


@pytest.fixture
async def model() -> AsyncIterator[ScriptedModel]:
    async with scripted_model(says(GOOD)) as one:
        yield one


@pytest.fixture
async def ada(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
    model: ScriptedModel,
) -> Listener:
    use(configure, model)
    return Listener(client, resources, await sign_in(resources))


async def test_the_verdict_of_the_model_replaces_that_of_the_house(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    # It was stored in the form of an earlier version.
    assert "critic" not in await ada.verdict(analysis)
    task = await ada.ask()
    result = {"title": TITLE["text"], "critic": "model"}
    assert (task.status, task.result_data) == ("completed", result)
    verdict = await ada.verdict(analysis)
    assert (verdict["critic"], verdict["model"], verdict["replaced"]) == (
        "model",
        "gemma",
        [],
    )
    assert verdict["title"] == TITLE["text"]
    assert await ada.drafts() == 0


@pytest.mark.parametrize("when", ["before", "between"])
async def test_withdrawing_the_consent_takes_effect_at_once(
    ada: Listener, model: ScriptedModel, when: str
) -> None:
    """This includes a verdict under way, between the two requests to the model."""
    await ada.agree(model)
    analysis = await ada.drafted()
    if when == "before":
        await ada.withdraw()
    else:
        wrong = says("no JSON")

        async def withdraws(writer: Any, asked: Any) -> None:
            await ada.withdraw()
            await wrong(writer, asked)

        model.script(withdraws)
    task = await ada.ask()
    assert task.status == "completed"
    assert len(model.asked) == (when == "between")
    verdict = await ada.verdict(analysis)
    assert verdict["critic"] == "house"
    (reason,) = verdict["replaced"]
    assert "only if you agree" in reason


async def test_another_model_than_the_one_agreed_to_is_not_asked(
    ada: Listener, model: ScriptedModel, configure: Configure
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    configure(CriticSettings, model_name="other")
    await ada.ask()
    assert model.asked == []
    assert (await ada.verdict(analysis))["critic"] == "house"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (http(401, b""), "refuses to answer (401)"),
        (http(302, b"", Location="http://127.0.0.1:1/"), "redirects elsewhere"),
        (http(200, b"x" * 10_000_000), "is too long"),
        (http(200, b"<html>"), "other than JSON"),
        (says("Certainly! Here is"), "is not a JSON object, or was cut off"),
        (http(429, b"", Retry_After="86400"), "receives too many requests"),
    ],
    ids=["rude", "redirect", "verbose", "html", "chatty", "come-back-tomorrow"],
)
async def test_an_unusable_server_leaves_the_verdict_of_the_house_with_the_reason(
    ada: Listener, model: ScriptedModel, reply: Reply, reason: str
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    before = await ada.verdict(analysis)
    model.script(reply)
    task = await ada.ask()
    assert (task.status, task.attempt) == ("completed", 1)
    verdict = await ada.verdict(analysis)
    assert reason in verdict.pop("replaced")[0]
    assert verdict == verdict | {
        name: before[name] for name in before if name != "replaced"
    }
    assert await ada.drafts() == 0


@pytest.mark.parametrize(
    "reply", [http(503, b""), broken_off(), http(429, b"", Retry_After="5")],
    ids=["failing", "breaking-off", "overloaded"],
)  # fmt: skip
async def test_temporary_errors_are_retried_and_then_the_verdict_of_the_house_stays(
    ada: Listener, model: ScriptedModel, reply: Reply
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    model.script(reply)
    for attempt in range(1, RETRY.attempts):
        with pytest.raises(ExternalAPIError):
            await ada.ask()
        waiting = await ada.asking()
        assert waiting is not None
        assert (waiting.attempt, await ada.drafts()) == (attempt, 1)
    task = await ada.ask()
    assert (task.status, task.attempt) == ("completed", RETRY.attempts)
    assert len(model.asked) == RETRY.attempts
    (reason,) = (await ada.verdict(analysis))["replaced"]
    assert reason.startswith(
        f"The house wrote this verdict. The model's server ({model.host})"
    )


async def test_a_server_that_recovers_in_time_writes_the_verdict(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    model.script(http(503, b""), says(GOOD))
    with pytest.raises(ExternalAPIError):
        await ada.ask()
    await ada.ask()
    assert (await ada.verdict(analysis))["critic"] == "model"


async def test_canceling_the_request_leaves_the_verdict_of_the_house(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    task = await ada.asking()
    assert task is not None
    async with ada.resources.database.session() as session:
        await TaskService(session).cancel_task(ada.id, task.id)
    assert ask_model.ended is not None
    await ask_model.ended(ada.resources, task.id)
    verdict = await ada.verdict(analysis)
    assert "ended before its answer" in verdict["replaced"][0]
    assert await ada.drafts() == 0


async def test_a_draft_without_a_task_is_settled(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    assert await sweep_drafts(ada.resources) == 0
    async with ada.resources.database.session() as session:
        await session.execute(text("DELETE FROM background_task"))
    assert await sweep_drafts(ada.resources) == 1
    assert "ended before" in (await ada.verdict(analysis))["replaced"][0]


async def test_a_verdict_of_a_model_can_be_shared_only_after_it_was_read(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    await ada.verdict(analysis)  # the verdict of the house, which is another one
    await ada.ask()
    refused = await ada.share(analysis)
    assert (refused.status_code, refused.json()["code"]) == (409, "verdict_not_seen")
    verdict = await ada.verdict(analysis)
    made = await ada.share(analysis)
    assert (made.status_code, made.json()["title"]) == (201, verdict["title"])


async def test_a_verdict_that_was_shared_stays_as_it_was(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    assert (await ada.share(analysis)).status_code == 201
    task = await ada.ask()
    assert task.status == "completed"
    assert model.asked == []
    assert "critic" not in await ada.verdict(analysis)


async def test_a_verdict_that_is_shared_while_the_model_answers(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    analysis = await ada.drafted()
    oblige = says(GOOD)

    async def late(writer: Any, asked: Any) -> None:
        assert (await ada.share(analysis)).status_code == 201
        await oblige(writer, asked)

    model.script(late)
    await ada.ask()
    assert "critic" not in await ada.verdict(analysis)


async def test_deleting_the_account_deletes_drafts_and_consent(
    ada: Listener, model: ScriptedModel
) -> None:
    await ada.agree(model)
    await ada.drafted()
    async with ada.resources.database.session() as session:
        await session.execute(text('DELETE FROM "user"'))
        for table in ("model_consent", "model_draft", "analysis"):
            assert not await session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - the test's names
