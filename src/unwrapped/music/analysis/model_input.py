"""The input of a model for a period: a profile of the listens that the model may see."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.critic.language_model.brief import Brief, brief_of
from unwrapped.music.critic.small_history import is_small
from unwrapped.music.critic.verdict import Critic
from unwrapped.music.history.building import History
from unwrapped.music.history.period import Period
from unwrapped.music.history.warnings import holes
from unwrapped.music.profile.basis.frames import NoPlays
from unwrapped.music.profile.taste_profile import TOP, build_profile
from unwrapped.music.sources.logs import LOGS

FORBIDDEN = [name.value for name, log in LOGS.items() if not log.may_reach_models]
"""The logs that no model may see."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Why a model is not asked."""

    reason: str


NOTHING_ALLOWED = NotAsked(
    "Every play of the period comes from a source that must not be sent to a model."
)


def draft_brief(
    history: History, portrait: Portrait, period: Period, zone: ZoneInfo, critic: Critic
) -> Brief | NotAsked:
    """The input of a model for the period of a portrait.

    If some listens come from logs that models must not see, the profile is built again
    without them: no figure or name that is sent derives from them.
    """
    profile, house = portrait.profile, portrait.verdict
    allowed = may_reach_models(history.listens)
    if allowed.is_empty():
        return NOTHING_ALLOWED
    if len(allowed) < len(history.listens):
        try:
            gaps = holes(portrait.books.warnings)
            profile = build_profile(allowed, period, zone, TOP, gaps)
        except NoPlays:
            return NOTHING_ALLOWED
        house = critic.judge(profile)
    if is_small(profile):
        return NotAsked("The period has too few plays to ask a model.")
    left_out = portrait.profile.volume.plays - profile.volume.plays
    return brief_of(profile, house, left_out)


def may_reach_models(listens: pl.DataFrame) -> pl.DataFrame:
    """The listens of a history whose logs may be shown to models."""
    return listens.filter(~pl.col("source").cast(pl.String).is_in(FORBIDDEN))
