"""Base rates for the ten most played artists and tracks."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE

TRACK_LEAD = amount(
    1.35,
    0.23,
    0.32,
    "ratio",
    "The first track has {typical} the plays of the next one",
    HOUSE,
)
OWNED = amount(
    5, 0.6, 0.35, "tracks", "One artist has {typical} among the top ten", HOUSE
)
BEST_OF_ARTIST = share(
    0.35,
    0.6,
    0.6,
    "Of the top ten artists, the most one-sided has {typical} of its plays from one track",
    HOUSE,
)
ONE_SIDED = amount(
    2.5,
    0.5,
    0.5,
    "artists",
    "One track makes three quarters of the plays of {typical} of the top ten",
    HOUSE,
)
GAP = share(
    0.4, 1.5, 1.0, "The first is ahead of the next by {typical} of its plays", HOUSE
)
BEATEN_RANK = amount(
    5.5,
    0.6,
    0.4,
    "number",
    "The place of the first artist with fewer plays than the first track is {typical}",
    HOUSE,
)
SAME_NUMBER = amount(
    35,
    0.5,
    0.5,
    "plays",
    "Two of the top ten with the same number of plays have {typical} each",
    HOUSE,
)
DAYS_OF_TRACK = share(
    0.65,
    1.6,
    1.4,
    "The days of the most played track are {typical} of its plays",
    HOUSE,
)
DAYS_OF_ARTIST = share(
    0.48,
    1.4,
    1.4,
    "The most regular artist has a play on {typical} of the days with plays",
    HOUSE,
)
TIME_LEAD = amount(
    1.25,
    0.2,
    0.45,
    "ratio",
    "The leader by time has {typical} the time of the leader by plays",
    HOUSE,
)
EDGE = share(
    0.02,
    0.6,
    0.6,
    "If the tenth and the eleventh are close, they are {typical} apart",
    HOUSE,
)
SAME_FIGURE = amount(
    30,
    0.5,
    0.25,
    "plays",
    "A track and an artist with the same number of plays have {typical} each",
    HOUSE,
)
HITLESS_RANK = amount(
    4,
    0.69,
    0.41,
    "number",
    "The place of the first artist without a track among the ten is {typical}",
    HOUSE,
)
ARTISTS_OF_TEN = amount(
    7, 0.56, 0.25, "artists", "The ten most played tracks are by {typical}", HOUSE
)
WIDE_TO_NARROW = amount(
    7.2,
    0.75,
    0.92,
    "ratio",
    "Of the top ten artists, the one with the most tracks has {typical} as many as the one with the fewest",
    HOUSE,
)
