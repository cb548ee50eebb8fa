"""Analyses of listeners who agreed to a model: its input, and when it is not asked."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.auth.factories import sign_in
from tests.conftest import Configure, MakeClient
from tests.exports import Row, api_row, track
from tests.music.analysis.modelling import Listener, use
from tests.music.critic.language_model.scripted import (
    ScriptedModel,
    obliges,
    part,
    scripted_model,
)
from tests.music.factories import import_all, store
from unwrapped.core.process_resources import Resources
from unwrapped.music.critic.language_model.settings import CriticName, CriticSettings
from unwrapped.tasks.service import TaskService

NAMES = ("Odran Vell", "Kit Pavane", "Harbour Youth", "The Lantern Hymn", "Ulla")

ROWS: list[Row] = [
    track(
        NAMES[n % 5 if n % 3 else 0],
        f"Song {n % 31}",
        f"uri:{n % 5 if n % 3 else 0}:{n % 31}",
        ts=f"{2023 + n % 2}-05-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}:00Z",
        ms_played=200_000,
    )
    for n in range(200)
]


@pytest.fixture
async def model() -> AsyncIterator[ScriptedModel]:
    async with scripted_model(obliges()) as one:
        yield one


@pytest.fixture
async def ada(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
    model: ScriptedModel,
) -> Listener:
    """A listener with a listen, in the transaction that is rolled back."""
    use(configure, model)
    signed = await sign_in(resources)
    async with resources.database.session() as session:
        await store(session, signed.id, [ROWS[:1]])
    return Listener(client, resources, signed)


@pytest.fixture
async def cy(
    common_resources: Resources,
    make_client: MakeClient,
    configure: Configure,
    model: ScriptedModel,
) -> Listener:
    """A listener who agreed, on a database of their own, so that listens can be read."""
    use(configure, model)
    client = make_client(common_resources)
    listener = Listener(client, common_resources, await sign_in(common_resources))
    await listener.agree(model)
    return listener


async def imported(listener: Listener, *files: list[Row]) -> None:
    await import_all(listener.resources.database, listener.id, [list(files)])


async def test_the_model_is_not_asked_without_consent(
    ada: Listener, model: ScriptedModel
) -> None:
    refused = await ada.begin(critic="model")
    assert (refused.status_code, refused.json()["code"]) == (
        409,
        "model_consent_needed",
    )
    begun = (await ada.begin()).json()
    house = (await ada.begin(critic="house")).json()
    assert begun["id"] == house["id"]
    await ada.agree(model)
    assert (await ada.begin()).json()["id"] != house["id"]
    assert (await ada.begin(critic="house")).json()["id"] == house["id"]


async def test_a_server_without_a_model_refuses_requests_for_one(
    ada: Listener, configure: Configure
) -> None:
    configure(CriticSettings, critic=CriticName.HOUSE)
    refused = await ada.begin(critic="model")
    assert (refused.status_code, refused.json()["code"]) == (
        404,
        "model_not_configured",
    )


async def test_verdicts_of_the_model_are_limited_per_day(
    ada: Listener, model: ScriptedModel, configure: Configure
) -> None:
    configure(CriticSettings, model_verdicts_per_user=1)
    await ada.agree(model)
    assert (await ada.begin()).status_code == 202
    refused = await ada.begin(period="2024")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert (await ada.begin(period="2024", critic="house")).status_code == 202


async def test_the_model_is_asked_by_a_task_of_its_own(
    cy: Listener, model: ScriptedModel
) -> None:
    await imported(cy, ROWS)
    analysis = await cy.judged()
    # Until then, the analysis has the verdict of the house.
    house = await cy.verdict(analysis)
    assert (house["critic"], house["replaced"], model.asked) == ("house", [], [])
    async with cy.resources.database.session() as session:
        result = await TaskService(session).get_result(cy.id, analysis)
    asking = await cy.asking()
    assert asking is not None
    assert result["model_task"] == str(asking.id)
    model.script(obliges(part("Elvis is a thief.", "f1")))
    await cy.ask()
    verdict = await cy.verdict(analysis)
    assert (verdict["critic"], verdict["title"]) == ("model", "Written for Odran Vell")
    assert len(verdict["beats"]) == 4
    assert "Elvis" not in json.dumps(verdict)
    assert verdict["replaced"] == [
        "The house wrote beat 4: the text of the model uses a name that is not in its"
        " evidence, or was not sent."
    ]


async def test_names_and_figures_of_forbidden_logs_are_not_sent(
    cy: Listener, model: ScriptedModel
) -> None:
    """The profile for the model is built without them; that of the house has them."""
    answer = [
        api_row(
            f"Forbidden {n % 3}", f"Secret {n}", f"uri:secret{n}",
            played_at=f"2024-06-{1 + n % 28:02}T{n % 24:02}:30:00Z",
        )
        for n in range(120)
    ]  # fmt: skip
    await imported(cy, ROWS, answer)
    analysis = await cy.judged()
    house = await cy.verdict(analysis)
    assert "Forbidden" in json.dumps(house)
    await cy.ask()
    sent = json.dumps(model.asked[0].body, ensure_ascii=False)
    assert "Forbidden" not in sent
    assert "Secret" not in sent
    assert '[\\"f1\\",\\"plays\\",\\"200 plays\\"]' in sent
    verdict = await cy.verdict(analysis)
    assert verdict["critic"] == "model"
    assert "Forbidden" not in json.dumps(verdict)
    assert "leaves out 120 plays" in verdict["unsaid"][-1]


async def test_no_model_is_asked_without_data_to_send(
    cy: Listener, model: ScriptedModel
) -> None:
    synced = [
        api_row("Synced", played_at=f"2024-06-{1 + n:02}T10:00:00Z") for n in range(20)
    ]
    await imported(cy, synced)
    (reason,) = (await cy.verdict(await cy.judged()))["replaced"]
    assert (
        reason
        == "Every play of the period comes from a source that must not be sent to a model."
    )
    await imported(cy, ROWS[:20])
    (reason,) = (await cy.verdict(await cy.judged()))["replaced"]
    assert "too few" in reason
    assert await cy.asking() is None
    assert model.asked == []
