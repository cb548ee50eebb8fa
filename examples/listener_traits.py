"""Strong habits, and the kinds of listeners that have them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from examples.listener_habits import (
    AROUND_THE_CLOCK,
    COMMUTE,
    DECEMBER,
    EVENING,
    MORNING,
    NIGHT,
    OFFICE,
    SUMMER,
    Habits,
    ordinary_habits,
)


@dataclass(frozen=True, slots=True)
class Trait:
    """A habit taken to its extreme."""

    name: str
    knobs: frozenset[str]
    """What the trait changes; no two traits of a listener change the same."""

    apply: Callable[[Habits, Random], Habits]


def _trait(
    name: str, knobs: str, apply: Callable[[Habits, Random], Habits]
) -> tuple[str, Trait]:
    return name, Trait(name, frozenset(knobs.split()), apply)


def _one_busy_month(habits: Habits, rng: Random) -> Habits:
    busy = rng.randrange(12)
    season = tuple(9.0 if month == busy else 0.7 for month in range(12))
    return replace(habits, season=season)


TRAITS: dict[str, Trait] = dict(
    (
        # how many artists, and which
        _trait("a handful of artists", "artists discovery nostalgia turnover",
               lambda h, r: replace(h, artists=r.randint(5, 14), later_artists=0.0,
                                    fading_months=400, fresh_tracks=0.06,
                                    tracks_per_artist=60)),
        _trait("a thousand artists", "artists",
               lambda h, r: replace(h, artists=r.randint(1200, 3000))),
        _trait("flat taste", "concentration",
               lambda h, r: replace(h, concentration=r.uniform(0.05, 0.25))),
        _trait("steep taste", "concentration favourite",
               lambda h, r: replace(h, concentration=r.uniform(1.9, 2.4),
                                    fading_months=400)),
        _trait("always exploring", "discovery artists turnover",
               lambda h, r: replace(h, artists=r.randint(1500, 2600),
                                    concentration=r.uniform(0.3, 0.6),
                                    later_artists=r.uniform(0.82, 0.9),
                                    fading_months=4, fresh_tracks=0.45)),
        _trait("nothing new", "discovery turnover artists concentration",
               lambda h, r: replace(h, artists=r.randint(90, 160), later_artists=0.02,
                                    concentration=r.uniform(0.4, 0.7),
                                    fading_months=400)),
        _trait("nostalgia", "nostalgia turnover",
               lambda h, r: replace(h, nostalgia=r.uniform(0.5, 0.7), fading_months=7)),
        _trait("new favourites every year", "turnover nostalgia discovery",
               lambda h, _: replace(h, turnover=True, nostalgia=0.0, later_artists=0.8)),
        _trait("same favourites every year", "turnover discovery",
               lambda h, r: replace(h, fading_months=1000, later_artists=0.1,
                                    concentration=max(h.concentration, 1.2),
                                    nostalgia=0.0)),
        _trait("one artist to the last track", "deep",
               lambda h, r: replace(h, deep_dive=r.uniform(0.07, 0.14))),
        _trait("one hit", "one_hit",
               lambda h, r: replace(h, one_hit=r.uniform(0.012, 0.03))),
        _trait("an abandoned favourite", "favourite",
               lambda h, r: replace(h, abandoned=r.uniform(0.22, 0.35))),
        _trait("a late favourite", "favourite",
               lambda h, r: replace(h, late_favourite=r.uniform(0.3, 0.5))),
        _trait("a comeback after years", "comeback",
               lambda h, r: replace(h, comeback=r.uniform(0.06, 0.12))),
        # which tracks
        _trait("every track once", "fresh deep",
               lambda h, r: replace(h, fresh_tracks=0.93, tracks_per_artist=5000,
                                    artists=max(h.artists, 900), one_hit=0.0)),
        _trait("long tracks", "length",
               lambda h, r: replace(h, long_tracks=r.uniform(0.55, 0.75))),
        _trait("short tracks", "length",
               lambda h, r: replace(h, short_tracks=r.uniform(0.65, 0.9))),
        _trait("obsessions", "obsessions",
               lambda h, r: replace(h, obsessions=r.randint(3, 6),
                                    obsession_plays=r.randint(60, 90))),
        _trait("back to back", "loops",
               lambda h, r: replace(h, loops=r.uniform(0.06, 0.12))),
        _trait("a daily ritual", "morning",
               lambda h, r: replace(h, ritual=r.uniform(0.6, 0.85))),
        # when
        _trait("the night", "hours",
               lambda h, _: replace(h, hours=NIGHT)),
        _trait("the early morning", "hours",
               lambda h, _: replace(h, hours=MORNING)),
        _trait("office hours", "hours",
               lambda h, _: replace(h, hours=OFFICE)),
        _trait("the evening", "hours",
               lambda h, _: replace(h, hours=EVENING)),
        _trait("the way to work", "hours week",
               lambda h, _: replace(h, hours=COMMUTE, weekend=0.04)),
        _trait("around the clock", "hours",
               lambda h, _: replace(h, hours=AROUND_THE_CLOCK)),
        _trait("weekends", "week",
               lambda h, r: replace(h, weekend=r.uniform(9, 16))),
        _trait("weekdays only", "week",
               lambda h, _: replace(h, weekend=0.0)),
        _trait("summer", "season",
               lambda h, _: replace(h, season=SUMMER)),
        _trait("December", "season",
               lambda h, _: replace(h, season=DECEMBER)),
        _trait("one busy month", "season", _one_busy_month),
        _trait("more every year", "growth",
               lambda h, r: replace(h, growth=r.uniform(2, 4))),
        _trait("less every year", "growth",
               lambda h, r: replace(h, growth=1 / r.uniform(2.5, 6))),
        _trait("long silences", "silences streak",
               lambda h, r: replace(h, silences=tuple(
                   r.randint(25, 110) for _ in range(r.randint(2, 4))))),
        _trait("every day", "days silences streak week",
               lambda h, _: replace(h, active_days=1.0, daily_floor=3, silences=())),
        _trait("now and then", "days session streak",
               lambda h, r: replace(h, active_days=r.uniform(0.04, 0.08),
                                    session_tracks=r.randint(35, 60))),
        _trait("marathons", "days session streak",
               lambda h, r: replace(h, active_days=r.uniform(0.09, 0.16),
                                    session_tracks=r.randint(90, 150))),
        _trait("two-track dips", "session",
               lambda h, _: replace(h, session_tracks=2)),
        # how
        _trait("skipping", "skips form",
               lambda h, r: replace(h, skips=r.uniform(0.58, 0.76))),
        _trait("patience", "skips",
               lambda h, r: replace(h, skips=r.uniform(0.0, 0.008), patience=0.99)),
        _trait("always shuffle", "shuffle form",
               lambda h, _: replace(h, shuffle=1.0, albums=0.0)),
        _trait("never shuffle", "shuffle",
               lambda h, _: replace(h, shuffle=0.0)),
        _trait("whole albums", "form shuffle skips session days streak",
               lambda h, r: replace(h, albums=r.uniform(0.8, 0.95), shuffle=0.0,
                                    skips=0.015, patience=0.985, artist_run=0.1,
                                    active_days=0.4, tracks_per_artist=45)),
        _trait("single tracks", "form",
               lambda h, _: replace(h, albums=0.0, artist_run=0.0)),
        _trait("falling asleep to music", "night",
               lambda h, r: replace(h, sleep=r.uniform(0.1, 0.22))),
        _trait("workouts", "workouts",
               lambda h, r: replace(h, workouts=r.uniform(0.35, 0.6))),
    )
)  # fmt: skip

_KINDS: dict[str, tuple[str, ...]] = {
    "ordinary": (),
    "omnivore": ("a thousand artists", "flat taste", "single tracks"),
    "obsessive": ("obsessions", "back to back", "steep taste"),
    "nostalgic": ("nostalgia", "a comeback after years"),
    "nightowl": ("the night",),
    "earlybird": ("the early morning", "a daily ritual"),
    "explorer": ("always exploring", "never shuffle"),
    "albumist": ("whole albums",),
    "skipper": ("skipping", "single tracks"),
    "weekender": ("weekends", "the evening"),
    "loyalist": ("a handful of artists", "steep taste"),
    "shuffler": ("always shuffle", "flat taste"),
    "marathoner": ("marathons", "patience"),
    "sporadic": ("now and then", "long silences"),
    "seasonal": ("summer", "a late favourite"),
    "commuter": ("the way to work",),
    "officeworker": ("office hours", "weekdays only"),
    "sleeper": ("falling asleep to music", "patience"),
    "athlete": ("workouts", "short tracks"),
    "chameleon": ("new favourites every year",),
    "diver": ("one artist to the last track", "same favourites every year"),
    "everyday": ("every day", "nothing new"),
}

KINDS: tuple[str, ...] = tuple(_KINDS)
"""The main habits a made-up listener can have."""


def traits_of(kind: str, seed: int) -> tuple[str, ...]:
    """Names of a listener's strong habits: those of the kind, then one or two more.

    An ordinary listener has none. For one seed the further traits are distributed over
    the kinds, so that nearly every trait occurs in some kind. Raises `KeyError` for an
    unknown kind.
    """
    chosen = list(_KINDS[kind])
    if not chosen:
        return ()
    cards = list(TRAITS)
    Random(f"traits {seed}").shuffle(cards)
    place = KINDS.index(kind)
    wanted = len(chosen) + 1 + (place + seed) % 2
    start = place * len(cards) // len(KINDS)
    for name in cards[start:] + cards[:start]:
        if len(chosen) == wanted:
            break
        if all(TRAITS[name].knobs.isdisjoint(TRAITS[had].knobs) for had in chosen):
            chosen.append(name)
    return tuple(chosen)


def habits_of(kind: str, seed: int) -> Habits:
    """The habits of a listener. Raises `KeyError` for an unknown kind."""
    rng = Random(f"habits {kind} {seed}")
    habits = ordinary_habits(rng)
    for name in reversed(traits_of(kind, seed)):
        habits = TRAITS[name].apply(habits, rng)
    return habits
