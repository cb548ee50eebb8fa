"""Base rates of pairs of artists."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.sources import HOUSE

APART = amount(
    3.6,
    0.45,
    0.9,
    "days",
    "Two of the top ten that share no day would share {typical} by chance",
    HOUSE,
)
TOGETHER = share(
    0.46,
    1.0,
    1.0,
    "The closest two of the top ten share {typical} of their days",
    HOUSE,
)
