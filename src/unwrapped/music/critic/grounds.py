"""The ground of every measure that a rule looks at, in one place.

Surveyed ones are the median, and the distances to the 16 % and 84 % quantiles, of 88
public histories; where length matters, those of 67 whole years, with the slope that leads
to the medians of the five histories of about ten years. People who publish their history
are young and listen much. Where nothing was surveyed, the house assumes what its made-up
listeners have. `docs/decisions/0049-grounds-as-functions-of-length.md` says more.
"""

from unwrapped.music.critic.ground import amount, share

SURVEY = "88 public histories"
CHANCE = "by chance"
HOUSE = "the house's assumption"

# when

NIGHT = share(0.062, 1.12, 0.77, "From 0:00 to 5:00 lie {typical} of the plays", SURVEY)
MORNING = share(
    0.059, 0.82, 0.96, "From 5:00 to 9:00 lie {typical} of the plays", SURVEY
)
OFFICE = share(
    0.348, 0.42, 0.42, "Office hours on weekdays hold {typical} of the plays", SURVEY
)
EVENING = share(
    0.308, 0.51, 0.28, "From 18:00 to 24:00 lie {typical} of the plays", SURVEY
)
PEAK_HOUR = share(
    0.095,
    0.22,
    0.455,
    "The fullest hour of the day holds {typical} of the plays",
    SURVEY,
)
EVEN_HOURS = share(
    0.779,
    0.49,
    0.51,
    "Hours are as even as {typical} of the day played equally",
    SURVEY,
)
EMPTY_HOURS = share(
    0.009,
    1.6,
    0.67,
    "The quietest three hours of the day hold {typical} of the plays",
    HOUSE,
)
WEEKEND = share(
    0.258, 0.43, 0.25, "Saturday and Sunday hold {typical} of the plays", SURVEY
)
FULLEST_DAY = share(
    0.179,
    0.135,
    0.21,
    "The fullest day of the week holds {typical} of the plays",
    SURVEY,
)
QUIETEST_DAY = share(
    0.106,
    0.44,
    0.16,
    "The quietest day of the week holds {typical} of the plays",
    HOUSE,
)
SUMMER = share(
    0.25, 0.4, 0.38, "Three of twelve months hold {typical} of the plays", CHANCE
)
WINTER = share(
    0.25, 0.38, 0.41, "Three of twelve months hold {typical} of the plays", CHANCE
)

# how often, how much

ACTIVE_DAYS = share(
    0.874, 1.9, 2.0, "There is a play on {typical} of the days", SURVEY, longer=-1.09
)
STREAK = amount(
    63,
    1.17,
    0.96,
    "days",
    "The longest run of days with a play lasts {typical}",
    SURVEY,
    shorter=0.8,
    longer=-0.45,
)
SILENCE = amount(
    5,
    0.87,
    1.32,
    "days",
    "The longest time without a play lasts {typical}",
    SURVEY,
    shorter=0.8,
    longer=1.73,
)
PLAYS_A_DAY = amount(
    43.6, 0.657, 0.41, "plays", "A day with a play has {typical}", SURVEY, longer=-0.41
)
BIG_DAY = amount(
    4.51,
    0.35,
    0.28,
    "ratio",
    "The fullest day has {typical} the plays of an average one",
    SURVEY,
    shorter=0.24,
    longer=0.243,
)
FULL_MONTH = amount(
    1.76,
    0.17,
    0.46,
    "ratio",
    "The fullest month has {typical} the plays of an average one",
    SURVEY,
    longer=0.25,
)
QUIET_MONTH = share(
    0.56,
    0.6,
    0.63,
    "The quietest month has {typical} of the plays of an average one",
    HOUSE,
    longer=-0.8,
)
YEAR_TO_YEAR = amount(
    0.821,
    0.7,
    0.71,
    "ratio",
    "A year has {typical} the hours of the year before",
    SURVEY,
)
VISITS = amount(
    3.07,
    0.41,
    0.31,
    "sessions",
    "A day with a play has {typical}",
    SURVEY,
    longer=-0.23,
)
MARATHONS = share(
    0.166,
    1.02,
    1.04,
    "Sessions of three hours or more hold {typical} of the plays",
    SURVEY,
)
DIPS = share(
    0.225,
    0.385,
    0.56,
    "A play or two is the whole of {typical} of the sessions",
    SURVEY,
)
LONGEST_SESSION = amount(
    8.08,
    0.476,
    0.37,
    "hours",
    "The longest session lasts {typical}",
    SURVEY,
    shorter=0.35,
)
MEDIAN_SESSION = amount(
    28.7, 0.31, 0.47, "minutes", "The median session lasts {typical}", SURVEY
)

