"""Base rates for days with and without music, and for the plays of a day."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import SURVEY

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
