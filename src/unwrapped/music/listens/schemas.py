"""Listens in the API."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.music.history.marks_and_ids import Mark
from unwrapped.music.sources.logs import LogName
from unwrapped.tasks.schemas import TaskRead


class CountsAs(Schema):
    """What a listen counts as with the corrections of its listener."""

    artists: list[str] = Field(
        description="The artists it counts for: several if split."
    )
    artist_ids: list[str]
    title: str
    track_id: str
    album: str | None
    album_id: str | None


class Corrected(Schema):
    """A listen after corrections: it counts as something else, or not at all."""

    id: UUID | None = Field(description="The correction that excludes it.")
    text: str | None = Field(
        description="That correction in words.",
        examples=["The artist “Rain Sounds” is not counted"],
    )
    counts_as: CountsAs | None = Field(description="None if it does not count.")


class ListenRead(Schema):
    """One listen."""

    id: str = Field(
        description="Derived from source, start, recording and duration: the same after"
        " it was removed and imported again."
    )
    started_at: datetime
    artist: str
    artist_id: str = Field(description="The id of the artist in statistics.")
    title: str
    track_id: str
    album: str | None
    album_id: str | None
    ms_played: int | None = Field(description="None if the source does not say.")
    source: LogName
    reason_end: str | None
    skipped: bool | None
    shuffle: bool | None
    mark: Mark | None = Field(
        description="Why the listen is not counted: a richer source has it"
        " (`richer_source`), it was reported twice (`double_scrobble`), or its log has it"
        " twice (`echo`). None where it counts."
    )
    corrected: Corrected | None = Field(
        description="The listen after the listener's corrections; None if it stays what"
        " it is."
    )


class Removal(Schema):
    """A removal of listens."""

    listens: int = Field(
        description="The number of removed listens, including those that do not count."
    )
    task: TaskRead | None = Field(
        description="The task that removes them; None if they are removed already."
    )
