"""Imports and corrections in any order end in the same figures, and nothing is left of
those that were taken back."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.auth.factories import sign_in
from tests.exports import Row, track
from tests.music.factories import oracle, store
from unwrapped.core.process_resources import Resources
from unwrapped.music.corrections.correction import Action, Scope
from unwrapped.music.corrections.schemas import CorrectionCreate
from unwrapped.music.corrections.service import CorrectionService
from unwrapped.music.read_model.columns import columns_of
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.cache import StatisticsCache
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Kind, Step
from unwrapped.music.statistics.service import StatisticsService, open_statistics
from unwrapped.shared.zones import parse_zone

BEGIN = datetime(2024, 3, 29, 20, tzinfo=UTC)
ASKED = Asked.parse("all", parse_zone("UTC"), BEGIN + timedelta(days=90))

# A recording that was spelled otherwise over the years, and others that share its names.
SPELLINGS = [
    ("uri:1", "Ann", "Intro", "Night"),
    ("uri:1", "Ann", "Intro", "Day"),
    ("uri:1", "Ann & Bob", "Intro", "Night"),
    ("uri:2", "Ann", "Intro", "Day"),
    ("uri:2", "Bob", "Intro", "Day"),
    ("uri:3", "Cid", "Tide", "Day"),
    ("uri:4", "Ann & Bob", "Tide", "Day"),
]

CORRECTIONS = [
    CorrectionCreate(
        action=Action.SPLIT,
        scope=Scope.ARTIST,
        artist="Ann & Bob",
        targets=["Ann", "Bob"],
    ),
    CorrectionCreate(
        action=Action.COUNT_AS, scope=Scope.ARTIST, artist="Bob", targets=["Robert"]
    ),
    CorrectionCreate(
        action=Action.COUNT_AS,
        scope=Scope.TRACK,
        artist="Ann",
        title="Intro",
        album="Night",
        targets=["Ann", "Intro (Night)"],
    ),
    CorrectionCreate(
        action=Action.COUNT_AS,
        scope=Scope.ALBUM,
        artist="Cid",
        album="Day",
        targets=["Dusk"],
    ),
    CorrectionCreate(
        action=Action.EXCLUDE, scope=Scope.TRACK, artist="Cid", title="Tide"
    ),
    CorrectionCreate.model_validate(
        {
            "action": "exclude",
            "scope": "window",
            "weekdays": [6],
            "begins": "22:00",
            "ends": "04:00",
        }
    ),
]


class Listener:
    """A listener who imports and corrects, and asks for figures in between."""

    def __init__(self, resources: Resources, user_id: int) -> None:
        self._resources = resources
        self._user_id = user_id
        self.made: dict[int, Any] = {}

    async def do(self, step: tuple[str, Any]) -> None:
        what, of = step
        async with self._resources.database.session() as session:
            corrections = CorrectionService(session, self._resources)
            if what == "import":
                await store(session, self._user_id, [of])
            elif what == "correct":
                new = CORRECTIONS[of].correction()
                self.made[of] = (await corrections.create(self._user_id, new)).id
            else:
                await corrections.delete(self._user_id, self.made.pop(of))

    async def figures(self, *, afresh: bool = False) -> Any:
        """All figures, from memory or from a new process."""
        async with self._resources.database.session() as session:
            asking = await open_statistics(session, self._resources, self._user_id)
            if afresh:
                asking._cache = StatisticsCache(self._resources)
            return await figures(asking)


async def figures(of: StatisticsService) -> Any:
    return [
        await of.summary(ASKED),
        await of.series(ASKED, Step.DAY),
        *[(await of.top(ASKED, Ranking(kind), 100)).items for kind in Kind],
    ]


def figures_of(of: Questions) -> Any:
    return [
        of.summary(ASKED),
        of.series(ASKED, Step.DAY),
        *[of.top(ASKED, Ranking(kind), 100) for kind in Kind],
    ]


def drawn_rows(rng: random.Random) -> list[Row]:
    """Plays at different times, so that spellings come and go."""
    rows = []
    for hour in rng.sample(range(240), 24):
        uri, artist, title, album = rng.choice(SPELLINGS)
        at = BEGIN + timedelta(hours=hour)
        rows.append(
            track(
                artist,
                title,
                uri,
                ts=f"{at:%Y-%m-%dT%H:%M:%SZ}",
                ms_played=90_000,
                master_metadata_album_album_name=album,
            )
        )
    return rows


def drawn_steps(
    rng: random.Random, imports: Sequence[list[Row]], kept: Sequence[int]
) -> list[tuple[str, Any]]:
    """Imports in any order, with corrections that stay and others that are taken back."""
    steps: list[tuple[str, Any]] = [("import", part) for part in imports]
    steps += [("correct", number) for number in kept]
    rng.shuffle(steps)
    for number in set(range(len(CORRECTIONS))) - set(kept):
        first, last = sorted(rng.choices(range(len(steps) + 1), k=2))
        steps.insert(last, ("take back", number))
        steps.insert(first, ("correct", number))
    return steps


async def test_the_figures_do_not_depend_on_the_order(
    common_resources: Resources,
) -> None:
    rng = random.Random(0)  # noqa: S311 - a history, no secret
    rows = drawn_rows(rng)
    imports = [rng.sample(rows, 10) for _ in range(3)]
    stored = [row for row in rows if any(row in part for part in imports)]
    kept = rng.sample(range(len(CORRECTIONS)), 3)

    async def listener(steps: Sequence[tuple[str, Any]], *, asks: bool) -> Listener:
        signed = await sign_in(common_resources, time_zone="Europe/Berlin")
        made = Listener(common_resources, signed.id)
        for step in steps:
            await made.do(step)
            if asks:
                await made.figures()
        return made

    one = await listener(drawn_steps(rng, imports, kept), asks=True)
    other = await listener(
        [("import", stored), *(("correct", n) for n in kept)], asks=False
    )
    expected = await other.figures(afresh=True)
    assert await one.figures() == expected
    assert await one.figures(afresh=True) == expected
    for number in kept:
        await one.do(("take back", number))
    uncorrected = Questions(columns_of(oracle([stored]).listens))
    assert await one.figures() == figures_of(uncorrected)
    assert await one.figures(afresh=True) == figures_of(uncorrected)
