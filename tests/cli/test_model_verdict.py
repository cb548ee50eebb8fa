"""`unwrapped analyze --critic model` with a model on loopback."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.running import EXAMPLE, Outcome, analyze
from tests.exports import varied_rows, write_json
from tests.music.critic.language_model.scripted import (
    ScriptedModel,
    obliges,
    scripted_model,
)
from unwrapped.cli.main import cli


async def judged(folder: Path, model: ScriptedModel, *args: str) -> Outcome:
    """Run the command while the model answers; return its outcome."""
    export = write_json(folder / "a.json", varied_rows())
    said = ["--critic", "model", "--yes", *args]
    env = {"MODEL_URL": model.url, "MODEL_NAME": "gemma"}
    return await asyncio.to_thread(lambda: analyze(export, *said, **env))


async def test_the_model_writes_the_verdict(tmp_path: Path) -> None:
    async with scripted_model(obliges()) as model:
        outcome = await judged(tmp_path, model)
    assert (outcome.code, outcome.err) == (0, "")
    assert "Written by a model, gemma." in outcome.out
    assert "Written for " in outcome.out
    (asked,) = model.asked
    assert asked.path == "/v1/chat/completions"
    assert "authorization" not in asked.headers


async def test_the_house_writes_if_the_models_server_is_down(tmp_path: Path) -> None:
    async with scripted_model(obliges()) as model:
        pass
    outcome = await judged(tmp_path, model, "--json")
    assert outcome.code == 0
    verdict = json.loads(outcome.out)["verdict"]
    assert (verdict["critic"], verdict["model"]) == ("house", None)
    (reason,) = verdict["replaced"]
    assert outcome.err == f"unwrapped: {reason}\n"
    assert f"({model.host}) cannot be reached" in reason


@pytest.mark.parametrize(
    ("env", "args", "words"),
    [
        ({}, ["--yes"], "MODEL_URL and MODEL_NAME"),
        ({"MODEL_URL": "http://nas/v1", "MODEL_NAME": "m"}, ["--yes"], "MODEL_ALLOW_HTTP"),
        ({"MODEL_URL": "https://m.example/v1", "MODEL_NAME": "m"}, [], "add --yes"),
    ],
)  # fmt: skip
def test_nothing_is_sent_without_an_address_and_consent(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], args: list[str], words: str
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    refused = CliRunner().invoke(
        cli, ["analyze", str(EXAMPLE), "--critic", "model", *args]
    )
    assert refused.exit_code != 0
    said = refused.output + str(refused.exception)
    assert words in said
