"""Base rates for the hours of the day."""

from unwrapped.music.critic.base_rate import share
from unwrapped.music.critic.base_rates.source_labels import HOUSE, SURVEY

NIGHT = share(0.062, 1.12, 0.77, "{typical} of the plays are from 0:00 to 5:00", SURVEY)
MORNING = share(
    0.059, 0.82, 0.96, "{typical} of the plays are from 5:00 to 9:00", SURVEY
)
OFFICE = share(
    0.348, 0.42, 0.42, "Office hours on weekdays hold {typical} of the plays", SURVEY
)
EVENING = share(
    0.308, 0.51, 0.28, "{typical} of the plays are from 18:00 to 24:00", SURVEY
)
PEAK_HOUR = share(
    0.095,
    0.22,
    0.455,
    "The fullest hour of the day holds {typical} of the plays",
    SURVEY,
)
EVEN_HOURS = share(
    0.779,
    0.49,
    0.51,
    "Plays are as even as if {typical} of the day were played equally",
    SURVEY,
)
EMPTY_HOURS = share(
    0.009,
    1.6,
    0.67,
    "The quietest three hours of the day hold {typical} of the plays",
    HOUSE,
)
