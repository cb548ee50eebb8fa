"""The title and the one line of a verdict: where on the axes, and what stands out."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule, placeholders
from unwrapped.music.critic.rules.change import enough_judged, past
from unwrapped.music.profile.novelty import NEW_FOR, Novelty
from unwrapped.music.profile.taste import TasteProfile

EDGE = 1 / 3
"""From here on an axis is called by its end, before it by its middle."""

type Side = Literal["low", "middle", "high"]

NOUNS: dict[tuple[Side, Side | None], tuple[str, ...]] = {
    ("low", "low"): ("Keeper", "Guardian"),
    ("low", "middle"): ("Devotee", "Specialist"),
    ("low", "high"): ("Chaser", "Suitor"),
    ("middle", "low"): ("Curator", "Caretaker"),
    ("middle", "middle"): ("Regular", "Patron"),
    ("middle", "high"): ("Scout", "Taster"),
    ("high", "low"): ("Archivist", "Librarian"),
    ("high", "middle"): ("Collector", "Hoarder"),
    ("high", "high"): ("Cartographer", "Surveyor"),
    ("low", None): ("Devotee", "Specialist", "Confidant", "Loyalist"),
    ("middle", None): ("Regular", "Patron", "Subscriber", "Customer", "Listener"),
    ("high", None): ("Collector", "Browser", "Generalist", "Hoarder", "Explorer"),
}
"""By breadth and novelty."""

BY_BREADTH: dict[Side, tuple[str, ...]] = {
    "low": (
        "{plays}, and it takes {half} to make up {fifty} of them. {artist} holds the pen.",
        "{artist} and {title} head a short list: {artists} in {plays}.",
        "{hours} of music, {artists}, and {artist} at the head of the table.",
        "{active} with music, {artists}, and {artist} ahead of the others.",
        "{plays} by {artists}, and it takes {few} to make up {fifty} of them.",
    ),
    "middle": (
        "{plays}, {artists}, and {artist} in front. Details follow.",
        "{hours} on the books, {artist} in front. The details are worse.",
        "{plays} on {active}, {artist} on top, {title} the most played of {tracks}.",
        "{artists} signed in, and it takes {few} to make up {fifty} of the plays.",
    ),
    "high": (
        "{artists} in {plays}; {artist} leads the procession.",
        "{artists}, and it takes {half} to fill {fifty} of the plays. {artist} helps most.",
        "{hours} for {artists}. {artist} was called up most often.",
        "{tracks} by {artists}; {title} was played most.",
        "{artists} in {plays}, and it takes {few} to make up {fifty} of them.",
    ),
}

BY_NOVELTY: dict[Side, tuple[str, ...]] = {
    "low": (
        "{plays}; after {past} of log, {new} go to artists logged for under {window}. The furniture stays put.",
        "After {past} of log, artists there for under {window} get {new} of your plays; {artist} leads the house.",
    ),
    "middle": (
        "{plays}; after {past} of log, {new} go to artists logged for under {window}. A balanced diet, on paper.",
        "{hours}; after {past} of log, {new} of the plays go to artists there for under {window}.",
    ),
    "high": (
        "{plays}; after {past} of log, {new} go to artists logged for under {window}. The index keeps growing.",
        "{artists}; after {past} of log, {new} of the plays go to those there for under {window}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Persona:
    """Title and line, each with its evidence."""

    title: str
    title_evidence: list[Evidence]
    line: str
    line_evidence: list[Evidence]


def name_persona(
    profile: TasteProfile,
    standing_out: list[tuple[Rule, Finding]],
    said: Iterable[Evidence] = (),
) -> Persona:
    """The persona of a profile: a noun for its place on the axes, an epithet for what
    stands out most, and a line that repeats no figure of what is `said` besides."""
    facts = _facts(profile)
    seed = zlib.crc32(f"{profile.volume.plays} {profile.volume.tracks}".encode())
    novelty = profile.axes.novelty if _novelty(profile) else None
    breadth = _side(profile.axes.breadth)
    nouns = NOUNS[breadth, None if novelty is None else _side(novelty)]
    noun = nouns[seed % len(nouns)]
    evidence = [fact for name, fact in facts.items() if name in {"half", "new"}]
    title = f"The {noun}"
    if standing_out:
        rule, finding = standing_out[0]
        title = f"The {rule.epithet} {noun}"
        evidence = [*finding.facts.values(), *evidence]
    line = _line(profile, facts, seed, said)
    return Persona(
        title=title,
        title_evidence=evidence,
        line=line.format(**{name: fact.text for name, fact in facts.items()}),
        line_evidence=[facts[name] for name in facts if name in placeholders(line)],
    )


def _line(
    profile: TasteProfile,
    facts: dict[str, Evidence],
    seed: int,
    said: Iterable[Evidence],
) -> str:
    """Of the lines for the place on the axes, one with figures that are not said yet."""
    lines = BY_BREADTH[_side(profile.axes.breadth)]
    if _novelty(profile) is not None and profile.axes.novelty is not None:
        lines += BY_NOVELTY[_side(profile.axes.novelty)]
    used = {fact.text for fact in said}
    possible = [line for line in lines if placeholders(line) <= facts.keys()]

    def repeats(line: str) -> int:
        return sum(facts[name].text in used for name in placeholders(line))

    turned = possible[seed % len(possible) :] + possible[: seed % len(possible)]
    return min(turned, key=repeats)


def _side(value: float) -> Side:
    return "low" if value < -EDGE else "high" if value > EDGE else "middle"


def _novelty(profile: TasteProfile) -> Novelty | None:
    """The novelty, where enough plays could be judged to speak of the listener."""
    novelty = profile.novelty
    if novelty is None or not enough_judged(profile, novelty.judged_plays):
        return None
    return novelty


def _leaders(profile: TasteProfile) -> dict[str, Evidence]:
    """The most played, where no sleep machine was played more."""
    charts, favourites = profile.charts, profile.favourites
    artist, track = charts.artists[0], charts.tracks[0]
    facts = {}
    if artist.plays == favourites.artists[0].plays:
        facts["artist"] = fact("most played artist", artist.artist, "artist")
    if track.plays == favourites.tracks[0].plays:
        facts["title"] = fact("most played track", track.title, "title")
    return facts


def _facts(profile: TasteProfile) -> dict[str, Evidence]:
    volume, artists = profile.volume, profile.artists
    novelty = _novelty(profile)
    facts = {
        "plays": fact("plays", volume.plays, "plays"),
        "artists": fact("artists with a play", volume.artists, "artists"),
        "tracks": fact("tracks with a play", volume.tracks, "tracks"),
        "active": fact("days with a play", volume.active_days, "days"),
        "half": fact("fewest artists with 50% of the plays", artists.half, "artists"),
        "few": fact("fewest artists with 50% of the plays", artists.half, "number"),
        "fifty": fact("half of the plays", 0.5, "share"),
    }
    if profile.charts.artists:
        facts |= _leaders(profile)
    if volume.hours is not None:
        facts["hours"] = fact("hours of listening", volume.hours, "hours")
    if novelty is not None:
        facts["past"] = past()
        facts["window"] = fact("an artist is new for", NEW_FOR.days, "days")
        facts["new"] = fact(
            "share of plays whose artist was first logged in the 90 days before",
            novelty.share,
            "share",
        )
    return facts
