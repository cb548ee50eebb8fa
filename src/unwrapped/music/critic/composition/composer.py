"""The composer: chooses the story that suits a listener best, and findings to go with it."""

from unwrapped.music.critic.composition.already_said import AlreadySaid
from unwrapped.music.critic.composition.cast import cast_of, leaders_of
from unwrapped.music.critic.composition.composed_text import ComposedText, beat_of
from unwrapped.music.critic.composition.finding_choice import Choice, Selection
from unwrapped.music.critic.composition.listener.all_facts import all_facts_of
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.composition.story_choice import find_rendering
from unwrapped.music.critic.seeded_draws import fingerprint
from unwrapped.music.critic.verdict import CLOSING
from unwrapped.music.critic.weighing import weigh
from unwrapped.music.profile.taste_profile import TasteProfile

FINDINGS = 6


def compose(profile: TasteProfile) -> ComposedText:
    """The text of a profile that is not small."""
    stock, seed, judgements = read_stock(), fingerprint(profile), weigh(profile)
    facts = all_facts_of(profile, judgements)
    rendering = find_rendering(stock.stories, facts, seed)
    selection = Selection(
        judgements, stock.beats, cast_of(profile), leaders_of(profile), seed
    )
    return ComposedText(
        title=rendering.title,
        thesis=beat_of("thesis", rendering.opening),
        beats=[
            *(beat_of("fact", said) for said in rendering.passages),
            beat_of(CLOSING, rendering.closing),
        ],
        findings=_findings(selection),
    )


def _findings(selection: Selection) -> list[Choice]:
    """The findings with the highest worth, at most `FINDINGS`."""
    earlier = AlreadySaid()
    found = (selection.best(earlier) for _ in range(FINDINGS))
    return [one for one in found if one is not None]
