"""Rules about tracks with a certain word, taken literally, in the title.

There is one for each word of the profile's vocabulary; the lines are in `stock/words.toml`.
"""

from collections.abc import Callable

from unwrapped.music.critic.base_rates import names as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.most_played.title_words import VOCABULARY
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_PLAYS = 20


def _find(word: str) -> Callable[[TasteProfile], Finding | None]:
    looked_for = f"“{word}” or a form of it" if VOCABULARY[word] else f"“{word}”"

    def find(profile: TasteProfile) -> Finding | None:
        for entry in profile.charts.words:
            if entry.word == word and entry.plays >= FEWEST_PLAYS:
                return Finding(
                    entry.plays / profile.volume.plays,
                    {
                        "title": fact(
                            f"most played track with {looked_for} in its title",
                            entry.title,
                            "title",
                        ),
                        "artist": fact("artist of that track", entry.artist, "artist"),
                        "plays": fact("plays of that track", entry.plays, "plays"),
                    },
                )
        return None

    return find


def _rule(word: str) -> Rule:
    return Rule(
        name=f"word_{word}",
        family="words",
        claim=f"A track with {word!r} in its title has very many plays.",
        side="high",
        base_rate=base_rates.WORD,
        find=_find(word),
    )


TITLE_WORDS: tuple[Rule, ...] = tuple(_rule(word) for word in VOCABULARY)
