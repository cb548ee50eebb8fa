"""Listeners who agreed to a model on loopback, for the tests of its verdicts."""

from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import func, select
from sqlmodel import col

from tests.auth.factories import SignedIn
from tests.conftest import Configure
from tests.music.critic.language_model.briefs import BRIEF
from tests.music.critic.language_model.scripted import ScriptedModel
from tests.music.factories import STORED_PORTRAIT, make_analysis, run_by_hand
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.model_task import KIND, ask_model, begin_asking
from unwrapped.music.analysis.models import ModelDraft
from unwrapped.music.analysis.task import judge_taste
from unwrapped.music.critic.language_model.settings import CriticName, CriticSettings
from unwrapped.tasks.models import BackgroundTask
from unwrapped.tasks.service import TaskService

URL = "/api/v1/music"
MODEL = "gemma"


def use(configure: Configure, model: ScriptedModel) -> None:
    """Set up the model, as the operator does."""
    configure(
        CriticSettings, critic=CriticName.MODEL, model_url=model.url, model_name=MODEL
    )


class Listener:
    """A listener who is signed in."""

    def __init__(
        self, client: httpx2.AsyncClient, resources: Resources, signed: SignedIn
    ) -> None:
        self.client = client
        self.resources = resources
        self.id = signed.id
        self.headers = signed.headers

    async def agree(self, model: ScriptedModel) -> None:
        """Agree to the model."""
        said = {"agreed": True, "host": model.host, "model": MODEL}
        agreed = await self.client.put(
            f"{URL}/model-consent", json=said, headers=self.headers
        )
        assert agreed.status_code == 200, agreed.text

    async def withdraw(self) -> None:
        """Withdraw the consent."""
        await self.client.delete(f"{URL}/model-consent", headers=self.headers)

    async def begin(self, **query: str) -> httpx2.Response:
        """Ask for a verdict."""
        return await self.client.post(
            f"{URL}/analysis/begin", params=query, headers=self.headers
        )

    async def judged(self, **query: str) -> UUID:
        """Run the task of an analysis; return the id of the analysis."""
        begun = await self.begin(**query)
        assert begun.status_code == 202, begun.text
        analysis = UUID(begun.json()["id"])
        await run_by_hand(self.resources, judge_taste, analysis)
        return analysis

    async def drafted(self) -> UUID:
        """Store an analysis of made-up figures, whose verdict a model has to write."""
        async with self.resources.database.session() as session:
            analysis = await make_analysis(session, self.id, portrait=STORED_PORTRAIT)
            await begin_asking(session, TaskService(session), analysis, BRIEF)
            return analysis.id

    async def asking(self) -> BackgroundTask | None:
        """The task that asks the model; None if there is none."""
        async with self.resources.database.session() as session:
            tasks = select(BackgroundTask).where(
                col(BackgroundTask.kind) == KIND, col(BackgroundTask.user_id) == self.id
            )
            return (await session.scalars(tasks)).one_or_none()

    async def ask(self) -> BackgroundTask:
        """Run another attempt of the task that asks the model. Raises what the task raises."""
        task = await self.asking()
        assert task is not None
        await run_by_hand(self.resources, ask_model, task.id)
        return await self.asking() or task

    async def verdict(self, analysis: UUID) -> dict[str, Any]:
        """The verdict, as its owner reads it."""
        found = await self.client.get(
            f"{URL}/analysis/result",
            params={"task": str(analysis)},
            headers=self.headers,
        )
        assert found.status_code in (200, 404), found.text
        verdict: dict[str, Any] = found.json()["verdict"]
        return verdict

    async def share(self, analysis: UUID) -> httpx2.Response:
        """Share a verdict; return the answer."""
        return await self.client.post(
            f"{URL}/shares", json={"analysis": str(analysis)}, headers=self.headers
        )

    async def drafts(self) -> int:
        """The number of verdicts that wait for a model."""
        async with self.resources.database.session() as session:
            count = select(func.count()).select_from(ModelDraft)
            return await session.scalar(count) or 0
