"""Requests and answers of corrections."""

from datetime import datetime, time
from typing import Annotated, Self
from uuid import UUID, uuid4

from pydantic import AfterValidator, Field, model_validator

from unwrapped.core.fields import Schema
from unwrapped.music.corrections.correction import Action, Correction, Scope, Window
from unwrapped.music.sources.name_keys import name_key
from unwrapped.shared.validators import SafeText


def _named(name: str) -> str:
    if not name_key(name):
        raise ValueError("must have a letter or a sign in it")
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
"""What a correction of a scope must name."""

_MAY = {Scope.TRACK: {"album"}}
_EVERY = ("artist", "title", "album", "weekdays", "begins", "ends")
_TARGETS = {
    Scope.ARTIST: "one artist",
    Scope.ALBUM: "the name of an album",
    Scope.TRACK: "an artist and a title",
}


class CorrectionCreate(Schema):
    """A new correction. Names are compared without case, width and white space."""

    action: Action = Field(
        examples=["count_as"],
        description="`split`: the artist stands for the `targets`. `count_as`: plays count"
        " as the target. `exclude`: plays are not counted.",
    )
    scope: Scope = Field(description="Its subject.", examples=["artist"])
    artist: Annotated[Name | None, Field(examples=["Sigur Ros"])] = None
    title: Annotated[Name | None, Field(description="Of a track.", examples=[None])] = (
        None
    )
    album: Annotated[
        Name | None,
        Field(
            description="For an album, its name. For a track, the album that it has to be on;"
            " None: any.",
            examples=[None],
        ),
    ] = None
    targets: list[Name] = Field(
        default=[],
        description="For an artist one artist, for an album the name of an album, for a"
        " track an artist and a title. For `split` two artists or more.",
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
        Field(description="By the clock of the account's zone.", examples=[None]),
    ] = None
    ends: Annotated[
        Minute | None,
        Field(
            description="Exclusive; on the next day if it is not after `begins`.",
            examples=[None],
        ),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = {name for name in _EVERY if getattr(self, name)}
        # Without `is not None` a time of midnight could be mistaken for no time.
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
        """The correction of this request."""
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
        description="In words.",
        examples=["The artist “Sigur Ros” counts as “Sigur Rós”"],
    )


class CorrectionEffect(Schema):
    """The effect of a correction on the current history."""

    text: str = Field(
        description="In words.",
        examples=["The artist “Sigur Ros” counts as “Sigur Rós”"],
    )
    plays: int = Field(
        description="Plays that count as something else because of it, or not at all."
    )
    listens: int = Field(description="The same for all listens, including short ones.")
