"""Base rates for the leading artists of hours of the day and days of the week."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import CHANCE, HOUSE

NIGHT_LEAD = amount(
    1.2,
    0.3,
    0.25,
    "ratio",
    "At night, its leader has {typical} the plays of the artist that is most played overall",
    HOUSE,
)
MORNING_LEAD = amount(
    1.3,
    0.4,
    0.5,
    "ratio",
    "In the early morning, its leader has {typical} the plays of the artist that is most played overall",
    HOUSE,
)
EVENING_LEAD = amount(
    1.1,
    0.1,
    0.15,
    "ratio",
    "In the evening, its leader has {typical} the plays of the artist that is most played overall",
    HOUSE,
)
OFFICE_LEAD = amount(
    1.1,
    0.1,
    0.15,
    "ratio",
    "In office hours, their leader has {typical} the plays of the artist that is most played overall",
    HOUSE,
)
WEEKEND_LEAD = amount(
    1.2,
    0.3,
    0.3,
    "ratio",
    "On the weekend, its leader has {typical} the plays of the artist that is most played overall",
    HOUSE,
)
NIGHT_AND_MORNING = share(
    0.07,
    0.7,
    0.25,
    "If night and early morning have different leaders, each has at least {typical} of the plays of its time",
    HOUSE,
)
OFFICE_AND_WEEKEND = share(
    0.05,
    0.9,
    0.35,
    "If office hours and weekend have different leaders, each has at least {typical} of the plays of its time",
    HOUSE,
)
QUIET_OWNER = share(
    0.156,
    0.85,
    0.77,
    "One artist has {typical} of the plays in the quietest three hours",
    HOUSE,
)
PEAK_OWNER = share(
    0.089,
    0.47,
    0.61,
    "One artist has {typical} of the plays in the fullest hour",
    HOUSE,
)
NIGHT_TRACK = share(
    0.0215, 0.84, 0.9, "One track has {typical} of the plays of the night", HOUSE
)
MORNING_TRACK = share(
    0.034, 1.0, 0.66, "One track has {typical} of the plays of the early morning", HOUSE
)
ABSENT = amount(
    2,
    0.4,
    0.45,
    "days",
    "An artist of the ten that is missing at a time would be there on {typical} by chance",
    HOUSE,
)
HOURS_LED = amount(
    10,
    0.9,
    0.69,
    "hours",
    "The artist that leads the most hours leads {typical} of the day",
    HOUSE,
)
HOUR_LEADERS = amount(
    6, 0.69, 0.6, "artists", "The hours of the day are led by {typical}", HOUSE
)
ARTIST_HOUR = share(
    0.207,
    0.45,
    0.74,
    "Of the top ten artists, the one most bound to an hour has {typical} of its plays in it",
    HOUSE,
)
TRACK_HOUR = share(
    0.2,
    0.34,
    0.67,
    "Of the top ten tracks, the one most bound to an hour has {typical} of its plays in it",
    HOUSE,
)
DAYS_LED = amount(
    5,
    0.51,
    0.33,
    "days",
    "The artist that leads the most days of the week leads {typical}",
    HOUSE,
)
ODD_DAY = amount(
    1.05,
    0.1,
    0.1,
    "ratio",
    "On the one day that the most played artist does not lead, the leader has {typical} its plays",
    HOUSE,
)
DAY_LEADERS = amount(
    3, 0.41, 0.51, "artists", "The days of the week are led by {typical}", HOUSE
)
ARTIST_DAY = share(
    0.31,
    0.35,
    0.6,
    "Of the top ten artists, the one most bound to a day of the week has {typical} of its plays on it",
    HOUSE,
)
TRACK_DAY = share(
    0.306,
    0.21,
    0.7,
    "Of the top ten tracks, the one most bound to a day of the week has {typical} of its plays on it",
    HOUSE,
)
TITLED_TIME = amount(
    1,
    0.5,
    0.5,
    "ratio",
    "A track that names a time has {typical} as many plays at that time as by chance",
    CHANCE,
)
