"""An independent reader of verdicts: what does a text claim, and is it in the evidence?

Knows how figures, dates and names are written; shares no code with the critic.
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
TOTAL_WORDS = re.compile(
    r"\b(always|never|every|everyone|everybody|everything|nobody|none|nothing)\b", re.I
)


def unproven(text: str, evidence: Iterable[Evidence]) -> list[str]:
    """Figures, count words, dates and weekdays of a text that no evidence holds."""
    facts = list(evidence)
    rest = _without(text, [fact.text for fact in facts])
    values = {float(f.value) for f in facts if isinstance(f.value, int | float)}
    words = [
        word
        for word in re.findall(r"[a-z]+", rest.lower())
        if word in NUMBER_WORDS and NUMBER_WORDS[word] not in values
    ]
    return words + re.findall(r"\d[\d.,:%]*", rest) + TIME_WORDS.findall(rest)


def named_beyond(
    text: str, evidence: Iterable[Evidence], names: Iterable[str]
) -> list[str]:
    """Names of the listener's artists and titles in a text that no evidence holds."""
    rest = _without(text, [fact.text for fact in evidence])
    return [name for name in names if len(name) > 3 and name in rest]


def misread(fact: Evidence) -> str | None:
    """Why the text of a piece of evidence does not say its value; None when it does."""
    if isinstance(fact.value, str):
        told = fact.text.strip("“”")
        return None if told == " ".join(fact.value.split()) else f"{fact} is no name"
    if isinstance(fact.value, date):
        form = "%B %Y" if fact.unit == "month" else "%d %B %Y"
        read = datetime.strptime(fact.text, form).date()  # noqa: DTZ007 - a day
        return None if read == fact.value else f"{fact} is another day"
    if fact.text == "one week":
        return None if (fact.value, fact.unit) == (168, "hours") else f"{fact} is none"
    digits = re.search(r"\d[\d,]*(\.\d+)?", fact.text)
    if digits is None:
        return f"{fact} has no figure"
    figure = float(digits[0].replace(",", ""))
    decimals = len((digits[1] or ".").removeprefix("."))
    scale = 100 if fact.unit == "share" else 1
    close = abs(figure - fact.value * scale) <= 0.5 * 10**-decimals + 1e-9
    return None if close else f"{fact} is written wrongly"


def _without(text: str, known: list[str]) -> str:
    for piece in sorted(known, key=len, reverse=True):
        text = text.replace(piece, " ")
    return text
