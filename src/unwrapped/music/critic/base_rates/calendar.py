"""Base rates for seasons, months and years, and for the fullest day."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import CHANCE, HOUSE, SURVEY

SUMMER = share(
    0.25, 0.4, 0.38, "Three of twelve months hold {typical} of the plays", CHANCE
)
WINTER = share(
    0.25, 0.38, 0.41, "Three of twelve months hold {typical} of the plays", CHANCE
)
BIG_DAY = amount(
    4.51,
    0.35,
    0.28,
    "ratio",
    "The fullest day has {typical} the plays of an average one",
    SURVEY,
    shorter=0.24,
    longer=0.243,
)
FULL_MONTH = amount(
    1.76,
    0.17,
    0.46,
    "ratio",
    "The fullest month has {typical} the plays of an average one",
    SURVEY,
    longer=0.25,
)
QUIET_MONTH = share(
    0.56,
    0.6,
    0.63,
    "The quietest month has {typical} of the plays of an average one",
    HOUSE,
    longer=-0.8,
)
YEAR_TO_YEAR = amount(
    0.821,
    0.7,
    0.71,
    "ratio",
    "A year has {typical} the hours of the year before",
    SURVEY,
)
