"""The house critic: applies rules and composes a text of what they find; offline."""

from unwrapped.music.critic.axis_readings import read_axes
from unwrapped.music.critic.composition.composer import compose
from unwrapped.music.critic.composition.finding_choice import Choice
from unwrapped.music.critic.small_history import is_small, judge_small
from unwrapped.music.critic.verdict import Observation, Verdict
from unwrapped.music.profile.taste_profile import TasteProfile

SLEEP_ASIDE = (
    "Tracks that run through the night like a machine are left out of what is said of"
    " artists, tracks, loops and habits."
)


class HouseCritic:
    """A deterministic critic: the same profile gets the same verdict on any machine."""

    def judge(self, profile: TasteProfile) -> Verdict:
        """The verdict on a profile. The verdict on a small history says what cannot be
        said yet."""
        open_questions = [*profile.absent.values(), *profile.doubts]
        unsaid = [f"{why[0].upper()}{why[1:]}." for why in open_questions]
        if profile.sleep is not None:
            unsaid.append(SLEEP_ASIDE)
        if is_small(profile):
            return judge_small(profile, unsaid)
        text = compose(profile)
        return Verdict(
            title=text.title.text,
            title_evidence=text.title.evidence,
            line=text.thesis.text,
            line_evidence=text.thesis.evidence,
            thesis=text.thesis,
            beats=text.beats,
            observations=[observe(one) for one in text.findings],
            axes=read_axes(profile),
            unsaid=unsaid,
        )


def observe(choice: Choice) -> Observation:
    """A finding as an observation, with what is ordinary for its measure."""
    judgement, said = choice.judgement, choice.said
    return Observation(
        rule=judgement.rule.name,
        text=said.text,
        evidence=said.evidence,
        base_rate=judgement.base.statement,
        surprise=judgement.surprise,
    )