# how plays are spread

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
TRACK_LEAD = amount(
    1.35,
    0.23,
    0.32,
    "ratio",
    "The first track has {typical} the plays of the next one",
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
    "1,000 plays in a row go to 1,000 times {typical} different tracks",
    HOUSE,
)
DEPTH = amount(
    82,
    0.5,
    0.66,
    "tracks",
    "The artist heard in most depth has {typical}",
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
ONE_TRACK = share(
    0.004,
    0.7,
    0.92,
    "An artist known by one track alone has {typical} of the plays at most",
    SURVEY,
    shorter=-0.5,
    longer=-0.5,
)
TOP_ALBUM = share(
    0.034, 0.9, 1.16, "The most played album has {typical} of the plays", SURVEY
)

# the charts

OWNED = amount(5, 0.6, 0.35, "tracks", "One artist has {typical} of the top ten", HOUSE)
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
GAP = share(0.4, 1.5, 1.0, "The first is ahead of the next by {typical}", HOUSE)
BEATEN_RANK = amount(
    5.5,
    0.6,
    0.4,
    "number",
    "The first track would be {typical} among the artists",
    HOUSE,
)
SAME_NUMBER = amount(
    35, 0.5, 0.5, "plays", "Two with the same number have {typical} each", HOUSE
)
DAYS_OF_TRACK = share(
    0.65,
    1.6,
    1.4,
    "The most played track has a day of its own for {typical} of its plays",
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
    "Where the tenth and the eleventh are close, they are {typical} apart",
    HOUSE,
)
SAME_FIGURE = amount(
    30,
    0.5,
    0.25,
    "plays",
    "A track and an artist with the same number have {typical} each",
    HOUSE,
)
HITLESS_RANK = amount(
    4,
    0.69,
    0.41,
    "number",
    "The first artist without a track among the ten is number {typical}",
    HOUSE,
)
ARTISTS_OF_TEN = amount(
    7, 0.56, 0.25, "artists", "The ten most played tracks have {typical}", HOUSE
)
WIDE_TO_NARROW = amount(
    7.2,
    0.75,
    0.92,
    "ratio",
    "Of the top ten, the artist with the most tracks has {typical} those of the one with the fewest",
    HOUSE,
)

# who comes, stays and goes

NEW_SHARE = share(
    0.2,
    0.9,
    0.71,
    "{typical} of the plays go to artists first logged in the 90 days before",
    SURVEY,
)
DISCOVERY = share(
    0.016, 1.0, 1.14, "The best new artist has {typical} of the plays", SURVEY
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
    0.93, 1.2, 0.9, "The greatest change from a year to the next is {typical}", HOUSE
)
REIGN = amount(3.5, 0.6, 0.55, "number", "The same artist leads {typical} years", HOUSE)
LEADERS = share(
    0.72, 1.2, 1.0, "{typical} of the years have a leader of their own", HOUSE
)
COMEBACK = amount(
    182,
    0.32,
    0.26,
    "days",
    "The longest absence of an artist that ended lasts {typical}: half of a history",
    SURVEY,
    shorter=1.0,
    longer=1.0,
)
TRACK_COMEBACK = amount(
    332,
    0.14,
    0.07,
    "days",
    "The longest absence of a track that ended lasts {typical}",
    HOUSE,
    shorter=1.0,
    longer=1.0,
)
FAREWELL = share(
    0.003,
    1.1,
    1.2,
    "The most played artist without a play for 180 days has {typical} of the plays",
    SURVEY,
    longer=0.6,
)
ARRIVAL = amount(
    29,
    1.29,
    1.31,
    "plays",
    "The newest artist of the last 60 days has {typical}",
    SURVEY,
    longer=-0.29,
)
CONSTANT = amount(
    8,
    1.39,
    1.12,
    "artists",
    "{typical} are played in each month",
    SURVEY,
    shorter=-1.0,
    longer=-1.0,
)
TENURE = share(
    0.984,
    2.97,
    1.7,
    "The most played artist has been there for {typical} of the history",
    SURVEY,
    longer=-1.0,
)
ONE_DAY_ARTIST = amount(
    13, 0.3, 0.3, "plays", "The artist of one day alone has {typical}", HOUSE
)
ONE_DAY_TRACK = amount(
    10.5, 0.55, 0.55, "plays", "The track of one day alone has {typical}", HOUSE
)
FLING = amount(
    33, 0.35, 0.7, "plays", "The artist of one month alone has {typical}", HOUSE
)

# company

DAY_OF_ONE = amount(
    24,
    0.55,
    0.6,
    "plays",
    "The most plays of an artist on one day are {typical}",
    HOUSE,
)
MONTH_OF_ONE = share(
    0.36, 0.55, 0.65, "The month with the most of one artist has {typical} of it", HOUSE
)
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
HAUNT_NIGHT = share(
    0.28, 0.6, 0.65, "The artist of the night has {typical} of its plays there", HOUSE
)
HAUNT_MORNING = share(
    0.25, 0.6, 0.6, "The artist of the morning has {typical} of its plays there", HOUSE
)
HAUNT_WEEKEND = share(
    0.45, 0.45, 0.5, "The artist of the weekend has {typical} of its plays there", HOUSE
)

# who has which hours and days

NIGHT_LEAD = amount(
    1.2,
    0.3,
    0.25,
    "ratio",
    "The leader of the night has {typical} the plays of the most played artist there",
    HOUSE,
)
MORNING_LEAD = amount(
    1.3,
    0.4,
    0.5,
    "ratio",
    "The leader of the early morning has {typical} the plays of the most played artist there",
    HOUSE,
)
EVENING_LEAD = amount(
    1.1,
    0.1,
    0.15,
    "ratio",
    "The leader of the evening has {typical} the plays of the most played artist there",
    HOUSE,
)
OFFICE_LEAD = amount(
    1.1,
    0.1,
    0.15,
    "ratio",
    "The leader of the office hours has {typical} the plays of the most played artist there",
    HOUSE,
)
WEEKEND_LEAD = amount(
    1.2,
    0.3,
    0.3,
    "ratio",
    "The leader of the weekend has {typical} the plays of the most played artist there",
    HOUSE,
)
NIGHT_AND_MORNING = share(
    0.07,
    0.7,
    0.25,
    "Where night and early morning have leaders of their own, these have {typical} of the plays",
    HOUSE,
)
OFFICE_AND_WEEKEND = share(
    0.05,
    0.9,
    0.35,
    "Where office hours and weekend have leaders of their own, these have {typical} of the plays",
    HOUSE,
)
QUIET_OWNER = share(
    0.156, 0.85, 0.77, "One artist has {typical} of the quietest three hours", HOUSE
)
PEAK_OWNER = share(
    0.089, 0.47, 0.61, "One artist has {typical} of the fullest hour", HOUSE
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
    "Who of the ten is missing at a time would be there on {typical} by chance",
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
    "Of the top ten, the one most bound to an hour has {typical} of its plays in it",
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
    "Who takes a day of the week from the most played artist has {typical} the plays",
    HOUSE,
)
DAY_LEADERS = amount(
    3, 0.41, 0.51, "artists", "The days of the week are led by {typical}", HOUSE
)
ARTIST_DAY = share(
    0.31,
    0.35,
    0.6,
    "Of the top ten, the one most bound to a day of the week has {typical} of its plays on it",
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
    "A track that names a time has {typical} the plays of chance then",
    CHANCE,
)

# again and again

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
    "Listeners with a track of 25 plays in a week have {typical}",
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
AGAIN = share(0.018, 1.1, 1.13, "{typical} of the plays repeat the one before", SURVEY)
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

# to the end

EARLY_ENDS = share(
    0.28, 1.1, 0.65, "{typical} of the listens are broken off within 30 seconds", SURVEY
)
SHORT_LISTENS = share(
    0.302, 1.08, 0.61, "{typical} of the listens last less than 30 seconds", SURVEY
)
FINISHED = share(
    0.53, 1.02, 0.575, "{typical} of the listens reach the end of the track", SURVEY
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

# moments, names and words

FIRST_TRACK = amount(
    2.4,
    1.0,
    1.4,
    "plays",
    "The first track of a log has {typical} in the end",
    HOUSE,
    shorter=0.5,
    longer=0.5,
)
LAST_TRACK = amount(
    2.0,
    0.9,
    1.6,
    "plays",
    "The last track of a log has {typical}",
    HOUSE,
    shorter=0.5,
    longer=0.5,
)
MILESTONE_TRACK = amount(
    4,
    1.4,
    1.7,
    "plays",
    "The track of a round number has {typical}",
    HOUSE,
    shorter=0.5,
    longer=0.5,
)
THE_NAMES = amount(
    2, 0.4, 0.35, "artists", "{typical} of the top ten begin with The", HOUSE
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
    "A track with such a word in its title has {typical} of the plays",
    HOUSE,
    shorter=-0.4,
    longer=-0.3,
)
