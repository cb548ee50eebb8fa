"""Rules about single artists: returns, farewells, constants."""

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_MONTHS = 12


def _comeback(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.comeback
    if bond is None or not bond.away_days:
        return None
    return Finding(
        bond.away_days,
        {
            "artist": fact("artist with the longest absence", bond.artist, "artist"),
            "away": fact("days between the plays", bond.away_days, "days"),
            "left": fact("last play before", bond.left_day, "day"),
            "returned": fact("first play after", bond.returned_day, "day"),
            "plays": fact("plays since the return", bond.plays_since, "plays"),
        },
    )


def _farewell(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.farewell
    if bond is None:
        return None
    return Finding(
        bond.share,
        {
            "artist": fact(
                "most played artist without a recent play", bond.artist, "artist"
            ),
            "plays": fact("plays of theirs", bond.plays, "plays"),
            "last": fact("last play", bond.last_day, "day"),
            "rank": fact("place by plays over the whole history", bond.rank, "rank"),
        },
    )


def _arrival(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.arrival
    if bond is None:
        return None
    return Finding(
        bond.plays,
        {
            "artist": fact("newest artist with the most plays", bond.artist, "artist"),
            "plays": fact("plays of theirs", bond.plays, "plays"),
            "first": fact("first play", bond.first_day, "day"),
        },
    )


def _constant(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.constant
    if bond is None or bond.of_months < FEWEST_MONTHS:
        return None
    return Finding(
        bond.months / bond.of_months,
        {
            "artist": fact("artist played in the most months", bond.artist, "artist"),
            "months": fact("months with a play of theirs", bond.months, "number"),
            "of": fact("months with a play", bond.of_months, "months"),
        },
    )


def _one_track(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.one_track
    if bond is None:
        return None
    return Finding(
        bond.plays,
        {
            "artist": fact("artist with one track only", bond.artist, "artist"),
            "title": fact("that track", bond.title, "title"),
            "plays": fact("its plays", bond.plays, "plays"),
            "one": fact("different tracks of theirs", 1, "tracks"),
        },
    )


BONDS: tuple[Rule, ...] = (
    Rule(
        name="comeback",
        family="bonds",
        claim="An artist came back after a very long absence.",
        side="high",
        base=BaseRate.amount(
            420, 0.55, "The longest absence that ended in a return is about 420 days."
        ),
        find=_comeback,
        phrasings=(
            "You left {artist} on {left} and came back on {returned}, {away} later, as if nothing had happened. {plays} since.",
            "{away} without {artist}, then {plays} from {returned} on. Reunion tours have been announced for less.",
            "{artist} had been off your list since {left}. On {returned} you called, after {away}, and they picked up: {plays}.",
        ),
        epithet="Homecoming",
    ),
    Rule(
        name="farewell",
        family="bonds",
        claim="An artist with many plays has not been played for half a year.",
        side="high",
        base=BaseRate.share(
            0.008,
            0.9,
            "The most played artist without a play for 180 days has about 0.8% of the plays.",
        ),
        find=_farewell,
        phrasings=(
            "{artist} is {rank} of all your artists, with {plays}, and has not heard from you since {last}. Flowers would be a start.",
            "You gave {artist} {plays}. The last fell on {last}. There was no farewell concert.",
            "{plays}, {rank} by the count, and silence since {last}: {artist} would like the hoodie back.",
        ),
        epithet="Fickle",
    ),
    Rule(
        name="arrival",
        family="bonds",
        claim="An artist of the last two months already has many plays.",
        side="high",
        base=BaseRate.amount(
            14, 0.9, "The newest artist of the last 60 days has about 14 plays."
        ),
        find=_arrival,
        phrasings=(
            "{artist} turned up on {first} and is already at {plays}. The others have started to whisper.",
            "First heard on {first}, {plays} by now: {artist} did not come to be background.",
            "Since {first} it is {artist}, {artist}, {artist}: {plays} in the shortest of careers.",
        ),
        epithet="Lovestruck",
    ),
    Rule(
        name="constant",
        family="bonds",
        claim="One artist is played in nearly all months.",
        side="high",
        base=BaseRate.share(
            0.88, 1.1, "The most constant artist is played in about 88% of the months."
        ),
        find=_constant,
        phrasings=(
            "{artist} was there in {months} of {of}. Rent is paid less regularly.",
            "{months} of {of} contain {artist}. Seasons change; this does not.",
            "Look up a month with music in it, and there is {artist}: {months} of {of}.",
        ),
        epithet="Constant",
    ),
    Rule(
        name="one_track_love",
        family="bonds",
        claim="One artist was played a lot, and only ever with one track.",
        side="high",
        base=BaseRate.amount(
            30, 0.45, "An artist known by one track alone has about 30 plays at most."
        ),
        find=_one_track,
        phrasings=(
            "{title} by {artist}: {plays}. Of the artist's other work you have heard precisely no bar. Why risk it.",
            "You and {artist} have an understanding. It is called {title}, it has {plays}, and it goes no further than {one}.",
            "{plays} for {title}, and {one} by {artist} in total. Some would have checked the rest of the menu.",
        ),
        epithet="Single-Minded",
    ),
)
