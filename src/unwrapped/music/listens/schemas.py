"""Listens, as the API returns them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.schemas import Schema
from unwrapped.music.history.terms import Mark
from unwrapped.music.sources.logs import LogName
from unwrapped.tasks.schemas import TaskRead


class CountsAs(Schema):
    """What a listen counts as with the corrections of its listener."""

    artists: list[str] = Field(
        description="The artists for whom it counts: several if the credit is split."
    )
    artist_ids: list[str]
    title: str
    track_id: str
    album: str | None
    album_id: str | None


class Corrected(Schema):
    """A listen after corrections: it counts as something else, or not at all."""

    id: UUID | None = Field(
        description="The correction that excludes the listen; null if it counts."
    )
    text: str | None = Field(
        description="The same correction in words.",
        examples=["The artist “Rain Sounds” is not counted"],
    )
    counts_as: CountsAs | None = Field(description="Null if it does not count.")


class ListenRead(Schema):
    """One listen."""

    id: str = Field(
        description="Derived from source, start, recording and duration: it stays the"
        " same when the listen is removed and imported again."
    )
    started_at: datetime
    artist: str
    artist_id: str = Field(description="The id of the artist in statistics.")
    title: str
    track_id: str
    album: str | None
    album_id: str | None
    ms_played: int | None = Field(
        description="How long the listen lasted, in ms; null if the source does not log it."
    )
    source: LogName
    reason_end: str | None
    skipped: bool | None
    shuffle: bool | None
    mark: Mark | None = Field(
        description="Why the listen is not counted: a richer source has it"
        " (`richer_source`), it was reported twice (`double_scrobble`), or its source has"
        " it twice (`echo`). Null if it counts."
    )
    corrected: Corrected | None = Field(
        description="The listen after the listener's corrections; null if they do not"
        " change it."
    )


class Removal(Schema):
    """A removal of listens, or a count of what it would remove."""

    listens: int = Field(
        description="The number of listens, including those that do not count."
    )
    task: TaskRead | None = Field(
        description="The task that removes them; null if they were removed at once, or"
        " only counted."
    )
