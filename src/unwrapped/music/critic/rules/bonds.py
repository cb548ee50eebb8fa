"""Rules about single artists: returns, farewells, constants."""

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.gaps import days_missing
from unwrapped.music.profile.taste import TasteProfile

FEWEST_MONTHS = 12
WHOLE_YEAR_DAYS = 350


def _comeback(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.comeback
    if bond is None or not bond.away_days:
        return None
    if days_missing(profile.gaps, bond.left_day, bond.returned_day):
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
    if days_missing(profile.gaps, bond.last_day, profile.volume.last_day):
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
    if bond is None or profile.gaps:
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
    if bond is None or bond.of_months < FEWEST_MONTHS or not bond.every_month:
        return None
    return Finding(
        bond.every_month,
        {
            "artist": fact("artist played in the most months", bond.artist, "artist"),
            "artists": fact(
                "artists played in all months", bond.every_month, "artists"
            ),
            "of": fact("months with a play", bond.of_months, "months"),
        },
    )


def _one_track(profile: TasteProfile) -> Finding | None:
    bond = profile.bonds.one_track
    if bond is None:
        return None
    return Finding(
        bond.plays / profile.volume.plays,
        {
            "artist": fact("artist with one track only", bond.artist, "artist"),
            "title": fact("that track", bond.title, "title"),
            "plays": fact("its plays", bond.plays, "plays"),
            "one": fact("different tracks of theirs", 1, "tracks"),
        },
    )


def _upstart(profile: TasteProfile) -> Finding | None:
    top, volume = profile.favourites.artists[0], profile.volume
    if volume.days < WHOLE_YEAR_DAYS:
        return None
    days = (volume.last_day - top.first_day).days + 1
    return Finding(
        min(1.0, days / volume.days),
        {
            "artist": fact("most played artist", top.artist, "artist"),
            "first": fact("first play of theirs", top.first_day, "day"),
            "plays": fact("plays of theirs", top.plays, "plays"),
            "days": fact("days of the period", volume.days, "days"),
        },
    )


BONDS: tuple[Rule, ...] = (
    Rule(
        name="comeback",
        family="bonds",
        claim="An artist came back after a very long absence.",
        side="high",
        base=BaseRate.amount(
            450, 0.5, "The longest absence that ended in a return is about 450 days."
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
            0.005,
            1.6,
            "The most played artist without a play for 180 days has about 0.5% of the plays.",
        ),
        find=_farewell,
        phrasings=(
            "{artist} is {rank} on your list, with {plays}, and had not heard from you since {last}. Flowers would be a start.",
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
            9, 1.35, "The newest artist of the last 60 days has about 9 plays."
        ),
        find=_arrival,
        phrasings=(
            "{artist} turned up on {first} and is already at {plays}. The others have started to whisper.",
            "First played on {first}, {plays} by now: {artist} did not come to be background.",
            "Since {first} it is {artist}, {artist}, {artist}: {plays} in the shortest of careers.",
        ),
        epithet="Lovestruck",
    ),
    Rule(
        name="constant",
        family="bonds",
        claim="Many artists are played in all months of the period.",
        side="high",
        base=BaseRate.amount(
            1, 0.9, "About one artist is played in all months of a period."
        ),
        find=_constant,
        phrasings=(
            "{artists} turn up in each of your {of}, {artist} first among them. Rent is paid less regularly.",
            "Seasons change; {artists} do not. {artist} and company signed in for each of {of}.",
            "Over {of} you kept {artists} in steady work, {artist} in the lead. A pension plan seems in order.",
        ),
        epithet="Constant",
    ),
    Rule(
        name="one_track_love",
        family="devotion",
        claim="One artist was played a lot, and only ever with one track.",
        side="high",
        base=BaseRate.share(
            0.016,
            1.4,
            "An artist known by one track alone has about 1.6% of the plays at most.",
        ),
        find=_one_track,
        phrasings=(
            "{title} by {artist}: {plays}. Your collection of theirs ends there, at {one}. Why risk it.",
            "You and {artist} have an understanding. It is called {title}, it has {plays}, and it goes no further than {one}.",
            "{plays} for {title}, and {one} by {artist} in total. Some would have checked the rest of the menu.",
        ),
        epithet="Single-Minded",
    ),
    Rule(
        name="upstart",
        family="throne",
        claim="The most played artist was first played late in the period.",
        side="low",
        base=BaseRate.share(
            0.93,
            1.6,
            "The most played artist has been around for about 93% of the period.",
        ),
        find=_upstart,
        phrasings=(
            "{artist} only arrived on {first} and leads your list all the same, with {plays}. The old guard is taking it badly.",
            "In a period of {days}, the top of the list went to someone you met on {first}: {artist}, {plays}.",
            "{artist}, unknown to you before {first}, now at {plays} and in front. Seniority counts for little here.",
        ),
        epithet="Swept-Away",
    ),
)
