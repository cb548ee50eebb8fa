"""Base rates of days, hours and months that are an artist's own."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.sources import HOUSE

DAY_OF_ONE = amount(
    24,
    0.55,
    0.6,
    "plays",
    "The most plays of an artist on one day are {typical}",
    HOUSE,
)
MONTH_OF_ONE = share(
    0.36, 0.55, 0.65, "The month with the most of one artist has {typical} of it", HOUSE
)
HAUNT_NIGHT = share(
    0.28, 0.6, 0.65, "The artist of the night has {typical} of its plays there", HOUSE
)
HAUNT_MORNING = share(
    0.25, 0.6, 0.6, "The artist of the morning has {typical} of its plays there", HOUSE
)
HAUNT_WEEKEND = share(
    0.45, 0.45, 0.5, "The artist of the weekend has {typical} of its plays there", HOUSE
)
