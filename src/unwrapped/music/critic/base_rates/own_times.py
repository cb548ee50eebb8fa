"""Base rates for days, hours and months that are an artist's own."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE

DAY_OF_ONE = amount(
    24,
    0.55,
    0.6,
    "plays",
    "The most plays of an artist on one day are {typical}",
    HOUSE,
)
MONTH_OF_ONE = share(
    0.36,
    0.55,
    0.65,
    "In the month with the highest share of one artist, that share is {typical}",
    HOUSE,
)
HAUNT_NIGHT = share(
    0.28,
    0.6,
    0.65,
    "The artist most bound to the night has {typical} of its plays there",
    HOUSE,
)
HAUNT_MORNING = share(
    0.25,
    0.6,
    0.6,
    "The artist most bound to the early morning has {typical} of its plays there",
    HOUSE,
)
HAUNT_WEEKEND = share(
    0.45,
    0.45,
    0.5,
    "The artist most bound to the weekend has {typical} of its plays there",
    HOUSE,
)
