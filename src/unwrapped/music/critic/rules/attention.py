"""Rules about skipping and hearing out."""

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_LISTENS = 200
MOST = 0.5


def _skips(profile: TasteProfile) -> Finding | None:
    endings = profile.endings
    if endings is None or endings.known_listens < FEWEST_LISTENS:
        return None
    skips = round(endings.skip_share * endings.known_listens)
    return Finding(
        endings.skip_share,
        {
            "skipped": fact(
                "share of listens ended with the forward button",
                endings.skip_share,
                "share",
            ),
            "finished": fact(
                "share of listens that reached the end", endings.finished_share, "share"
            ),
            "listens": fact(
                "listens whose end is known", endings.known_listens, "listens"
            ),
            "count": fact("listens ended with the forward button", skips, "times"),
        },
    )


def _short_listens(profile: TasteProfile) -> Finding | None:
    lengths = profile.lengths
    if lengths is None or lengths.known_listens < FEWEST_LISTENS:
        return None
    count = round(lengths.under_30s_share * lengths.known_listens)
    return Finding(
        lengths.under_30s_share,
        {
            "short": fact(
                "share of listens under 30 seconds", lengths.under_30s_share, "share"
            ),
            "listens": fact(
                "listens of known length", lengths.known_listens, "listens"
            ),
            "count": fact("listens under 30 seconds", count, "listens"),
        },
    )


def _finished(profile: TasteProfile) -> Finding | None:
    found = _skips(profile)
    if found is None or profile.endings is None:
        return None
    return Finding(profile.endings.finished_share, found.facts)


def _patience(profile: TasteProfile) -> Finding | None:
    endings = profile.endings
    if endings is None or endings.finished_share < MOST:
        return None
    return _skips(profile)


ATTENTION: tuple[Rule, ...] = (
    Rule(
        name="skipper",
        family="attention",
        claim="Many listens are ended with the forward button.",
        side="high",
        base=BaseRate.share(
            0.2, 0.63, "About 20% of listens are ended with the forward button."
        ),
        find=_skips,
        phrasings=(
            "{skipped} of your listens end with the forward button, {count} so far. Intros have learned to be brief around you.",
            "You skipped {count} in {listens}, which is {skipped}. The thumb, it turns out, has the final say.",
            "{finished} of your listens reach the end; {skipped} are waved off the stage.",
        ),
        epithet="Impatient",
    ),
    Rule(
        name="patient",
        family="attention",
        claim="Hardly any listen is ended with the forward button.",
        side="low",
        base=BaseRate.share(
            0.2, 1.5, "About 20% of listens are ended with the forward button."
        ),
        find=_patience,
        phrasings=(
            "You reached for the forward button in {skipped} of {listens}. Drum solos feel safe with you.",
            "{skipped} of your listens were skipped. Even the bass solo may stay.",
            "{finished} of your listens run to the very end, {skipped} are skipped. Such manners, and without an audience.",
        ),
        epithet="Patient",
    ),
    Rule(
        name="unfinished",
        family="attention",
        claim="Few listens reach the end of the track.",
        side="low",
        base=BaseRate.share(
            0.65, 0.8, "About 65% of listens reach the end of the track."
        ),
        find=_finished,
        phrasings=(
            "Only {finished} of your {listens} reach the last note. Outros are, to you, a rumour.",
            "{finished} of your listens run to the end. Songwriters should put the good part first.",
            "Of {listens}, {finished} were heard out. Your coat, it seems, stays on.",
        ),
        epithet="Unfinished",
    ),
    Rule(
        name="half_minute",
        family="attention",
        claim="Very many listens last less than 30 seconds.",
        side="high",
        base=BaseRate.share(0.19, 0.6, "About 19% of listens end within 30 seconds."),
        find=_short_listens,
        phrasings=(
            "{short} of your listens were over before they could count as a play: {count}. You channel-surf an ocean.",
            "Of {listens}, {count} ended before the verse had its shoes on. That is {short} of all attempts.",
            "By the rule of this house, {short} of your listens do not count as plays, just as a hand on the radio dial: {count}.",
        ),
        epithet="Channel-Surfing",
    ),
)
