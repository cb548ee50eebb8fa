"""Base rates for shuffle, albums and the length of plays."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import SURVEY

TOP_ALBUM = share(
    0.034, 0.9, 1.16, "The most played album has {typical} of the plays", SURVEY
)
SHUFFLE = share(0.6, 1.11, 1.51, "Shuffle is on for {typical} of the plays", SURVEY)
ALBUM_RUNS = share(
    0.093,
    0.85,
    0.91,
    "{typical} of the plays belong to runs of five tracks of one album",
    SURVEY,
)
LONG_PLAYS = share(
    0.012,
    1.8,
    1.49,
    "{typical} of the time goes to plays of ten minutes or more",
    SURVEY,
)
MEDIAN_PLAY = amount(
    3.22, 0.133, 0.098, "minutes", "The median play lasts {typical}", SURVEY
)
