"""Checks that the text of a model is supported by the facts that were sent to it.

It uses `fact_check.py`, with which the tests check the house critic, for figures, dates, names
and comparisons, and checks more: a model makes mistakes that rules cannot make.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.fact_check import (
    HELD,
    TIME_WORDS,
    named_beyond,
    unproven,
    unsupported,
    without,
)
from unwrapped.music.critic.language_model.answers import Part
from unwrapped.music.critic.language_model.belonging import misplaced
from unwrapped.music.critic.language_model.brief import Brief
from unwrapped.music.critic.language_model.words import (
    ALWAYS_CAPITAL,
    CLAIMS,
    NUMBERS,
    OPENERS,
    UNSPEAKABLE,
)

LONGEST = 300
LONGEST_TITLE = 70

_ADDRESS = re.compile(r"://|\bwww\b|@|\w\.\w|\b(https?|ftp|mailto|javascript)\b", re.I)
_PLAIN = re.compile(r"[A-Za-z0-9 .,;:!?'’“”()%&\-–—…§àáâçèéêëïñôöü]*")
_WORD = re.compile(r"[^\W\d_][\w'’]*(?:-[\w'’]+)*")
_SENTENCE_ENDS = re.compile(r"[.?!…:;]['’”)]*\s*[(“']*$")
_QUOTED = re.compile(r"“([^“”]*)”")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is rejected."""

    words: str
    """For people: what the text does, without quoting it. It completes "it …"."""

    detail: str = ""
    """For the model: the faulty words, quoted."""


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text that is accepted, with the facts that it uses."""

    text: str
    evidence: list[Evidence]


def tidy(text: str) -> str:
    """A text with one kind of quotation marks and one kind of space."""
    curled = re.sub(r'"([^"]*)"', r"“\1”", text)
    return re.sub(r"[ \t\r\n]+", " ", curled).strip()


def check(
    part: Part, brief: Brief, longest: int, taken: Collection[str]
) -> CheckedText | Fault:
    """The text of a part with the evidence that it uses, or the first fault in it.

    `taken` are the texts that have been accepted so far.
    """
    text = tidy(part.text)
    if not text:
        return Fault("is empty")
    if len(text) > longest:
        return Fault(f"has more than {longest} characters")
    if text.casefold() in {one.casefold() for one in taken}:
        return Fault("repeats another part")
    unknown = [number for number in part.evidence if number not in brief.facts]
    if unknown:
        return Fault("cites evidence that was not sent", ", ".join(unknown[:5])[:100])
    cited = [brief.facts[number] for number in dict.fromkeys(part.evidence)]
    for fault in _faults(text, cited, brief):
        return fault
    return CheckedText(text, [one for one in cited if one.text in text])


def _faults(text: str, cited: list[Evidence], brief: Brief) -> Iterator[Fault]:
    rest = without(text, [one.text for one in cited], HELD)
    if (address := _ADDRESS.search(rest)) is not None:
        yield Fault(
            "contains an address, or an abbreviation that looks like one", address[0]
        )
    if _PLAIN.fullmatch(rest) is None or "§" in text:
        strange = "".join(sorted({sign for sign in rest if not _PLAIN.fullmatch(sign)}))
        yield Fault("contains mark-up or characters of another script", strange[:40])
    figures = [*unproven(text, cited), *(one[0] for one in NUMBERS.finditer(rest))]
    if figures:
        yield Fault(
            "gives a figure, an amount or a date that is not in its evidence",
            ", ".join(figures),
        )
    names = [*named_beyond(text, cited, brief.names), *_names(rest)]
    if names:
        yield Fault(
            "uses a name that is not in its evidence, or was not sent",
            ", ".join(names),
        )
    if (subject := UNSPEAKABLE.search(rest)) is not None:
        yield Fault("speaks of a subject that verdicts leave out", subject[0])
    claims = [*unsupported(text, cited), *_claims(rest, cited)]
    if claims:
        yield Fault(
            "compares, ranks or claims more than its evidence says", "; ".join(claims)
        )
    if (figure := misplaced(text, cited, brief)) is not None:
        yield Fault("gives a figure to a name that it does not belong to", figure)


def _names(rest: str) -> Iterator[str]:
    """What looks like a name: quoted words, and words with a capital where none
    belongs."""
    for quoted in _QUOTED.finditer(rest):
        yield quoted[0]
    for word in _WORD.finditer(rest):
        if word[0].islower() or word[0] in ALWAYS_CAPITAL:
            continue
        if TIME_WORDS.fullmatch(word[0]):
            continue  # months and weekdays are checked as dates
        before = rest[: word.start()].rstrip()
        begins = not before or _SENTENCE_ENDS.search(before) is not None
        plain = word[0][0].lower() + word[0][1:]
        if not begins or re.split(r"['’-]", plain)[0] not in OPENERS:
            yield word[0]


def _claims(rest: str, cited: list[Evidence]) -> Iterator[str]:
    labels = " / ".join(one.label for one in cited)
    for pattern, label in CLAIMS.items():
        said = re.search(pattern, rest, re.IGNORECASE)
        if said is not None and not re.search(label, labels):
            yield said[0].replace(HELD, "…")
