"""Finds what a text claims but its evidence does not support.

It knows how figures, dates and names are written, and is independent of the house critic, with
which it shares no code. The tests check the verdicts of the house with it, the service those of a
model.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime

from unwrapped.music.critic.evidence import Evidence

NUMBER_WORDS = {
    "zero": 0, "one": 1, "once": 1, "single": 1, "two": 2, "twice": 2, "double": 2,
    "both": 2, "couple": 2, "three": 3, "thrice": 3, "triple": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "hundred": 100, "thousand": 1_000, "million": 1_000_000,
    "half": 0.5, "third": 1 / 3, "quarter": 0.25,
}  # fmt: skip

TIME_WORDS = re.compile(
    r"\b(January|February|March|April|June|July|August|September|October|November"
    r"|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
CLAIMS: dict[str, str] = {
    # words of a sentence: words that the label of some fact must then contain
    r"\b(most|more often|lead(s|ing|er)?|led|foremost|in front|on top|ahead|best|winn?er|won|fullest|strongest|wildest|loudest|highest|top)\b":
        r"\b(most|fullest|lead|strongest|best|first|top|greatest|highest|busiest|foremost)\b",
    r"\b(longest|longer)\b": r"\blong",
    r"\b(quietest|emptiest|fewest|mildest)\b": r"\b(quietest|fewest|mildest)\b",
    r"\b(first|began|begins?|begun|opens|opened|opener|starts?|enters?|entered|appears)\b":
        r"\b(first|earliest|begins?|began|opened|from|strongest|to|another|day|run|session|most)\b",
    r"\b(last|lately|latest|ends?|ended|closes?)\b":
        r"\b(last|latest|ends?|ended|end|least|to|known|one day)\b",
    r"\b(only|alone|just)\b": r"\b(one|alone|only|once|most)\b",
    r"\beach\b": r"\b(each|every|day|average|alike|one day)\b",
    r"\b(more than|over|or more|at least|and up)\b":
        r"\b(more|over|least|limit|length|old|new|run)\b|50%|75%",
    r"\b(less than|under|within|younger|at most|or sooner|at the latest|up to)\b":
        r"\b(under|within|shorter|younger|new|most|less|limit|longest)\b",
    r"\b(without a play|without an entry|blank|not a note|without)\b":
        r"\b(without|run of days|off|absence|beyond|last|shuffle|between|one day)\b",
    r"\b(average)\b": r"\baverage\b",
    r"\b(median|middling)\b": r"\bmedian\b",
    r"\b(in a row|running|back to back|uninterrupted|without a gap)\b": r"\b(row|run)\b",
    r"\b(next)\b": r"\bnext\b|\bfirst play after\b|\bwith the longest absence\b",
    r"\bnew\b": r"\bnew\b",
    r"\bsince\b": r"\b(since|last|first|day|before|between)\b",
    r"\b(together|both)\b": r"\b(both|together|either)\b",
}  # fmt: skip
LONGEST_JUDGEMENT = 5
"""A sentence of at most this many words is an opinion and needs no evidence."""

HELD = "§"
"""Stands for a fact in a text."""


def unproven(text: str, evidence: Iterable[Evidence]) -> list[str]:
    """The figures, number words, dates and weekdays of a text that its evidence does
    not contain."""
    facts = list(evidence)
    rest = without(text, [fact.text for fact in facts])
    values = {float(f.value) for f in facts if isinstance(f.value, int | float)}
    words = [
        word
        for word in re.findall(r"[a-z]+", rest.lower())
        if word in NUMBER_WORDS and NUMBER_WORDS[word] not in values
    ]
    return words + re.findall(r"\d[\d.,:%]*", rest) + TIME_WORDS.findall(rest)


def unsupported(
    text: str, evidence: Iterable[Evidence], longest: int = LONGEST_JUDGEMENT
) -> list[str]:
    """The sentences that say more than their evidence: those of more than `longest`
    words without any, and those with a word that compares, ranks or excludes and that
    no label supports."""
    facts = list(evidence)
    labels = " / ".join(fact.label for fact in facts)
    found = []
    for sentence in re.split(
        r"(?<=[.?!])\s+", without(text, [f.text for f in facts], HELD)
    ):
        if HELD not in sentence:
            if len(re.findall(r"[\w'’-]+", sentence)) > longest:
                found.append(f"no evidence: {sentence}")
            continue
        found += [
            f"{claim[0]}: {sentence}"
            for pattern, label in CLAIMS.items()
            if (claim := re.search(pattern, sentence)) and not re.search(label, labels)
        ]
    return found


def named_beyond(
    text: str, evidence: Iterable[Evidence], names: Iterable[str]
) -> list[str]:
    """The `names` that occur in a text but not in its evidence."""
    facts = list(evidence)
    rest = without(text, [fact.text for fact in facts])
    held = {str(fact.value).casefold() for fact in facts}
    return [
        name
        for name in names
        if len(name) > 3
        and name.casefold() not in held
        and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rest)
    ]


def misread(fact: Evidence) -> str | None:
    """The reason why the text of a fact does not match its value; None if it does."""
    if isinstance(fact.value, str):
        name = fact.text.strip("“”")
        return None if name == " ".join(fact.value.split()) else f"{fact} is no name"
    if isinstance(fact.value, date):
        form = "%B %Y" if fact.unit == "month" else "%d %B %Y"
        read = datetime.strptime(fact.text, form).date()  # noqa: DTZ007 - a day
        return None if read == fact.value else f"{fact} is another day"
    if fact.text == "one week":
        return None if (fact.value, fact.unit) == (168, "hours") else f"{fact} is none"
    if fact.text == "30 seconds":
        return (
            None if (fact.value, fact.unit) == (0.5, "minutes") else f"{fact} is none"
        )
    digits = re.search(r"\d[\d,]*(\.\d+)?", fact.text)
    if digits is None:
        return f"{fact} has no figure"
    figure = float(digits[0].replace(",", ""))
    decimals = len((digits[1] or ".").removeprefix("."))
    scale = 100 if fact.unit == "share" else 1
    close = abs(figure - fact.value * scale) <= 0.5 * 10**-decimals + 1e-9
    return None if close else f"{fact} is written wrongly"


def without(text: str, known: list[str], held: str = " ") -> str:
    """The text with `held` in place of each `known` piece, the longest first."""
    for piece in sorted(known, key=len, reverse=True):
        text = text.replace(piece, held)
    return text
