"""Requests and responses of corrections."""

from datetime import datetime, time
from typing import Annotated, Self
from uuid import UUID, uuid4

from pydantic import AfterValidator, Field, model_validator

from unwrapped.core.schemas import Schema
from unwrapped.music.corrections.correction import Action, Correction, Scope, Window
from unwrapped.music.sources.name_keys import name_key
from unwrapped.shared.validators import SafeText


def _named(name: str) -> str:
    if not name_key(name):
        raise ValueError("must have a visible character")
    return name


def _minute(at: time) -> time:
    if at.tzinfo is not None or at.second or at.microsecond:
        raise ValueError("must be hours and minutes, like 23:00")
    return at


Name = Annotated[SafeText, AfterValidator(_named)]
Minute = Annotated[time, AfterValidator(_minute)]
Weekday = Annotated[int, Field(ge=1, le=7)]

_FIELDS = {
    Scope.ARTIST: {"artist"},
    Scope.ALBUM: {"artist", "album"},
    Scope.TRACK: {"artist", "title"},
    Scope.WINDOW: {"weekdays", "begins", "ends"},
}
"""The fields that a correction of each scope needs."""

_MAY = {Scope.TRACK: {"album"}}
_EVERY = ("artist", "title", "album", "weekdays", "begins", "ends")
_TARGETS = {
    Scope.ARTIST: "one artist",
    Scope.ALBUM: "the name of an album",
    Scope.TRACK: "an artist and a title",
}


class CorrectionCreate(Schema):
    """A new correction. Case, width and white space make no difference to names."""

    action: Action = Field(
        examples=["count_as"],
        description="`split`: the artist stands for the `targets`. `count_as`: plays count"
        " as the target. `exclude`: plays are not counted.",
    )
    scope: Scope = Field(description="What is corrected.", examples=["artist"])
    artist: Annotated[Name | None, Field(examples=["Sigur Ros"])] = None
    title: Annotated[
        Name | None, Field(description="The title of a track.", examples=[None])
    ] = None
    album: Annotated[
        Name | None,
        Field(
            description="The name of an album; for a track, the only album on which the"
            " correction applies (null: any album).",
            examples=[None],
        ),
    ] = None
    targets: list[Name] = Field(
        default=[],
        description="For `split`, two artists or more. For `count_as`, one artist for an"
        " artist, the name of an album for an album, an artist and a title for a track.",
        examples=[["Sigur Rós"]],
    )
    weekdays: Annotated[
        list[Weekday] | None,
        Field(
            description="The days on which a window begins; 1 is Monday.",
            examples=[None],
        ),
    ] = None
    begins: Annotated[
        Minute | None,
        Field(
            description="The local time in the account's time zone at which a window"
            " begins.",
            examples=[None],
        ),
    ] = None
    ends: Annotated[
        Minute | None,
        Field(
            description="The local time at which a window ends, exclusive; on the next day"
            " if it is not after `begins`.",
            examples=[None],
        ),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = {name for name in _EVERY if getattr(self, name)}
        # `is not None` is explicit: midnight must not be mistaken for no time.
        given |= {
            name for name in ("begins", "ends") if getattr(self, name) is not None
        }
        needed = _FIELDS[self.scope]
        if not needed <= given <= needed | _MAY.get(self.scope, set()):
            names = ", ".join(sorted(needed))
            raise ValueError(f"a correction of scope {self.scope} needs {names}")
        self._require_targets()
        return self

    def _require_targets(self) -> None:
        count = len(self.targets)
        match self.action:
            case Action.EXCLUDE if count:
                raise ValueError("an exclusion has no targets")
            case Action.SPLIT if self.scope is not Scope.ARTIST:
                raise ValueError("only an artist can be split")
            case Action.SPLIT if len({name_key(name) for name in self.targets}) < 2:
                raise ValueError("a split needs two artists or more as targets")
            case Action.COUNT_AS if self.scope is Scope.WINDOW:
                raise ValueError("a time of the week can only be excluded")
            case Action.COUNT_AS if count != (2 if self.scope is Scope.TRACK else 1):
                raise ValueError(f"targets must be {_TARGETS[self.scope]}")

    def correction(self) -> Correction:
        """The correction to create."""
        window = None
        if self.weekdays and self.begins is not None and self.ends is not None:
            days = frozenset(self.weekdays)
            window = Window(weekdays=days, begins=self.begins, ends=self.ends)
        return Correction(
            id=uuid4(),
            action=self.action,
            scope=self.scope,
            artist=self.artist or "",
            title=self.title or "",
            album=self.album,
            targets=tuple(self.targets),
            window=window,
        )


class CorrectionRead(Schema):
    """A correction."""

    id: UUID
    created_at: datetime
    action: Action
    scope: Scope
    artist: str | None
    title: str | None
    album: str | None
    targets: list[str]
    weekdays: list[int] | None
    begins: time | None
    ends: time | None
    text: str = Field(
        description="The correction in words.",
        examples=["The artist “Sigur Ros” counts as “Sigur Rós”"],
    )


class CorrectionEffect(Schema):
    """The effect of a correction on the current history."""

    text: str = Field(
        description="The correction in words.",
        examples=["The artist “Sigur Ros” counts as “Sigur Rós”"],
    )
    plays: int = Field(
        description="The number of plays that count as something else with the"
        " correction, or not at all."
    )
    listens: int = Field(
        description="The number of such listens, including short ones."
    )
