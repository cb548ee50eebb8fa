"""What a model has to answer with: one JSON form."""

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
    """An answer that is not of the form; the message says what it is instead."""


class Part(BaseModel):
    """A text, and the facts that it says it uses."""

    text: str
    evidence: list[Annotated[str, BeforeValidator(str)]] = Field(max_length=60)


class ModelAnswer(BaseModel):
    """What a model wrote; members unknown are ignored."""

    title: Part
    line: Part
    beats: list[Part] = Field(min_length=FEWEST_BEATS)

    def parts(self) -> Iterator[tuple[str, Part]]:
        """The parts by what they are called: `title`, `line`, `beat 1`, and so on."""
        yield "title", self.title
        yield "line", self.line
        for number, beat in enumerate(self.beats[:MOST_BEATS], start=1):
            yield f"beat {number}", beat


def read_answer(text: str) -> ModelAnswer:
    """The answer in a text, around which a model may have thought aloud.

    Raises `BadAnswer`.
    """
    said = text.rpartition(_END_OF_THOUGHT)[2]
    begin, end = said.find("{"), said.rfind("}")
    if begin < 0 or end < begin:
        raise BadAnswer("is no JSON object, or was cut off")
    try:
        return ModelAnswer.model_validate_json(said[begin : end + 1])
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        if fault["type"] == "json_invalid":
            raise BadAnswer("is no JSON, or was cut off") from None
        # Of its members those of the form alone: the others are the model's words.
        place = ".".join(str(part) for part in fault["loc"])
        raise BadAnswer(f"is not of the form that was asked for ({place})") from None
