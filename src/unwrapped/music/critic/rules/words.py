"""Rules about a word in a title, held against the plays of the track. Read literally."""

import re
from collections.abc import Callable

from unwrapped.music.critic import grounds
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_PLAYS = 10
DENIED = re.compile(
    r"\b(no|not|never|nothing|nobody|without|ain|\w+n['’]t|cannot)\b", re.IGNORECASE
)
"""A title with such a word may say the contrary of what is looked for in it."""


def _find(word: str) -> Callable[[TasteProfile], Finding | None]:
    def find(profile: TasteProfile) -> Finding | None:
        for entry in profile.charts.words:
            if DENIED.search(entry.title):
                continue
            if entry.word == word and entry.plays >= FEWEST_PLAYS:
                return Finding(
                    entry.plays,
                    {
                        "title": fact(
                            f"most played track with {word!r} in its title",
                            entry.title,
                            "title",
                        ),
                        "artist": fact("its artist", entry.artist, "artist"),
                        "plays": fact("its plays", entry.plays, "plays"),
                    },
                )
        return None

    return find


def _rule(word: str, epithet: str, *phrasings: str) -> Rule:
    return Rule(
        name=f"word_{word}",
        family="words",
        claim=f"A track with {word!r} in its title has very many plays.",
        side="high",
        ground=grounds.WORD,
        find=_find(word),
        phrasings=phrasings,
        epithet=epithet,
    )


WORDS: tuple[Rule, ...] = (
    _rule(
        "again", "Returning-Customer",
        "{title} by {artist}: {plays}. It did say so.",
        "{title} asked, you obliged: {plays}.",
        "{plays} of {title}. The title warned you.",
    ),
    _rule(
        "alone", "Solitary",
        "{title}: {plays}. {artist} kept you company.",
        "{plays} of {title} by {artist}. Not that alone.",
        "Alone, says {title}. The counter says {plays}.",
    ),
    _rule(
        "dance", "Light-Footed",
        "{title} by {artist}: {plays}. The carpet knows.",
        "{plays} of {title}. Steps are not recorded.",
        "{artist} said dance, in {title}. The log says {plays}.",
    ),
    _rule(
        "dream", "Dreaming",
        "{title}: {plays}. Somebody keeps waking up.",
        "{plays} of {title} by {artist}. Recurring.",
        "The dream on file is {title}: {plays}.",
    ),
    _rule(
        "forever", "Eternal",
        "{title} by {artist}: {plays}. Forever can be counted.",
        "{plays} of {title}. So that is forever.",
        "{title} promised forever. It stands at {plays}.",
    ),
    _rule(
        "forget", "Unforgetting",
        "{title}: {plays}. It did not work.",
        "{plays} of {title} by {artist}. You remembered it.",
        "Forget, said {title}. You came back: {plays}.",
    ),
    _rule(
        "gone", "Lingering",
        "{title} by {artist}: {plays}. Yet here it is.",
        "{plays} of {title}. Not gone, then.",
        "Gone, claims {title}. The books claim {plays}.",
    ),
    _rule(
        "goodbye", "Slow-to-Leave",
        "{title}: {plays}. Somebody is still waving.",
        "{plays} of {title} by {artist}. A long farewell.",
        "{title} said goodbye, and then: {plays}.",
    ),
    _rule(
        "heart", "Big-Hearted",
        "{title}: {plays}. It still beats.",
        "{plays} of {title} by {artist}. Cardiology was copied in.",
        "The heart on file is {title}, at {plays}.",
    ),
    _rule(
        "home", "Homebound",
        "{title} by {artist}: {plays}. You know the way.",
        "{plays} of {title}. The porch light helps.",
        "Home, according to {title}, is reached in {plays}.",
    ),
    _rule(
        "last", "Not-Quite-Last",
        "{title} by {artist}: {plays}. Last is relative.",
        "{plays} of {title}. Title and total disagree.",
        "{title} says last. The clerk says {plays}.",
    ),
    _rule(
        "love", "Amorous",
        "{title} by {artist}: {plays}. It is on record.",
        "{plays} of {title}. Love, itemised.",
        "For love, see {title}: {plays}.",
    ),
    _rule(
        "money", "Well-Spent",
        "{title} by {artist}: {plays}. Royalties are fractions.",
        "{plays} of {title}. It paid, somehow.",
        "Money, in these books: {title}, {plays}.",
    ),
    _rule(
        "night", "Evening-Dress",
        "{title} by {artist}: {plays}. Days were available.",
        "{plays} of {title}. The blinds stay down.",
        "Night, in these books: {title}, {plays}.",
    ),
    _rule(
        "rain", "Rained-On",
        "{title} by {artist}: {plays}. Bring a coat.",
        "{plays} of {title}. The forecast holds.",
        "It rained on record: {title}, {plays}.",
    ),
    _rule(
        "sleep", "Wide-Awake",
        "{title} by {artist}: {plays}. Have you tried sheep?",
        "{plays} of {title}. Sleep, apparently, needs asking.",
        "Sleep, suggested {title}. The answer: {plays}.",
    ),
    _rule(
        "sorry", "Forgiving",
        "{title} by {artist}: {plays}. Apology accepted.",
        "{plays} of {title}. Enough, surely.",
        "{artist} is sorry, in {title}. You made sure: {plays}.",
    ),
    _rule(
        "stay", "Staying",
        "{title} by {artist}: {plays}. It stayed.",
        "{plays} of {title}. The invitation was clear.",
        "Stay, it says on {title}. Done: {plays}.",
    ),
    _rule(
        "time", "Well-Timed",
        "{title} by {artist}: {plays}. Time was found.",
        "{plays} of {title}. The hourglass was turned.",
        "For the time, see {title}: {plays}.",
    ),
    _rule(
        "wait", "Expectant",
        "{title} by {artist}: {plays}. You did not.",
        "{plays} of {title}. The queue moves slowly.",
        "Wait, says {title}. Meanwhile: {plays}.",
    ),
)  # fmt: skip
