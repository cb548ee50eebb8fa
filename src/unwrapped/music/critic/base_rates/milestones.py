"""Base rates for single plays: the first, the last, one with a round number."""

from unwrapped.music.critic.base_rate import amount
from unwrapped.music.critic.base_rates.source_labels import HOUSE

FIRST_TRACK = amount(
    2.4,
    1.0,
    1.4,
    "plays",
    "The first track of a log has {typical} in total",
    HOUSE,
    shorter=0.5,
    longer=0.5,
)
LAST_TRACK = amount(
    2.0,
    0.9,
    1.6,
    "plays",
    "The last track of a log has {typical} in total",
    HOUSE,
    shorter=0.5,
    longer=0.5,
)
MILESTONE_TRACK = amount(
    4,
    1.4,
    1.7,
    "plays",
    "The track of a play with a round number has {typical} in total",
    HOUSE,
    shorter=0.5,
    longer=0.5,
)
