"""The profile of a period: all measures, and the function that computes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.history.period import Period
from unwrapped.music.history.warnings import Span
from unwrapped.music.profile.albums import AlbumRuns, measure_albums
from unwrapped.music.profile.artists.bonds import Bonds, measure_bonds
from unwrapped.music.profile.artists.brief_encounters import (
    Encounters,
    measure_encounters,
)
from unwrapped.music.profile.artists.novelty import (
    Loyalty,
    Novelty,
    acquaintances,
    measure_loyalty,
    measure_novelty,
)
from unwrapped.music.profile.artists.pairs_and_times import Company, measure_company
from unwrapped.music.profile.axes import Axes, place_on_axes
from unwrapped.music.profile.basis.frames import Frames, cut_frames
from unwrapped.music.profile.data_gaps import Gap, place_gaps
from unwrapped.music.profile.diversity import Diversity, measure_diversity
from unwrapped.music.profile.dossiers import Dossiers, TrackName, measure_dossiers
from unwrapped.music.profile.milestones import Moments, measure_moments
from unwrapped.music.profile.most_played.title_times import (
    TitledTime,
    measure_titled_time,
)
from unwrapped.music.profile.most_played.top_lists import (
    Favourites,
    measure_favourites,
)
from unwrapped.music.profile.most_played.top_ten import Charts, measure_charts
from unwrapped.music.profile.most_played.turnover import Turnover, measure_turnover
from unwrapped.music.profile.playback import (
    Endings,
    Lengths,
    Shuffle,
    measure_endings,
    measure_lengths,
    measure_shuffle,
)
from unwrapped.music.profile.repetition import Repetition, measure_repetition
from unwrapped.music.profile.times.leaders_by_time import Dayparts, measure_dayparts
from unwrapped.music.profile.times.rhythm import (
    Clock,
    Days,
    measure_clock,
    measure_days,
)
from unwrapped.music.profile.times.sessions import Sessions, measure_sessions
from unwrapped.music.profile.times.sleep_machines import SleepMachine, measure_sleep
from unwrapped.music.profile.volume import (
    Month,
    Volume,
    Year,
    measure_months,
    measure_volume,
    measure_years,
)
from unwrapped.music.sources.logs import LOGS, LogName

TOP = 10

ABSENT = {
    "novelty": "what is new cannot be known before the history is two years long",
    "loyalty": "old acquaintances cannot be known before the history is two years long",
    "turnover": "turnover needs two years in a row with ten artists each",
    "endings": "the source does not log how a listen ended",
    "lengths": "the source does not log how long a listen lasted",
    "shuffle": "the source does not log whether shuffle was on",
    "albums": "the source does not name albums",
}
"""The reason for which each measure can be absent."""

FIRST_YEAR_WITHOUT_PODCASTS = 2024
PODCASTS = "account data of these years does not distinguish podcasts from music"


@dataclass(frozen=True, slots=True, kw_only=True)
class TasteProfile:
    """The measures of the plays of a period.

    They count plays (listens of at least 30 seconds, or of unknown duration) unless
    they say otherwise. Days, hours and months are those of the start in the listener's
    zone.
    """

    volume: Volume
    months: list[Month]
    years: list[Year]
    artists: Diversity
    tracks: Diversity
    novelty: Novelty | None
    loyalty: Loyalty | None
    turnover: list[Turnover] | None
    repetition: Repetition
    sessions: Sessions
    clock: Clock
    days: Days
    endings: Endings | None
    lengths: Lengths | None
    shuffle: Shuffle | None
    albums: AlbumRuns | None
    bonds: Bonds
    charts: Charts = field(default_factory=Charts)
    moments: Moments = field(default_factory=Moments)
    encounters: Encounters = field(default_factory=Encounters)
    company: Company = field(default_factory=Company)
    dayparts: Dayparts = field(default_factory=Dayparts)
    titled_time: TitledTime | None = None
    """Null if no title names a time; the measure is not in `absent` then."""

    sleep: SleepMachine | None = None
    """Null if no track of the period is a sleep machine; the measure is not in `absent`
    then."""

    dossiers: Dossiers = field(default_factory=Dossiers)
    """The dossiers of the artists, tracks and days that other measures name."""

    favourites: Favourites
    axes: Axes
    absent: dict[str, str]
    """The measures that have no value for lack of data, each with the reason."""

    gaps: list[Gap] = field(default_factory=list)
    """Days without data, up to the end of the period, because a file is missing.
    Comparisons across them are meaningless."""

    doubts: list[str] = field(default_factory=list)
    """What the sources leave uncertain about the measured plays."""


def build_profile(
    listens: pl.DataFrame,
    period: Period,
    tz: ZoneInfo,
    top: int = TOP,
    holes: Sequence[Span] = (),
    credits: pl.DataFrame | None = None,
) -> TasteProfile:
    """The profile of `period` in zone `tz`, with top lists of `top` entries.

    `listens` is a whole history (`history.shown_names.LISTEN_COLUMNS`): some measures look
    back beyond the period. `holes` are the times that missing files would cover,
    `credits` the artists that credits are split into (`history.credits`). Raises
    `NoPlays` when the period has no play.
    """
    frames = cut_frames(listens, period, tz, credits)
    artists = measure_diversity(frames.now.artists["plays"])
    known = acquaintances(frames)
    clock, charts = measure_clock(frames), measure_charts(frames)
    novelty = measure_novelty(frames, known)
    profile = TasteProfile(
        volume=measure_volume(frames),
        months=measure_months(frames),
        years=measure_years(frames),
        artists=artists,
        tracks=measure_diversity(frames.now.tracks["plays"]),
        novelty=novelty,
        loyalty=measure_loyalty(known),
        turnover=measure_turnover(frames) or None,
        repetition=measure_repetition(frames),
        sessions=measure_sessions(frames),
        clock=clock,
        days=measure_days(frames),
        endings=measure_endings(frames),
        lengths=measure_lengths(frames),
        shuffle=measure_shuffle(frames),
        albums=measure_albums(frames),
        bonds=measure_bonds(frames),
        charts=charts,
        moments=measure_moments(frames),
        encounters=measure_encounters(frames),
        company=measure_company(frames),
        dayparts=measure_dayparts(frames, clock, charts),
        titled_time=measure_titled_time(frames),
        sleep=measure_sleep(frames),
        favourites=measure_favourites(frames, top),
        axes=place_on_axes(artists, novelty),
        absent={},
        gaps=place_gaps(holes, tz, frames.last_day),
        doubts=_doubts(frames),
    )
    absent = {name: why for name, why in ABSENT.items() if not getattr(profile, name)}
    dossiers = measure_dossiers(frames, *named_in(profile))
    return replace(profile, absent=absent, dossiers=dossiers)


def named_in(profile: TasteProfile) -> tuple[set[str], set[TrackName], set[date]]:
    """The artists, tracks and days that get a dossier."""
    again, bonds, company = profile.repetition, profile.bonds, profile.company
    met = profile.encounters
    artists = {
        one.artist
        for one in (
            *profile.charts.artists,
            *(bonds.comeback, bonds.farewell, bonds.arrival, bonds.deep_dive),
            *(company.night, company.morning, company.weekend, bonds.constant),
            *(company.day_of_one, company.month_of_one, again.solo),
            *(met.one_day_artist, met.fling),
        )
        if one is not None
    }
    tracks = {
        (one.artist, one.title)
        for one in (
            *profile.charts.tracks,
            *(*again.obsessions, again.track_comeback, bonds.one_track),
            *(again.session_opener, again.session_closer, met.one_day_track),
            profile.moments.first,
        )
        if one is not None
    }
    tracks |= {
        (again.loop_artist, again.loop_title),
        (again.opener_artist, again.opener_title),
    }
    tracks.discard(("", ""))
    days = {
        one.day
        for one in (
            *(company.day_of_one, met.one_day_artist, met.one_day_track),
            again.solo,
        )
        if one is not None
    }
    return artists, tracks, {*days, profile.days.busiest_day}


def _doubts(frames: Frames) -> list[str]:
    early = frames.plays.filter(pl.col("day") < date(FIRST_YEAR_WITHOUT_PODCASTS, 1, 1))
    logs = [LogName(log) for log in early["source"].unique().to_list()]
    return [PODCASTS] if any(not LOGS[log].proves_tracks for log in logs) else []
