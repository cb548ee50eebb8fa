"""The stock of rules, by noun. To add one, write it into its family's list."""

from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.attention import ATTENTION
from unwrapped.music.critic.rules.bonds import BONDS
from unwrapped.music.critic.rules.breadth import BREADTH
from unwrapped.music.critic.rules.calendar import CALENDAR
from unwrapped.music.critic.rules.change import CHANGE
from unwrapped.music.critic.rules.clock import CLOCK
from unwrapped.music.critic.rules.form import FORM
from unwrapped.music.critic.rules.presence import PRESENCE
from unwrapped.music.critic.rules.repeats import REPEATS
from unwrapped.music.critic.rules.sittings import SITTINGS
from unwrapped.music.critic.rules.tracks import TRACKS

RULES: tuple[Rule, ...] = (
    *CLOCK,
    *CALENDAR,
    *PRESENCE,
    *SITTINGS,
    *BREADTH,
    *TRACKS,
    *CHANGE,
    *BONDS,
    *REPEATS,
    *ATTENTION,
    *FORM,
)
