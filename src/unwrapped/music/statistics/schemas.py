"""The answers of statistics, for the API, the pages and the command."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from unwrapped.core.schemas import Schema

PLAYS = "Listens of at least 30 seconds, or of unknown duration."
SUM_MS = (
    "The sum of the known durations of all listens, in ms; null if no play has one."
)
UNION_MS = (
    "The union of the listens' intervals, in ms: two devices at the same time"
    " count once. Time counts where a listen starts. Null if no play has a known"
    " time."
)
KNOWN = "The share of the plays with a known time; 1 if there is no play."
ID = (
    "The id, which stays the same as long as the name does, apart from case, width and"
    " white space."
)


class Kind(StrEnum):
    """What can be ranked."""

    ARTISTS = "artists"
    ALBUMS = "albums"
    TRACKS = "tracks"


class By(StrEnum):
    """The measure of a ranking."""

    PLAYS = "plays"
    TIME = "time"


class Order(StrEnum):
    """Whether a ranking begins with the most or with the least."""

    MOST = "most"
    LEAST = "least"


class Step(StrEnum):
    """The steps of a series."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    HOUR_OF_DAY = "hour-of-day"
    WEEKDAY_BY_HOUR = "weekday-by-hour"
    CALENDAR = "calendar"


class PeriodRead(Schema):
    """A period and its days, which relative periods have as well."""

    text: str = Field(examples=["2025-11"])
    first_day: date | None = Field(
        description="Null if the period begins with the history."
    )
    last_day: date | None = Field(
        description="Null if the period ends with the history."
    )


class Amounts(Schema):
    """The totals of a period."""

    listens: int = Field(description="All listens that count, including short ones.")
    plays: int = Field(description=PLAYS)
    ms: int | None = Field(description=UNION_MS)
    known_share: float = Field(description=KNOWN)
    artists: int = Field(description="Distinct artists with a play.")
    tracks: int = Field(description="Distinct tracks with a play.")
    albums: int | None = Field(
        description="Distinct albums with a play; null if no source names them."
    )
    new_artists: int = Field(
        description="Artists whose first play of the whole history is in the period."
    )
    new_tracks: int = Field(
        description="Tracks whose first play of the whole history is in the period."
    )
    new_albums: int | None = Field(
        description="Albums whose first play of the whole history is in the period; null"
        " if no source names them."
    )
    days: int = Field(
        description="Days of the period, within those from the first to the last listen of"
        " the history."
    )
    active_days: int = Field(description="Days with a play.")
    streak_days: int = Field(
        description="The length of the longest run of days with a play; of several, the"
        " earliest one counts."
    )
    streak_first: date | None
    streak_last: date | None


class Summary(Schema):
    """A period and the previous one."""

    period: PeriodRead
    amounts: Amounts
    before: PeriodRead | None = Field(
        description="The period that it is compared with: the year before a year, the"
        " month before a month, otherwise as many days before. For a current period, it"
        " has only as many days as have begun. Null for `all`."
    )
    before_amounts: Amounts | None


class Ranked(Schema):
    """One place of a ranking."""

    rank: int = Field(
        description="The rank among all with a play in the period, 1 for the most;"
        " ties are sorted alphabetically."
    )
    rank_before: int | None = Field(
        description="The rank in the previous period; null without a play in it."
    )
    id: str = Field(description=ID)
    artist: str
    artist_id: str
    name: str = Field(description="The name of the artist, the album or the track.")
    plays: int = Field(description=PLAYS)
    ms: int | None = Field(description=SUM_MS)
    known_share: float = Field(description=KNOWN)
    share: float = Field(
        description="The share of all plays in the ranking, or of their time (`by=time`)."
    )
    first_play: datetime = Field(
        description="The start of the first play in the period."
    )
    last_play: datetime = Field(description="The start of the last play in the period.")


@dataclass(slots=True)
class Point:
    """One step of a series. A step without a listen has zeros."""

    start: Annotated[
        datetime | date | None,
        Field(
            description="The beginning of the step: a time for hours, otherwise a day;"
            " null for recurring steps (hour of day, weekday by hour)."
        ),
    ]
    weekday: Annotated[int | None, Field(description="1 is Monday.")]
    hour: Annotated[int | None, Field(description="0 to 23.")]
    plays: Annotated[int, Field(description=PLAYS)]
    ms: Annotated[
        int | None,
        Field(
            description=f"{UNION_MS} For one artist, album or track, it is the sum of the"
            " known durations."
        ),
    ]
    known_share: Annotated[float, Field(description=KNOWN)]


class Series(Schema):
    """Plays and time for each step."""

    period: PeriodRead
    by: Step
    points: list[Point] = Field(
        description="With steps of an hour, an hour that the clocks skip is missing, and"
        " one that they repeat occurs twice."
    )


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of a ranking."""

    places: int
    plays: int
    """All plays of the period, including those of items outside the ranking."""

    years: list[int]
    """The years of the whole history, the latest first."""


@dataclass(frozen=True, slots=True)
class LastPlay:
    """A play and its track."""

    started_at: datetime
    source: str
    track_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """The artists of one step of a period."""

    start: date
    """The first day of the step."""

    artists: int
    """Distinct artists with a play in the step."""

    new: int
    """Artists whose first play of the whole history is in the step."""


class YearRead(Schema):
    """The plays and time of an artist, an album or a track in a calendar year."""

    year: int
    plays: int = Field(description=PLAYS)
    ms: int | None = Field(description=SUM_MS)
    known_share: float = Field(description=KNOWN)


class Found(Schema):
    """An artist, an album or a track that a search found."""

    id: str = Field(description=ID)
    artist: str
    artist_id: str
    name: str
    plays: int = Field(description=f"The plays of all time. {PLAYS}")


class Portrayed(Schema):
    """The common members of artists, albums and tracks."""

    id: str = Field(description=ID)
    artist: str
    artist_id: str
    name: str
    rank: int | None = Field(
        description="The rank by plays, of all time; null without a play."
    )
    period: PeriodRead
    plays: int = Field(description=f"The plays of the period. {PLAYS}")
    ms: int | None = Field(description=f"The time of the period. {SUM_MS}")
    known_share: float = Field(description=KNOWN)
    first_play: datetime | None = Field(
        description="The start of the first play of all time; null without a play."
    )
    last_play: datetime | None = Field(
        description="The start of the last play of all time; null without a play."
    )
    years: list[YearRead] = Field(
        description="The years of the period with a listen, in order."
    )


class ArtistRead(Portrayed):
    """An artist."""

    top_tracks: list[Ranked] = Field(description="The ten most played of the period.")
    top_albums: list[Ranked]


class AlbumRead(Portrayed):
    """An album."""

    top_tracks: list[Ranked] = Field(description="The ten most played of the period.")


class TrackRead(Portrayed):
    """A track."""

    albums: list[Found] = Field(
        description="The albums on which it was played, the most played first."
    )


class SearchResult(Schema):
    """The results of a search: at most twenty of each kind, the most played first."""

    artists: list[Found]
    albums: list[Found]
    tracks: list[Found]
