"""All rules, by topic. To add one, write it into the list of its module."""

from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.bonds import BONDS
from unwrapped.music.critic.rules.artists.brief_encounters import ENCOUNTERS
from unwrapped.music.critic.rules.artists.change import CHANGE
from unwrapped.music.critic.rules.artists.company import COMPANY
from unwrapped.music.critic.rules.artists.novelty import NOVELTY
from unwrapped.music.critic.rules.attention import ATTENTION
from unwrapped.music.critic.rules.breadth import BREADTH
from unwrapped.music.critic.rules.form import FORM
from unwrapped.music.critic.rules.moments import MOMENTS
from unwrapped.music.critic.rules.most_played.charts import CHARTS
from unwrapped.music.critic.rules.most_played.margins import MARGINS
from unwrapped.music.critic.rules.most_played.names import NAMES
from unwrapped.music.critic.rules.most_played.rivals import RIVALS
from unwrapped.music.critic.rules.most_played.title_times import TITLE_TIMES
from unwrapped.music.critic.rules.most_played.words import WORDS
from unwrapped.music.critic.rules.repeats import REPEATS
from unwrapped.music.critic.rules.times.calendar import CALENDAR
from unwrapped.music.critic.rules.times.clock import CLOCK
from unwrapped.music.critic.rules.times.dayparts import DAYPARTS
from unwrapped.music.critic.rules.times.own_hours import OWN_HOURS
from unwrapped.music.critic.rules.times.presence import PRESENCE
from unwrapped.music.critic.rules.times.sittings import SITTINGS
from unwrapped.music.critic.rules.times.sleep import SLEEP
from unwrapped.music.critic.rules.times.weekdays import WEEKDAYS
from unwrapped.music.critic.rules.tracks import TRACKS

RULES: tuple[Rule, ...] = (
    *ATTENTION,
    *BONDS,
    *BREADTH,
    *CALENDAR,
    *CHANGE,
    *CHARTS,
    *CLOCK,
    *COMPANY,
    *DAYPARTS,
    *ENCOUNTERS,
    *FORM,
    *MARGINS,
    *MOMENTS,
    *NAMES,
    *NOVELTY,
    *OWN_HOURS,
    *PRESENCE,
    *REPEATS,
    *RIVALS,
    *SITTINGS,
    *SLEEP,
    *TITLE_TIMES,
    *TRACKS,
    *WEEKDAYS,
    *WORDS,
)
