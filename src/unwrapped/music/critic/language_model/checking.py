"""Whether what a model wrote is held by the facts that it was given.

Figures, dates, names and comparisons are read by the reader that the tests hold against the
house (`claims`), and further: a model makes mistakes that rules cannot make.
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
    """Why a text is not taken."""

    words: str
    """For people: what the text does, without a word of it."""

    detail: str = ""
    """For the model: the place, in its own words."""


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text that may be taken, with the facts that it uses."""

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

    `taken` are the texts that have been accepted.
    """
    text = tidy(part.text)
    if not text:
        return Fault("is empty")
    if len(text) > longest:
        return Fault(f"has more than {longest} characters")
    if text.casefold() in {one.casefold() for one in taken}:
        return Fault("says what another part says")
    unknown = [number for number in part.evidence if number not in brief.facts]
    if unknown:
        return Fault("names evidence that was not sent", ", ".join(unknown[:5])[:100])
    cited = [brief.facts[number] for number in dict.fromkeys(part.evidence)]
    for fault in _faults(text, cited, brief):
        return fault
    return CheckedText(text, [one for one in cited if one.text in text])


def _faults(text: str, cited: list[Evidence], brief: Brief) -> Iterator[Fault]:
    rest = without(text, [one.text for one in cited], HELD)
    if (address := _ADDRESS.search(rest)) is not None:
        yield Fault("holds an address, or an abbreviation like one", address[0])
    if _PLAIN.fullmatch(rest) is None or "§" in text:
        strange = "".join(sorted({sign for sign in rest if not _PLAIN.fullmatch(sign)}))
        yield Fault("holds mark-up, or signs of another script", strange[:40])
    figures = [*unproven(text, cited), *(one[0] for one in NUMBERS.finditer(rest))]
    if figures:
        yield Fault(
            "gives a figure, an amount or a date that its evidence does not hold",
            ", ".join(figures),
        )
    names = [*named_beyond(text, cited, brief.names), *_names(rest)]
    if names:
        yield Fault(
            "uses a name that its evidence does not hold, or that was not sent",
            ", ".join(names),
        )
    if (subject := UNSPEAKABLE.search(rest)) is not None:
        yield Fault("speaks of what no verdict speaks of", subject[0])
    claims = [*unsupported(text, cited), *_claims(rest, cited)]
    if claims:
        yield Fault(
            "compares, ranks or claims more than its evidence says", "; ".join(claims)
        )
    if (figure := misplaced(text, cited, brief)) is not None:
        yield Fault("says a figure of another name than the one it belongs to", figure)


def _names(rest: str) -> Iterator[str]:
    """What looks like a name: in quotation marks, or with a capital where none belongs."""
    for quoted in _QUOTED.finditer(rest):
        yield quoted[0]
    for word in _WORD.finditer(rest):
        if word[0].islower() or word[0] in ALWAYS_CAPITAL:
            continue
        if TIME_WORDS.fullmatch(word[0]):
            continue  # which are checked as dates
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
