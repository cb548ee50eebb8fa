"""Plays on numbered days, and the written facts of a history."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from tests.music.profile.histories import Listen, profile_of
from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.profile.taste_profile import TasteProfile

BEGIN = datetime(2024, 1, 1, 12, tzinfo=UTC)


def plays(artist: str, title: str, days: Iterable[int], times: int = 1) -> list[Listen]:
    """`times` plays of a track on each of these days of the history."""
    return [
        Listen(
            started_at=BEGIN + timedelta(days=day, minutes=4 * number),
            artist=artist,
            title=title,
        )
        for day in days
        for number in range(times)
    ]


def written(
    derive: Callable[[TasteProfile], Facts], *rows: list[Listen]
) -> dict[str, str]:
    """The facts that `derive` finds in a history."""
    profile = profile_of([row for part in rows for row in part])
    return {name: held.text for name, held in derive(profile).items()}
