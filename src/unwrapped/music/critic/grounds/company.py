"""Grounds for artists bound to certain days, hours and months."""

from unwrapped.music.critic.grounds.provenance import HOUSE
from unwrapped.music.critic.ordinary import amount, share

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
APART = amount(
    3.6,
    0.45,
    0.9,
    "days",
    "Two of the top ten artists without a shared day would share {typical} by chance",
    HOUSE,
)
TOGETHER = share(
    0.46,
    1.0,
    1.0,
    "Of the days with either of the two closest artists of the top ten, {typical} have both",
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
