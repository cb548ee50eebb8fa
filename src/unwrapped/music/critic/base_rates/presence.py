"""Base rates for how often and how much music is played."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import CHANCE, HOUSE, SURVEY

SUMMER = share(
    0.25, 0.4, 0.38, "Three of twelve months hold {typical} of the plays", CHANCE
)
WINTER = share(
    0.25, 0.38, 0.41, "Three of twelve months hold {typical} of the plays", CHANCE
)
ACTIVE_DAYS = share(
    0.874, 1.9, 2.0, "There is a play on {typical} of the days", SURVEY, longer=-1.09
)
STREAK = amount(
    63,
    1.17,
    0.96,
    "days",
    "The longest run of days with a play lasts {typical}",
    SURVEY,
    shorter=0.8,
    longer=-0.45,
)
SILENCE = amount(
    5,
    0.87,
    1.32,
    "days",
    "The longest time without a play lasts {typical}",
    SURVEY,
    shorter=0.8,
    longer=1.73,
)
PLAYS_A_DAY = amount(
    43.6, 0.657, 0.41, "plays", "A day with a play has {typical}", SURVEY, longer=-0.41
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
