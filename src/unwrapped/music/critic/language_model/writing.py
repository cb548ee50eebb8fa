"""The critic backed by a model: it is asked, held to the evidence, and asked once again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.music.critic.language_model.answers import (
    BadAnswer,
    ModelAnswer,
    read_answer,
)
from unwrapped.music.critic.language_model.brief import Brief
from unwrapped.music.critic.language_model.checking import (
    LONGEST,
    LONGEST_TITLE,
    CheckedText,
    Fault,
    check,
)
from unwrapped.music.critic.language_model.client import AsksModel
from unwrapped.music.critic.language_model.prompt import asked_again, first_messages
from unwrapped.music.critic.verdict import UNTITLED, Beat, Observation, Verdict

ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class ModelCritic:
    """Has a model write a verdict."""

    server: AsksModel
    name: str
    """What the model is called."""

    async def write(self, brief: Brief, house: Verdict) -> Verdict:
        """The model's verdict, with the house's parts for those that are not held by the
        facts; `house`, with the reasons, where none of its beats is.

        Raises `ExternalAPIError` where the model gave no answer at all.
        """
        draft = _Draft(brief)
        messages = first_messages(brief)
        answer = await self.server.complete(messages)
        draft.take(answer)
        if draft.faults:
            more = asked_again(answer, draft.details)
            try:
                draft.take(await self.server.complete([*messages, *more]))
            except ExternalAPIError as error:
                draft.unanswered = error.message
        return draft.verdict(self.name, house)


def written_by_house(house: Verdict, *reasons: str) -> Verdict:
    """The house's verdict where a model was to write it, and why it did not."""
    return replace(house, replaced=list(reasons))


class _Draft:
    """What was taken of the answers so far, and what is wrong with the rest."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._parts: list[str] = []
        self._taken: dict[str, CheckedText] = {}
        self.faults: dict[str, Fault] = {}
        self.unanswered: str | None = None
        """Why the second question got no answer."""

    @property
    def details(self) -> dict[str, str]:
        """The faults as the model is given them, by part."""
        return {
            part: f"It {fault.words}" + (f": {fault.detail}" if fault.detail else "")
            for part, fault in self.faults.items()
        }

    def take(self, text: str) -> None:
        """Take of an answer what is held by the facts, where nothing is taken yet."""
        try:
            answer = read_answer(text)
        except BadAnswer as error:
            if not self._parts:
                self.faults = {ANSWER: Fault(str(error))}
            return
        self.faults.pop(ANSWER, None)
        self._take_parts(answer)

    def _take_parts(self, answer: ModelAnswer) -> None:
        found = dict(answer.parts())
        self._parts = self._parts or list(found)
        for name in self._parts:
            if name in self._taken or name not in found:
                continue
            longest = LONGEST_TITLE if name == "title" else LONGEST
            texts = [one.text for one in self._taken.values()]
            checked = check(found[name], self._brief, longest, texts)
            if isinstance(checked, CheckedText):
                self._taken[name] = checked
                self.faults.pop(name, None)
            else:
                self.faults[name] = checked

    def verdict(self, model: str, house: Verdict) -> Verdict:
        """Return the verdict: the accepted parts, and the house's for the rest."""
        if not any(name.startswith("beat") for name in self._taken):
            return written_by_house(house, *self._reasons())
        own, spare = self._brief.house, self._spare()
        title = self._taken.get("title")
        line = self._taken.get("line") or next(spare, None)
        return replace(
            own,
            title=title.text if title else UNTITLED,
            title_evidence=title.evidence if title else [],
            line=line.text if line else own.line,
            line_evidence=line.evidence if line else own.line_evidence,
            thesis=None,
            beats=self._beats(spare),
            unsaid=[*own.unsaid, *self._left_out()],
            critic="model",
            model=model,
            replaced=self._reasons(),
        )

    def _reasons(self) -> list[str]:
        reasons = [_reason(part, fault) for part, fault in self.faults.items()]
        if self.unanswered is not None:
            reasons.append(f"It was not asked again with success: {self.unanswered}")
        return reasons

    def _left_out(self) -> list[str]:
        count = self._brief.left_out
        if not count:
            return []
        plays = "1 play" if count == 1 else f"{count:,} plays"
        return [
            f"The model was not given {plays} whose source no model may see. What this"
            " text says is said without them."
        ]

    def _spare(self) -> Iterator[Observation]:
        """What the house found, each of which can replace a part: a line of its story
        makes no sense in another text."""
        texts = {one.text for one in self._taken.values()}
        return (
            found for found in self._brief.house.observations if found.text not in texts
        )

    def _beats(self, spare: Iterator[Observation]) -> list[Beat]:
        """The beats in their order, findings of the house where the model's were not
        taken."""
        beats = []
        for name in self._parts:
            if not name.startswith("beat"):
                continue
            if name in self._taken:
                taken = self._taken[name]
                beats.append(Beat(role="beat", text=taken.text, evidence=taken.evidence, rule=None))  # fmt: skip
            elif (found := next(spare, None)) is not None:
                beats.append(Beat(role="beat", text=found.text, evidence=found.evidence, rule=found.rule))  # fmt: skip
        return beats


def _reason(part: str, fault: Fault) -> str:
    if part == ANSWER:
        return f"The house wrote this verdict: what the model answered {fault.words}."
    named = part if part.startswith("beat") else f"the {part}"
    return f"The house wrote {named}: what the model wrote {fault.words}."
