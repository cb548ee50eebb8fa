"""What the API says of listens."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.music.history.terms import Mark
from unwrapped.music.sources.logs import LogName
from unwrapped.tasks.schemas import TaskRead


class CountsAs(Schema):
    """What a listen counts as by the corrections of its listener."""

    artists: list[str] = Field(
        description="For whom it counts: several of a split one."
    )
    artist_ids: list[str]
    title: str
    track_id: str
    album: str | None
    album_id: str | None


class Corrected(Schema):
    """What corrections make of a listen: something else, or nothing."""

    id: UUID | None = Field(description="The correction by which it does not count.")
    text: str | None = Field(
        description="That one in words.",
        examples=["The artist “Rain Sounds” is not counted"],
    )
    counts_as: CountsAs | None = Field(description="None where it does not count.")


class ListenRead(Schema):
    """One listen."""

    id: str = Field(
        description="Of its source, start, recording and duration: the same again after"
        " it was removed and imported."
    )
    started_at: datetime
    artist: str
    artist_id: str = Field(description="As statistics name the artist.")
    title: str
    track_id: str
    album: str | None
    album_id: str | None
    ms_played: int | None = Field(description="None where the source does not say.")
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
        description="What the listener's corrections make of it; None where it stays what"
        " it is."
    )


class Removal(Schema):
    """A removal of listens."""

    listens: int = Field(
        description="How many listens are removed, those that do not count included."
    )
    task: TaskRead | None = Field(
        description="The task that removes them; None where they are removed already."
    )
