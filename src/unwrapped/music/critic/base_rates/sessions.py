"""Base rates for sessions: how many there are, and how long they last."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import SURVEY

VISITS = amount(
    3.07,
    0.41,
    0.31,
    "sessions",
    "A day with a play has {typical}",
    SURVEY,
    longer=-0.23,
)
MARATHONS = share(
    0.166,
    1.02,
    1.04,
    "Sessions of three hours or more hold {typical} of the plays",
    SURVEY,
)
DIPS = share(
    0.225,
    0.385,
    0.56,
    "{typical} of the sessions have one or two plays",
    SURVEY,
)
LONGEST_SESSION = amount(
    8.08,
    0.476,
    0.37,
    "hours",
    "The longest session lasts {typical}",
    SURVEY,
    shorter=0.35,
)
MEDIAN_SESSION = amount(
    28.7, 0.31, 0.47, "minutes", "The median session lasts {typical}", SURVEY
)
