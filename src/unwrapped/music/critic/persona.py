"""The title and the one line of a verdict: where on the axes, and what stands out."""

import zlib
from dataclasses import dataclass
from typing import Literal

from unwrapped.music.critic.evidence import AS_VARIED, Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

EDGE = 1 / 3
"""From here on an axis is called by its end, before it by its middle."""

type Side = Literal["low", "middle", "high"]

NOUNS: dict[tuple[Side, Side], str] = {
    ("low", "low"): "Keeper",
    ("low", "middle"): "Devotee",
    ("low", "high"): "Chaser",
    ("middle", "low"): "Curator",
    ("middle", "middle"): "Regular",
    ("middle", "high"): "Scout",
    ("high", "low"): "Archivist",
    ("high", "middle"): "Collector",
    ("high", "high"): "Cartographer",
}
"""By breadth and novelty."""

LINES: dict[tuple[Side, Side], tuple[str, ...]] = {
    ("low", "low"): (
        "{hours} of music, as varied as {effective} artists played equally, and {new} of the plays for anyone new: you know what you like and where it lives.",
        "With {artist} in front and {new} of your plays for newcomers, your taste is less a search than a home address.",
    ),
    ("low", "middle"): (
        "{plays}, as varied as {effective} artists played equally: few get in, but {new} of the plays say that the door is not locked.",
        "{artist} and a small circle carry {hours} of your life; newcomers get {new} and a fair hearing.",
    ),
    ("low", "high"): (
        "You love few at a time, as varied as {effective} artists played equally, and with {new} of plays for new artists the few keep changing.",
        "{new} of your plays go to new artists, yet all of it is as varied as {effective} artists played equally: short leases, high devotion.",
    ),
    ("middle", "low"): (
        "As varied as {effective} artists played equally, {new} of plays for newcomers: a well-kept house where the furniture stays put.",
        "{hours}, mostly with people you already knew: new artists get {new}, {artist} gets the good chair.",
    ),
    ("middle", "middle"): (
        "{plays}, {new} of them for new artists, as varied as {effective} artists played equally: balanced on paper, and then there are the details.",
        "{hours} with {artist} out in front, {new} for new artists: a sensible diet with telling snacks.",
    ),
    ("middle", "high"): (
        "{new} of your plays go to artists you have only just met, and all of it is as varied as {effective} artists played equally: good recruiting.",
        "{plays}, {new} of them for new names. {artist} leads, but should not look round.",
    ),
    ("high", "low"): (
        "As varied as {effective} artists played equally, and still just {new} of plays for anyone new: the archive is large, and it is complete.",
        "{artists} on the shelves, {new} of plays for acquisitions: you have read the library and are on your second round.",
    ),
    ("high", "middle"): (
        "{artists}, as varied as {effective} played equally; {artist} leads with {share}, which in this crowd counts as a landslide.",
        "{hours}, as varied as {effective} artists played equally: the shelf is long, and {new} of the plays keep adding to it.",
    ),
    ("high", "high"): (
        "As varied as {effective} artists played equally, and {new} of plays for new ones: you are not listening, you are surveying.",
        "{artists} in {plays}, {new} for names you had only just met. The map stays unfinished, and that seems to be the point.",
    ),
}

WITHOUT_NOVELTY: dict[Side, tuple[str, str]] = {
    "low": (
        "Devotee",
        "{plays}, as varied as {effective} artists played equally, with {artist} at the head of a short table.",
    ),
    "middle": (
        "Regular",
        "{plays}, as varied as {effective} artists played equally; {artist} leads with {share}.",
    ),
    "high": (
        "Collector",
        "{artists} in {plays}, as varied as {effective} played equally: even {artist} gets a mere {share}.",
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
    profile: TasteProfile, standing_out: list[tuple[Rule, Finding]]
) -> Persona:
    """The persona of a profile: a noun for its place on the axes, an epithet for what
    stands out most."""
    facts = _facts(profile)
    noun, line = _noun_and_line(profile)
    evidence = [fact for name, fact in facts.items() if name in {"effective", "new"}]
    title = f"The {noun}"
    if standing_out:
        rule, finding = standing_out[0]
        title = f"The {rule.epithet} {noun}"
        evidence = [*finding.facts.values(), *evidence]
    return Persona(
        title=title,
        title_evidence=evidence,
        line=line.format(**{name: fact.text for name, fact in facts.items()}),
        line_evidence=[f for name, f in facts.items() if f"{{{name}}}" in line],
    )


def _noun_and_line(profile: TasteProfile) -> tuple[str, str]:
    breadth, novelty = profile.axes.breadth, profile.axes.novelty
    if novelty is None:
        return WITHOUT_NOVELTY[_side(breadth)]
    place = _side(breadth), _side(novelty)
    seed = f"{profile.volume.plays} {profile.favourites.artists[0].artist}".encode()
    lines = [
        line
        for line in LINES[place]
        if profile.volume.hours is not None or "{hours}" not in line
    ]
    return NOUNS[place], lines[zlib.crc32(seed) % len(lines)]


def _side(value: float) -> Side:
    return "low" if value < -EDGE else "high" if value > EDGE else "middle"


def _facts(profile: TasteProfile) -> dict[str, Evidence]:
    volume, top, novelty = (
        profile.volume,
        profile.favourites.artists[0],
        profile.novelty,
    )
    facts = {
        "plays": fact("plays", volume.plays, "plays"),
        "artists": fact("artists with a play", volume.artists, "artists"),
        "effective": fact(AS_VARIED, profile.artists.effective, "number"),
        "artist": fact("most played artist", top.artist, "artist"),
        "share": fact("share of plays of the most played artist", top.share, "share"),
    }
    if volume.hours is not None:
        facts["hours"] = fact("hours of listening", volume.hours, "hours")
    if novelty is not None:
        facts["new"] = fact(
            "share of plays of artists first played in the 90 days before",
            novelty.share,
            "share",
        )
    return facts
