"""Base rates for the days of the week."""

from unwrapped.music.critic.base_rate import share
from unwrapped.music.critic.base_rates.source_labels import HOUSE, SURVEY

WEEKEND = share(
    0.258, 0.43, 0.25, "Saturday and Sunday hold {typical} of the plays", SURVEY
)
FULLEST_DAY = share(
    0.179,
    0.135,
    0.21,
    "The fullest day of the week holds {typical} of the plays",
    SURVEY,
)
QUIETEST_DAY = share(
    0.106,
    0.44,
    0.16,
    "The quietest day of the week holds {typical} of the plays",
    HOUSE,
)
