"""Base rates for listens that end early and for listens that reach the end of the track."""

from unwrapped.music.critic.base_rate import share
from unwrapped.music.critic.base_rates.source_labels import SURVEY

EARLY_ENDS = share(
    0.28, 1.1, 0.65, "{typical} of the listens are broken off within 30 seconds", SURVEY
)
SHORT_LISTENS = share(
    0.302, 1.08, 0.61, "{typical} of the listens last less than 30 seconds", SURVEY
)
FINISHED = share(
    0.53, 1.02, 0.575, "{typical} of the listens reach the end of the track", SURVEY
)
