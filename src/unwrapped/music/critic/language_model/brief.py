"""The brief: the facts about a taste that are sent to a model, each with an id, but no
listens."""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from unwrapped.music.critic.evidence import NAMES, Evidence, Unit, fact
from unwrapped.music.critic.verdict import Verdict
from unwrapped.music.critic.weighing import Judgement, weigh
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.profile.most_played.top_ten import ChartArtist, ChartTrack
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.times.rhythm import EVENING, MORNING, NIGHT, Clock

FINDINGS = 14
WORTH_SENDING = 0.5
"""Findings with less surprise are too ordinary to send."""

IN_FULL = 5
"""The number of places of a chart that are sent with all their facts."""

_JARGON = re.compile(r"\bGini\b|\bJaccard\b|^as varied as\b")
"""Labels of figures that no text should contain."""

type About = Literal["totals", "finding", "artist", "track"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Facts that belong together: a figure may be said only of the names in its
    group."""

    about: About
    claim: str | None = None
    """What a rule found, in words; None for other groups."""

    facts: list[str]
    """The ids of the facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is sent to a model, and the house's verdict, which replaces the rejected
    parts."""

    facts: dict[str, Evidence]
    """The facts by id."""

    groups: list[Group]
    house: Verdict
    """The verdict of the house on the same plays."""

    left_out: int
    """The number of plays of the period that no model may see and no fact counts."""

    @property
    def names(self) -> list[str]:
        """The names of artists, tracks and albums that are sent."""
        return [str(one.value) for one in self.facts.values() if one.unit in NAMES]

    def as_json(self) -> str:
        """The groups of facts, as JSON for the model."""
        parts = [
            {"about": group.about}
            | ({"claim": group.claim} if group.claim else {})
            | {"facts": [self._sent(number) for number in group.facts]}
            for group in self.groups
        ]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))

    def _sent(self, number: str) -> list[str]:
        """The id, label and text of a fact, without keys: it must fit a model's
        context."""
        one = self.facts[number]
        return [number, one.label, one.text]


class _Writer:
    """Collects groups of facts and gives each fact an id; equal facts share one."""

    def __init__(self) -> None:
        self.facts: dict[str, Evidence] = {}
        self.groups: list[Group] = []
        self._ids: dict[tuple[str, str, Unit], str] = {}

    def add(
        self, about: About, facts: list[Evidence], claim: str | None = None
    ) -> None:
        """Add a group of facts."""
        ids = dict.fromkeys(self._id(one) for one in facts)
        self.groups.append(Group(about=about, claim=claim, facts=list(ids)))

    def _id(self, one: Evidence) -> str:
        key = (one.label, one.text, one.unit)
        if key not in self._ids:
            self._ids[key] = f"f{len(self._ids) + 1}"
            self.facts[self._ids[key]] = one
        return self._ids[key]


def brief_of(profile: TasteProfile, house: Verdict, left_out: int) -> Brief:
    """The brief of a profile, which must contain no play of a log that models may not
    see."""
    writer = _Writer()
    writer.add("totals", _totals(profile))
    for facts in _clock(profile.clock):
        writer.add("totals", facts)
    for one in _findings(profile):
        facts = [
            fact
            for fact in one.finding.facts.values()
            if not _JARGON.search(fact.label)
        ]
        writer.add("finding", facts, one.rule.claim)
    for rank, artist in enumerate(profile.charts.artists, start=1):
        writer.add("artist", _artist(rank, artist))
    for rank, track in enumerate(profile.charts.tracks, start=1):
        writer.add("track", _track(rank, track))
    return Brief(
        facts=writer.facts, groups=writer.groups, house=house, left_out=left_out
    )


def _findings(profile: TasteProfile) -> list[Judgement]:
    """The most surprising judgement of each family, `FINDINGS` at most."""
    found: dict[str, Judgement] = {}
    for one in weigh(profile):
        if one.surprise >= WORTH_SENDING:
            found.setdefault(one.rule.family, one)
    return list(found.values())[:FINDINGS]


@cache
def briefs() -> TypeAdapter[Brief]:
    """The adapter that reads and writes briefs as JSON."""
    return TypeAdapter(Brief)


def _totals(profile: TasteProfile) -> list[Evidence]:
    volume = profile.volume
    facts = [
        fact("plays", volume.plays, "plays"),
        fact("artists with a play", volume.artists, "artists"),
        fact("tracks with a play", volume.tracks, "tracks"),
        fact("days with a play", volume.active_days, "days"),
        fact("days of the period", volume.days, "days"),
        fact("first day of the period", volume.first_day, "day"),
        fact("last day of the period", volume.last_day, "day"),
        fact("fewest artists with 50% of the plays", profile.artists.half, "artists"),
        fact("half of the plays", 0.5, "share"),
    ]
    if volume.hours is not None and shows_hours([volume]):
        facts.append(fact("hours of listening", volume.hours, "hours"))
    return facts


def _clock(clock: Clock) -> list[list[Evidence]]:
    parts = [
        (NIGHT, clock.night_share),
        (MORNING, clock.morning_share),
        (EVENING, clock.evening_share),
    ]
    hours = [
        [
            fact("share of plays between the two hours", share, "share"),
            fact("from this hour of the day on", first, "clock"),
            fact("to this hour of the day", last, "clock"),
        ]
        for (first, last), share in parts
    ]
    peak = [
        fact("hour of the day with the most plays", clock.peak_hour, "clock"),
        fact("share of plays in that hour", clock.peak_share, "share"),
        fact("share of plays on Saturday and Sunday", clock.weekend_share, "share"),
    ]
    return [*hours, peak]


def _artist(rank: int, artist: ChartArtist) -> list[Evidence]:
    most = "most played artist" if rank == 1 else "artist"
    facts = [
        fact(most, artist.artist, "artist"),
        fact("plays of the artist", artist.plays, "plays"),
    ]
    if rank > IN_FULL:
        return facts
    return [
        *facts,
        fact("place among the artists", rank, "rank"),
        fact("share of the plays", artist.share, "share"),
        fact("days with a play of the artist", artist.days, "days"),
        fact("tracks of the artist", artist.tracks, "tracks"),
        fact("most played track of the artist", artist.best_title, "title"),
        fact("plays of that track", artist.best_plays, "plays"),
        fact("day of the first play of the artist", artist.first_day, "day"),
    ]


def _track(rank: int, track: ChartTrack) -> list[Evidence]:
    most = "most played track" if rank == 1 else "track"
    facts = [
        fact(most, track.title, "title"),
        fact("its artist", track.artist, "artist"),
        fact("plays of the track", track.plays, "plays"),
    ]
    if rank > IN_FULL:
        return facts
    return [
        *facts,
        fact("place among the tracks", rank, "rank"),
        fact("days with a play of the track", track.days, "days"),
        fact("day of the first play of the track", track.first_day, "day"),
    ]
