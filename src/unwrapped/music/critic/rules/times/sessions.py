"""Rules about sessions."""

from unwrapped.music.critic.base_rates import sessions as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_SESSIONS = 20


def _in_many(profile: TasteProfile, value: float) -> Finding | None:
    """The finding about sessions; None if there are few, or `value` is 0 (of unknown
    length)."""
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
        "few": fact("most plays of a short session", 2, "plays"),
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
    facts = {
        "usual": fact(
            "sessions on an average day with a play", sessions / days, "sessions"
        ),
        "count": fact("sessions", sessions, "sessions"),
        "days": fact("days with a play", days, "days"),
    }
    habit = profile.repetition.session_opener
    if profile.sleep is None and habit is not None:
        facts["artist"] = fact("artist of that track", habit.artist, "artist")
        facts["title"] = fact(
            "track that begins the most sessions", habit.title, "title"
        )
        facts["times"] = fact("sessions that this track begins", habit.times, "number")
    return Finding(sessions / days, facts)


SESSIONS: tuple[Rule, ...] = (
    Rule(
        name="marathons",
        family="sittings",
        claim="Much of the music is heard in sessions of three hours and more.",
        side="high",
        base_rate=base_rates.MARATHONS,
        find=lambda p: _in_many(p, p.sessions.marathon_share),
    ),
    Rule(
        name="dips",
        family="sittings",
        claim="Many sessions are over after a play or two.",
        side="high",
        base_rate=base_rates.DIPS,
        find=lambda p: _in_many(p, p.sessions.dip_share),
    ),
    Rule(
        name="longest_session",
        family="sittings",
        claim="The longest session is very long.",
        side="high",
        base_rate=base_rates.LONGEST_SESSION,
        find=lambda p: _in_many(p, p.sessions.longest_hours),
    ),
    Rule(
        name="long_sittings",
        family="sittings",
        claim="The ordinary session is long.",
        side="high",
        base_rate=base_rates.MEDIAN_SESSION,
        find=lambda p: _in_many(p, round(p.sessions.median_minutes)),
    ),
    Rule(
        name="many_visits",
        family="sittings",
        claim="A day with music has many sessions.",
        side="high",
        base_rate=base_rates.VISITS,
        find=_visits,
    ),
    Rule(
        name="few_visits",
        family="sittings",
        claim="A day with music has few sessions.",
        side="low",
        base_rate=base_rates.VISITS,
        find=_visits,
    ),
)
