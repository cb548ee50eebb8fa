"""The service says what the command line says, member by member."""

import asyncio
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from examples.make_export import KINDS, Form, make_listens, write_export
from tests.auth.factories import sign_in
from tests.music.factories import analysed, imported
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.analysis.portrait import paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.building import History, build_history
from unwrapped.music.history.period import Period
from unwrapped.music.sources.upload_reading import read_upload

NAME = "my_spotify_data.zip"
ZONE = "Europe/Berlin"

type Json = dict[str, Any]


def _export(folder: Path, kind: str, form: Form, rows: int = 1_000) -> Path:
    path = folder / NAME
    seed = KINDS.index(kind)
    write_export(path, make_listens(kind, seed=seed, rows=rows), form)
    return path


def _from_the_file(path: Path) -> History:
    return build_history(read_upload([path]))


def _painted(history: History, period: str = "all", zone: str = ZONE) -> Json:
    portrait = paint_portrait(
        history, Period.parse(period), ZoneInfo(zone), HouseCritic()
    )
    painted: Json = json.loads(msgspec.json.encode(portrait))
    return painted


async def _served(
    resources: Resources, user_id: int, period: str = "all", zone: str = ZONE
) -> Json:
    task_id = await analysed(resources, user_id, period, zone)
    async with resources.database.session() as session:
        served: Json = json.loads((await session.get_one(Analysis, task_id)).portrait)
    return served


def _assert_same(served: object, painted: object, where: str = "portrait") -> None:
    """Compared member by member, so that a difference names its place."""
    assert type(served) is type(painted), where
    if isinstance(served, dict) and isinstance(painted, dict):
        assert list(served) == list(painted), where
        for name in served:
            _assert_same(served[name], painted[name], f"{where}.{name}")
    elif isinstance(served, list) and isinstance(painted, list):
        assert len(served) == len(painted), where
        for place, (mine, its) in enumerate(zip(served, painted, strict=True)):
            _assert_same(mine, its, f"{where}[{place}]")
    else:
        assert served == painted, where


@pytest.mark.parametrize(
    ("kind", "form", "period", "zone"),
    [
        ("sleeper", "both", "2023-02-28..2024-10-27", "Asia/Kathmandu"),
        ("omnivore", "extended", "2025-03", "America/St_Johns"),
        ("obsessive", "account", "all", ZONE),
    ],
)
async def test_a_made_up_listener_gets_one_verdict(
    common_resources: Resources,
    tmp_path: Path,
    kind: str,
    form: Form,
    period: str,
    zone: str,
) -> None:
    path = _export(tmp_path, kind, form)
    user = (await sign_in(common_resources)).id
    await imported(common_resources, user, {NAME: path.read_bytes()})
    history = await asyncio.to_thread(_from_the_file, path)
    served = await _served(common_resources, user, period, zone)
    _assert_same(served, _painted(history, period, zone))


async def test_several_imports_end_in_the_same_verdict(
    common_resources: Resources, tmp_path: Path
) -> None:
    """The portraits are equal except for the books, which count what was read."""
    (tmp_path / "account").mkdir()
    both = _export(tmp_path, KINDS[1], "both")
    account = _export(tmp_path / "account", KINDS[1], "account")
    user = (await sign_in(common_resources)).id
    for path in (account, both, both):
        await imported(common_resources, user, {NAME: path.read_bytes()})
    served = await _served(common_resources, user)
    painted = _painted(await asyncio.to_thread(_from_the_file, both))
    mine, its = served.pop("books"), painted.pop("books")
    _assert_same(served, painted)
    for name in ("stored", "shadowed"):
        assert mine["total"][name] == its["total"][name] > 0
