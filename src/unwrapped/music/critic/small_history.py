"""The verdict on a small history: it says what cannot be said yet."""

from collections.abc import Iterable, Mapping
from typing import Literal

from unwrapped.music.critic.axis_readings import read_axes
from unwrapped.music.critic.composition.composed_text import name_text
from unwrapped.music.critic.composition.line import Line, Said
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.seeded_draws import draw, fingerprint
from unwrapped.music.critic.verdict import CLOSING, UNTITLED, Beat, Observation, Verdict
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_PLAYS, FEWEST_DAYS, FEWEST_ARTISTS = 100, 7, 5
BEATS = 2

TOO_FEW_PLAYS = (
    "With fewer than 100 plays, habits cannot be distinguished from accidents."
)
TOO_FEW_DAYS = (
    "Days, weeks and hours cannot be compared before there are seven days with plays."
)
TOO_FEW_ARTISTS = "How plays are spread cannot be judged with fewer than five artists."
PLAIN = "A fact; with so little to compare nothing can be called unusual."

type Kind = Literal["one_play", "one_artist", "one_day", "few_names", "beginning"]


def is_small(profile: TasteProfile) -> bool:
    """Whether a history is too small for a full verdict."""
    return bool(_too_little(profile))


def judge_small(profile: TasteProfile, unsaid: list[str]) -> Verdict:
    """The verdict on a small history, including what cannot be judged."""
    stock, seed = read_stock().small[_kind(profile)], fingerprint(profile)
    facts = _facts(profile)
    title = name_text(stock.titles, facts, seed) or Said(UNTITLED, [])
    line, *rest = [
        *_drawn(stock.lines, facts, seed, 1),
        *_drawn(stock.beats, facts, seed, BEATS),
    ]
    closing = _drawn(stock.closings, facts, seed, 1)[0]
    return Verdict(
        title=title.text,
        title_evidence=title.evidence,
        line=line.text,
        line_evidence=line.evidence,
        thesis=Beat(role="thesis", text=line.text, evidence=line.evidence, rule=None),
        beats=[
            *(
                Beat(
                    role="fact",
                    text=one.text,
                    evidence=one.evidence,
                    rule=None,
                    base_rate=PLAIN,
                )
                for one in rest
            ),
            Beat(role=CLOSING, text=closing.text, evidence=closing.evidence, rule=None),
        ],
        observations=[_observe(number, one) for number, one in enumerate(rest, 1)],
        axes=read_axes(profile),
        unsaid=[*_too_little(profile), *unsaid],
    )


def _kind(profile: TasteProfile) -> Kind:
    volume = profile.volume
    if volume.plays == 1:
        return "one_play"
    if volume.artists == 1:
        return "one_artist"
    if volume.active_days == 1:
        return "one_day"
    if volume.plays >= FEWEST_PLAYS and volume.active_days >= FEWEST_DAYS:
        return "few_names"
    return "beginning"


def _too_little(profile: TasteProfile) -> list[str]:
    volume = profile.volume
    reasons = {
        TOO_FEW_PLAYS: volume.plays < FEWEST_PLAYS,
        TOO_FEW_DAYS: volume.active_days < FEWEST_DAYS,
        TOO_FEW_ARTISTS: volume.artists < FEWEST_ARTISTS,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _facts(profile: TasteProfile) -> dict[str, Evidence]:
    volume, favourites = profile.volume, profile.favourites
    tracks, artists = favourites.tracks, favourites.artists
    track, artist = tracks[0], artists[0]
    facts = {
        "day": fact("first day with a play", volume.first_day, "day"),
        "plays": fact("plays", volume.plays, "plays"),
        "artists": fact("artists with a play", volume.artists, "artists"),
        "days": fact("days with a play", volume.active_days, "days"),
        "title": fact("most played track", track.title, "title"),
        "by": fact("artist of that track", track.artist, "artist"),
        "title_plays": fact("plays of that track", track.plays, "plays"),
        "first_day": fact("first play of that track", track.first_day, "day"),
        "artist": fact("most played artist", artist.artist, "artist"),
        "artist_plays": fact("plays of that artist", artist.plays, "plays"),
    }
    behind = tracks[1].plays if len(tracks) > 1 else 0
    facts["lead"] = fact("plays ahead of the next track", track.plays - behind, "plays")
    behind = artists[1].plays if len(artists) > 1 else 0
    facts["artist_lead"] = fact(
        "plays ahead of the next artist", artist.plays - behind, "plays"
    )
    if len(tracks) > 1:
        facts["next"] = fact("second track by plays", tracks[1].title, "title")
    if len(artists) > 1:
        facts["other"] = fact("second artist by plays", artists[1].artist, "artist")
    return facts


def _drawn(
    lines: Iterable[Line], facts: Mapping[str, Evidence], seed: str, count: int
) -> list[Said]:
    fitting = [line for line in lines if line.fits(facts, 0)]
    ranked = sorted(fitting, key=lambda line: draw(line.text, seed), reverse=True)
    return [line.say(facts) for line in ranked[:count]]


def _observe(number: int, said: Said) -> Observation:
    return Observation(
        rule=f"small_history_{number}",
        text=said.text,
        evidence=said.evidence,
        base_rate=PLAIN,
        surprise=0.0,
    )
