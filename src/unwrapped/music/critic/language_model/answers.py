"""The JSON form of a model's answer."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

MOST_BEATS, FEWEST_BEATS = 8, 3
_END_OF_THOUGHT = "</think>"

FORM = (
    '{"title": {"text": "…", "evidence": ["f1"]},'
    ' "line": {"text": "…", "evidence": ["f2", "f3"]},'
    ' "beats": [{"text": "…", "evidence": ["f4", "f5"]}]}'
)


class BadAnswer(Exception):
    """The answer does not have the form; the message completes "it …"."""


class Part(BaseModel):
    """A text, and the ids of the facts that it claims to use."""

    text: str
    evidence: list[Annotated[str, BeforeValidator(str)]] = Field(max_length=60)


class ModelAnswer(BaseModel):
    """The answer of a model; unknown members are ignored."""

    title: Part
    line: Part
    beats: list[Part] = Field(min_length=FEWEST_BEATS)

    def parts(self) -> Iterator[tuple[str, Part]]:
        """The parts with their names: `title`, `line`, `beat 1`, and so on."""
        yield "title", self.title
        yield "line", self.line
        for number, beat in enumerate(self.beats[:MOST_BEATS], start=1):
            yield f"beat {number}", beat


def read_answer(text: str) -> ModelAnswer:
    """Extract the answer from a text, which may contain the model's reasoning around
    it.

    Raises `BadAnswer`.
    """
    said = text.rpartition(_END_OF_THOUGHT)[2]
    begin, end = said.find("{"), said.rfind("}")
    if begin < 0 or end < begin:
        raise BadAnswer("is not a JSON object, or was cut off")
    try:
        return ModelAnswer.model_validate_json(said[begin : end + 1])
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        if fault["type"] == "json_invalid":
            raise BadAnswer("is not JSON, or was cut off") from None
        # The place names members of the form only; unknown members are ignored.
        place = ".".join(str(part) for part in fault["loc"])
        raise BadAnswer(f"does not have the requested form ({place})") from None
