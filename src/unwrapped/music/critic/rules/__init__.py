"""The stock of rules, by noun. To add one, write it into its family's list."""

from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.attention import ATTENTION
from unwrapped.music.critic.rules.bonds import BONDS
from unwrapped.music.critic.rules.breadth import BREADTH
from unwrapped.music.critic.rules.calendar import CALENDAR
from unwrapped.music.critic.rules.change import CHANGE
from unwrapped.music.critic.rules.charts import CHARTS
from unwrapped.music.critic.rules.clock import CLOCK
from unwrapped.music.critic.rules.company import COMPANY
from unwrapped.music.critic.rules.dayparts import DAYPARTS
from unwrapped.music.critic.rules.encounters import ENCOUNTERS
from unwrapped.music.critic.rules.form import FORM
from unwrapped.music.critic.rules.margins import MARGINS
from unwrapped.music.critic.rules.moments import MOMENTS
from unwrapped.music.critic.rules.names import NAMES
from unwrapped.music.critic.rules.own_hours import OWN_HOURS
from unwrapped.music.critic.rules.presence import PRESENCE
from unwrapped.music.critic.rules.repeats import REPEATS
from unwrapped.music.critic.rules.sittings import SITTINGS
from unwrapped.music.critic.rules.sleep import SLEEP
from unwrapped.music.critic.rules.title_times import TITLE_TIMES
from unwrapped.music.critic.rules.tracks import TRACKS
from unwrapped.music.critic.rules.weekdays import WEEKDAYS
from unwrapped.music.critic.rules.words import WORDS

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
    *OWN_HOURS,
    *PRESENCE,
    *REPEATS,
    *SITTINGS,
    *SLEEP,
    *TITLE_TIMES,
    *TRACKS,
    *WEEKDAYS,
    *WORDS,
)
