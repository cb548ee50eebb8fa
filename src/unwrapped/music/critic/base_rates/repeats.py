"""Base rates for playing the same again."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE, SURVEY

WEEK_OF_TRACK = amount(
    29,
    0.757,
    1.38,
    "plays",
    "The fullest week of a track has {typical}",
    SURVEY,
    shorter=0.3,
)
SHARE_OF_WEEK = share(
    0.176, 0.91, 0.95, "In its fullest week, a track has {typical} of the plays", SURVEY
)
CRUSHES = amount(
    4,
    0.8,
    0.65,
    "tracks",
    "Listeners with a track of 25 plays within a week have {typical} like that",
    HOUSE,
    shorter=0.8,
    longer=0.5,
)
LOOP = amount(
    6,
    0.69,
    1.2,
    "times",
    "The longest loop of a track is {typical}",
    SURVEY,
    shorter=0.2,
    longer=0.2,
)
AGAIN = share(
    0.018, 1.1, 1.13, "{typical} of the plays repeat the track before", SURVEY
)
DAY_OPENER = share(
    0.025,
    0.46,
    0.68,
    "The track that opens the most days opens {typical} of them",
    SURVEY,
)
SESSION_OPENER = share(
    0.022,
    0.55,
    0.8,
    "The track that opens the most sessions opens {typical} of them",
    HOUSE,
)
SESSION_CLOSER = share(
    0.019,
    0.6,
    0.8,
    "The track that ends the most sessions ends {typical} of them",
    HOUSE,
)
SOLO = amount(
    14, 0.4, 0.35, "plays", "The longest run of one artist is {typical}", HOUSE
)
SLEEP_NIGHTS = amount(
    1, 0.7, 0.69, "nights", "Listeners with a sleep machine run it on {typical}", HOUSE
)
