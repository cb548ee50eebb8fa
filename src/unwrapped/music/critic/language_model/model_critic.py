"""The critic backed by a model: asks it, checks its answer against the evidence, and asks once
more."""

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
    """A critic that lets a model write the verdict."""

    server: AsksModel
    name: str
    """The name of the model."""

    async def write(self, brief: Brief, house: Verdict) -> Verdict:
        """The model's verdict, with parts of the house in place of rejected ones;
        `house` with the reasons if all its beats are rejected.

        Raises `ExternalAPIError` if the model gave no answer at all.
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
    """The house's verdict in place of a model's, with the reasons."""
    return replace(house, replaced=list(reasons))


class _Draft:
    """The parts accepted from the answers so far, and the faults of the rest."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._parts: list[str] = []
        self._taken: dict[str, CheckedText] = {}
        self.faults: dict[str, Fault] = {}
        self.unanswered: str | None = None
        """The reason why the second request got no answer."""

    @property
    def details(self) -> dict[str, str]:
        """The faults by part, as they are sent to the model."""
        return {
            part: f"It {fault.words}" + (f": {fault.detail}" if fault.detail else "")
            for part, fault in self.faults.items()
        }

    def take(self, text: str) -> None:
        """Accept the parts of an answer that the facts support, unless accepted
        before."""
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
            reasons.append(f"The second request to the model failed: {self.unanswered}")
        return reasons

    def _left_out(self) -> list[str]:
        count = self._brief.left_out
        if not count:
            return []
        plays = "1 play" if count == 1 else f"{count:,} plays"
        return [f"This text leaves out {plays} from sources that no model may see."]

    def _spare(self) -> Iterator[Observation]:
        """The observations of the house that can replace a part. (Single lines of its
        story would make no sense in another text.)"""
        texts = {one.text for one in self._taken.values()}
        return (
            found for found in self._brief.house.observations if found.text not in texts
        )

    def _beats(self, spare: Iterator[Observation]) -> list[Beat]:
        """The beats in their order, with observations of the house in place of rejected
        ones."""
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
        return f"The house wrote this verdict: the answer of the model {fault.words}."
    named = part if part.startswith("beat") else f"the {part}"
    return f"The house wrote {named}: the text of the model {fault.words}."
