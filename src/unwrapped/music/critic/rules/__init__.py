"""All rules, by topic. To add one, write it into the list of its module."""

from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.bonds import BONDS
from unwrapped.music.critic.rules.artists.brief_encounters import ENCOUNTERS
from unwrapped.music.critic.rules.artists.favourites_by_year import FAVOURITES_BY_YEAR
from unwrapped.music.critic.rules.artists.novelty import NOVELTY
from unwrapped.music.critic.rules.artists.own_times import OWN_TIMES
from unwrapped.music.critic.rules.artists.pairs import PAIRS
from unwrapped.music.critic.rules.breadth import BREADTH
from unwrapped.music.critic.rules.milestones import MILESTONES
from unwrapped.music.critic.rules.most_played.artists_against_tracks import (
    ARTISTS_AGAINST_TRACKS,
)
from unwrapped.music.critic.rules.most_played.chart_edge import CHART_EDGE
from unwrapped.music.critic.rules.most_played.names import NAMES
from unwrapped.music.critic.rules.most_played.rivals import RIVALS
from unwrapped.music.critic.rules.most_played.title_times import TITLE_TIMES
from unwrapped.music.critic.rules.most_played.title_words import TITLE_WORDS
from unwrapped.music.critic.rules.most_played.top_ten import TOP_TEN
from unwrapped.music.critic.rules.repeats import REPEATS
from unwrapped.music.critic.rules.shuffle_and_albums import SHUFFLE_AND_ALBUMS
from unwrapped.music.critic.rules.skipping import SKIPPING
from unwrapped.music.critic.rules.times.calendar import CALENDAR
from unwrapped.music.critic.rules.times.clock import CLOCK
from unwrapped.music.critic.rules.times.dayparts import DAYPARTS
from unwrapped.music.critic.rules.times.hour_artists import HOUR_ARTISTS
from unwrapped.music.critic.rules.times.presence import PRESENCE
from unwrapped.music.critic.rules.times.sessions import SESSIONS
from unwrapped.music.critic.rules.times.sleep_machines import SLEEP_MACHINES
from unwrapped.music.critic.rules.times.weekday_artists import WEEKDAY_ARTISTS
from unwrapped.music.critic.rules.times.weekdays import WEEKDAYS
from unwrapped.music.critic.rules.tracks import TRACKS

RULES: tuple[Rule, ...] = (
    *BONDS,
    *BREADTH,
    *CALENDAR,
    *CHART_EDGE,
    *CLOCK,
    *ENCOUNTERS,
    *FAVOURITES_BY_YEAR,
    *DAYPARTS,
    *MILESTONES,
    *NAMES,
    *NOVELTY,
    *HOUR_ARTISTS,
    *OWN_TIMES,
    *PAIRS,
    *PRESENCE,
    *REPEATS,
    *RIVALS,
    *SESSIONS,
    *SHUFFLE_AND_ALBUMS,
    *SKIPPING,
    *SLEEP_MACHINES,
    *TITLE_TIMES,
    *TITLE_WORDS,
    *TOP_TEN,
    *ARTISTS_AGAINST_TRACKS,
    *TRACKS,
    *WEEKDAYS,
    *WEEKDAY_ARTISTS,
)
