"""Rules about sessions."""

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_SESSIONS = 20


def _in_many(profile: TasteProfile, value: float) -> Finding | None:
    """A finding about the sessions; None when they are few, or of unknown length."""
    if profile.sessions.count < FEWEST_SESSIONS or not value:
        return None
    return Finding(value, _sessions(profile))


def _sessions(profile: TasteProfile) -> dict[str, Evidence]:
    sessions = profile.sessions
    facts = {
        "marathon": fact(
            "share of plays in sessions of 3 hours or more",
            sessions.marathon_share,
            "share",
        ),
        "limit": fact("length of a long session", 3, "hours"),
        "dips": fact(
            "share of sessions with 1 or 2 plays", sessions.dip_share, "share"
        ),
        "count": fact("sessions", sessions.count, "sessions"),
        "few": fact("most plays of a dip", 2, "plays"),
        "plays": fact("plays in the longest session", sessions.longest_plays, "plays"),
        "day": fact("day of the longest session", sessions.longest_day, "day"),
    }
    # A session of one play has no length where the ends of plays are unknown.
    if minutes := round(sessions.median_minutes):
        facts["median"] = fact("median length of a session", minutes, "minutes")
    if hours := sessions.longest_hours:
        facts["hours"] = fact("longest session", hours, "hours")
    return facts


def _visits(profile: TasteProfile) -> Finding | None:
    sessions, days = profile.sessions.count, profile.volume.active_days
    if sessions < FEWEST_SESSIONS:
        return None
    return Finding(
        sessions / days,
        {
            "usual": fact(
                "sessions on an average day with a play", sessions / days, "sessions"
            ),
            "count": fact("sessions", sessions, "sessions"),
            "days": fact("days with a play", days, "days"),
        },
    )


SITTINGS: tuple[Rule, ...] = (
    Rule(
        name="marathons",
        family="sittings",
        claim="Much of the music is heard in sessions of three hours and more.",
        side="high",
        base=BaseRate.share(
            0.1, 2.2, "About 10% of plays lie in sessions of 3 hours or more."
        ),
        find=lambda p: _in_many(p, p.sessions.marathon_share),
        phrasings=(
            "{marathon} of your plays belong to sessions of {limit} or more. You do not put music on, you move in.",
            "Sessions of {limit} and up hold {marathon} of your plays. Stretching beforehand is advised.",
            "{marathon} of your listening comes in stretches of at least {limit}. Whole operas are nervous about the comparison.",
        ),
        epithet="Marathon",
    ),
    Rule(
        name="dips",
        family="sittings",
        claim="Most sessions are over after a play or two.",
        side="high",
        base=BaseRate.share(0.15, 1.4, "About 15% of sessions have 1 or 2 plays."),
        find=lambda p: _in_many(p, p.sessions.dip_share),
        phrasings=(
            "{dips} of your {count} end after {few} at the latest. You sip music as others sip espresso: standing up.",
            "{few}, then the door: {dips} of your sessions go no further. The album as a form has filed a complaint.",
            "Of {count}, {dips} stop at {few} or sooner. Somewhere between elevator and front door, the craving was met.",
        ),
        epithet="Passing",
    ),
    Rule(
        name="longest_session",
        family="sittings",
        claim="The longest session is very long.",
        side="high",
        base=BaseRate.amount(4, 0.7, "The longest session lasts about 4 hours."),
        find=lambda p: _in_many(p, p.sessions.longest_hours),
        phrasings=(
            "On {day} you began a session that lasted {hours} and {plays}. Ships have crossed channels in less.",
            "Your longest session, begun on {day}: {hours} without a real break. After {plays}, someone found the pause button.",
            "{hours} on end, from {day} on. With {plays}, it was less a session than a residency.",
        ),
        epithet="Tireless",
    ),
    Rule(
        name="long_sittings",
        family="sittings",
        claim="The ordinary session is long.",
        side="high",
        base=BaseRate.amount(24, 1.6, "The median session lasts about 24 minutes."),
        find=lambda p: _in_many(p, round(p.sessions.median_minutes)),
        phrasings=(
            "Your median session runs {median}. You give music the time that others give to a film, and skip the popcorn.",
            "{count}, with a median of {median}. Popping in for a quick song is plainly not your sport.",
            "A middling session of yours takes {median}. Short visits are for dentists.",
        ),
        epithet="Settled-In",
    ),
    Rule(
        name="many_visits",
        family="sittings",
        claim="A day with music has many sessions.",
        side="high",
        base=BaseRate.amount(1.3, 0.33, "A day with a play has about 1.3 sessions."),
        find=_visits,
        phrasings=(
            "{count} on {days}: {usual} a day. You come and go like a cat with opinions about the door.",
            "On a day with music you start {usual}. The play button is wearing off on the left side.",
            "{usual} a day with music, {count} in all: you snack, with great discipline.",
        ),
        epithet="Snacking",
    ),
)
