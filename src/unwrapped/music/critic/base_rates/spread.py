"""Base rates for the spread of plays over artists and tracks."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE, SURVEY

BREADTH = amount(
    210,
    0.97,
    0.67,
    "artists",
    "Plays are as varied as {typical} played equally",
    SURVEY,
    shorter=0.5,
    longer=0.25,
)
TOP_ARTIST = share(
    0.078, 0.88, 0.78, "The most played artist has {typical} of the plays", SURVEY
)
GINI = share(
    0.755, 0.45, 0.5, "The Gini coefficient of plays per artist is {typical}", SURVEY
)
LEAD = amount(
    1.7,
    0.4,
    0.5,
    "ratio",
    "The first artist has {typical} the plays of the next one",
    HOUSE,
)
TRACKS_ONCE = share(
    0.513, 0.396, 0.5, "{typical} of the tracks are played once", SURVEY
)
ARTISTS_ONCE = share(
    0.432, 0.416, 0.27, "{typical} of the artists are played once", SURVEY
)
ROTATION = share(
    0.6,
    0.65,
    0.7,
    "The number of different tracks in 1,000 plays is {typical} of 1,000",
    HOUSE,
)
DEPTH = amount(
    82,
    0.5,
    0.66,
    "tracks",
    "The artist with the most different tracks has {typical}",
    SURVEY,
    shorter=0.4,
)
TOP_TRACK = share(
    0.01,
    0.92,
    0.8,
    "The most played track has {typical} of the plays",
    SURVEY,
    shorter=-0.4,
    longer=-0.3,
)
PLAYS_A_TRACK = amount(
    11.2, 0.72, 0.94, "plays", "A track of the most played artist has {typical}", SURVEY
)
