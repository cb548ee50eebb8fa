"""Base rates for artists that come, stay and go."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE, SURVEY

ONE_TRACK = share(
    0.004,
    0.7,
    0.92,
    "The most played artist with a single track has {typical} of the plays",
    SURVEY,
    shorter=-0.5,
    longer=-0.5,
)
NEW_SHARE = share(
    0.2,
    0.9,
    0.71,
    "{typical} of the plays go to artists first logged in the 90 days before the play",
    SURVEY,
)
DISCOVERY = share(
    0.016, 1.0, 1.14, "The most played new artist has {typical} of the plays", SURVEY
)
OLD_SHARE = share(
    0.581,
    1.12,
    0.46,
    "{typical} of the plays go to artists logged for over a year",
    SURVEY,
)
TURNOVER = share(
    0.77, 0.9, 1.2, "The top lists of two years in a row differ by {typical}", HOUSE
)
YEAR_OF_CHANGE = share(
    0.93,
    1.2,
    0.9,
    "The greatest change of the top list from one year to the next is {typical}",
    HOUSE,
)
REIGN = amount(
    3.5,
    0.6,
    0.55,
    "number",
    "The artist that leads the most years leads {typical} of them",
    HOUSE,
)
LEADERS = share(
    0.72,
    1.2,
    1.0,
    "The number of leading artists is {typical} of the number of years",
    HOUSE,
)
COMEBACK = amount(
    182,
    0.32,
    0.26,
    "days",
    "The longest absence of an artist that returned lasts {typical}, which is half the"
    " length of the history",
    SURVEY,
    shorter=1.0,
    longer=1.0,
)
TRACK_COMEBACK = amount(
    332,
    0.14,
    0.07,
    "days",
    "The longest absence of a track that returned lasts {typical}",
    HOUSE,
    shorter=1.0,
    longer=1.0,
)
FAREWELL = share(
    0.003,
    1.1,
    1.2,
    "Of the artists without a play in the last 180 days, the most played has {typical}"
    " of the plays",
    SURVEY,
    longer=0.6,
)
ARRIVAL = amount(
    29,
    1.29,
    1.31,
    "plays",
    "The most played artist first logged in the last 60 days has {typical}",
    SURVEY,
    longer=-0.29,
)
CONSTANT = amount(
    8,
    1.39,
    1.12,
    "artists",
    "{typical} are played in every month",
    SURVEY,
    shorter=-1.0,
    longer=-1.0,
)
TENURE = share(
    0.984,
    2.97,
    1.7,
    "The most played artist has been known for {typical} of the history",
    SURVEY,
    longer=-1.0,
)
ONE_DAY_ARTIST = amount(
    13,
    0.3,
    0.3,
    "plays",
    "Of the artists played on a single day only, the most played has {typical}",
    HOUSE,
)
ONE_DAY_TRACK = amount(
    10.5,
    0.55,
    0.55,
    "plays",
    "Of the tracks played on a single day only, the most played has {typical}",
    HOUSE,
)
FLING = amount(
    33,
    0.35,
    0.7,
    "plays",
    "Of the artists played within a single month only, the most played has {typical}",
    HOUSE,
)
