"""Base rates for names, titles and the words in them."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE

THE_NAMES = amount(
    2,
    0.4,
    0.35,
    "artists",
    "{typical} of the top ten have names that begin with The",
    HOUSE,
)
INITIALS = amount(
    3, 0.3, 0.28, "artists", "{typical} of the top ten share a first letter", HOUSE
)
LONG_TITLE = amount(
    35, 0.22, 0.36, "letters", "The longest title of the top ten has {typical}", HOUSE
)
SHORT_TITLE = amount(
    7, 0.5, 0.54, "letters", "The shortest title of the top ten has {typical}", HOUSE
)
WORD = share(
    0.0045,
    0.6,
    0.68,
    "A track with one of the listed words in its title has {typical} of the plays",
    HOUSE,
    shorter=-0.4,
    longer=-0.3,
)
