"""The verdict on a tiny history: honest about what cannot be said yet."""

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.standing import read_axes
from unwrapped.music.critic.verdict import Observation, Verdict
from unwrapped.music.profile.taste import TasteProfile

FEWEST_PLAYS, FEWEST_DAYS, FEWEST_ARTISTS = 100, 7, 5

TOO_FEW_PLAYS = "With fewer than 100 plays, habits cannot be told from accidents."
TOO_FEW_DAYS = (
    "Days, weeks and hours cannot be compared before there are seven days with plays."
)
TOO_FEW_ARTISTS = "How plays are spread cannot be judged with fewer than five artists."


def is_small(profile: TasteProfile) -> bool:
    """Whether a history is too small for a full verdict."""
    return bool(_too_little(profile))


def judge_small(profile: TasteProfile, unsaid: list[str]) -> Verdict:
    """What a small history allows to be said, and what it does not."""
    volume = profile.volume
    facts = [
        fact("plays", volume.plays, "plays"),
        fact("artists with a play", volume.artists, "artists"),
        fact("days with a play", volume.active_days, "days"),
    ]
    plays, artists, days = (fact.text for fact in facts)
    close = "enough to say hello, too little to judge"
    if volume.plays >= FEWEST_PLAYS and volume.active_days >= FEWEST_DAYS:
        close = "plenty of music, too few names to compare"
    return Verdict(
        title=_title(profile),
        title_evidence=facts,
        line=f"{plays}, {artists}, {days}: {close}.",
        line_evidence=facts,
        observations=_observations(profile),
        axes=read_axes(profile),
        unsaid=[*_too_little(profile), *unsaid],
    )


def _title(profile: TasteProfile) -> str:
    volume = profile.volume
    if volume.artists == 1 and volume.plays >= FEWEST_PLAYS:
        return "A Party of One"
    if volume.plays >= FEWEST_PLAYS and volume.active_days >= FEWEST_DAYS:
        return "A Small Party"
    return "Just Getting Started"


def _too_little(profile: TasteProfile) -> list[str]:
    volume = profile.volume
    reasons = {
        TOO_FEW_PLAYS: volume.plays < FEWEST_PLAYS,
        TOO_FEW_DAYS: volume.active_days < FEWEST_DAYS,
        TOO_FEW_ARTISTS: volume.artists < FEWEST_ARTISTS,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _observations(profile: TasteProfile) -> list[Observation]:
    track, artist = profile.favourites.tracks[0], profile.favourites.artists[0]
    first = fact("day of the first play", track.first_day, "day")
    top = [
        fact("most played track", track.title, "title"),
        fact("its artist", track.artist, "artist"),
        fact("its plays", track.plays, "plays"),
        first,
    ]
    found = [
        _plain(
            "first_track",
            _lead(profile),
            top,
        )
    ]
    if profile.volume.artists > 1:
        leader = [
            fact("most played artist", artist.artist, "artist"),
            fact("share of plays", artist.share, "share"),
        ]
        found.append(_plain("first_artist", "{0} has {1} of the plays so far.", leader))
    return found


def _lead(profile: TasteProfile) -> str:
    tracks = profile.favourites.tracks
    if len(tracks) > 1 and tracks[1].plays == tracks[0].plays:
        return "{0} by {1} has {2}, as many as any, and was first played on {3}."
    return "{0} by {1} is in the lead with {2}, and was first played on {3}."


def _plain(name: str, text: str, evidence: list[Evidence]) -> Observation:
    return Observation(
        rule=name,
        text=text.format(*(fact.text for fact in evidence)),
        evidence=evidence,
        base_rate="A fact; with so little to compare nothing can be called unusual.",
        surprise=0.0,
    )
