"""The facts of a dossier: what lines may say about an artist, a track or a day."""

from collections.abc import Sequence

from unwrapped.music.critic.composition.fact_types import Facts, facts_of
from unwrapped.music.critic.evidence import Unit
from unwrapped.music.profile.dossiers import DayDossier, Dossier
from unwrapped.music.profile.most_played.top_ten import ChartArtist, ChartTrack
from unwrapped.music.profile.taste_profile import TasteProfile

ROUND, NEARLY = 100, 6
"""A round number is a multiple of `ROUND`; up to `NEARLY` plays below one are nearly there."""


def on_artist(profile: TasteProfile, one: Dossier, of: str) -> Facts:
    """The facts of an artist's dossier; `of` is what labels call the artist."""
    facts = _common(profile, one, of)
    titles = [*zip(one.titles, one.titles_plays, strict=True)]
    best, plays = titles[0]
    facts |= facts_of(
        its_best=(f"most played track of {of}", best, "title"),
        its_best_plays=("plays of that track", plays, "plays"),
        its_rest=(f"plays of the other tracks of {of}", one.plays - plays, "plays"),
        its_tracks=(f"different tracks of {of}", one.artist_tracks, "tracks"),
        its_best_share=(
            f"share of that track in the plays of {of}",
            plays / one.plays,
            "share",
        ),
    )
    for second, second_plays in titles[1:]:
        facts |= facts_of(
            its_second=(f"next track of {of}", second, "title"),
            its_second_plays=("plays of the next track", second_plays, "plays"),
            its_song_gap=(f"plays between the first and the next track of {of}", plays - second_plays, "plays"),
        )  # fmt: skip
    chart = profile.charts.artists
    names = [entry.artist for entry in chart]
    place = names.index(one.artist) if one.artist in names else None
    return facts | _neighbours(chart, names, place, "artist", of)


def on_track(profile: TasteProfile, one: Dossier, of: str) -> Facts:
    """The facts of a track's dossier; `of` is what labels call the track."""
    rest = one.artist_plays - one.plays
    facts = _common(profile, one, of) | facts_of(
        its_artist=(f"artist of {of}", one.artist, "artist"),
        its_others=("other tracks of that artist", one.artist_tracks - 1, "tracks"),
        its_rest=("plays of that artist's other tracks", rest, "plays"),
    )
    for other, plays in list(zip(one.titles, one.titles_plays, strict=True))[:1]:
        facts |= facts_of(
            other=("most played of that artist's other tracks", other, "title"),
            other_plays=("plays of that other track", plays, "plays"),
            other_share=(
                f"ratio of these plays to those of {of}",
                plays / one.plays,
                "number",
            ),
        )
    for artist in profile.charts.artists:
        if artist.plays < one.plays and artist.artist != one.artist:
            label = f"artist of the ten: {of} has more plays"
            facts |= facts_of(
                outdone=(label, artist.artist, "artist"),
                outdone_plays=("plays of that artist", artist.plays, "plays"),
                outdone_tracks=("tracks of that artist", artist.tracks, "tracks"),
            )
            break
    chart = profile.charts.tracks
    keys = [(entry.artist, entry.title) for entry in chart]
    key = (one.artist, one.title)
    place = keys.index(key) if key in keys else None
    names = [entry.title for entry in chart]
    return facts | _neighbours(chart, names, place, "title", of)


def _common(profile: TasteProfile, one: Dossier, of: str) -> Facts:
    """The facts that the dossiers of artists and tracks share."""
    volume, months = profile.volume, sum(1 for m in profile.months if m.plays)
    return _to_round(one.plays, of) | facts_of(
        its_plays=(f"plays of {of}", one.plays, "plays"),
        its_following=(f"number of the next play of {of}", one.plays + 1, "number"),
        its_days=(f"days with a play of {of}", one.days, "days"),
        its_missed=(f"days with music, but without {of}", volume.active_days - one.days, "number"),
        its_daily=(f"average plays of {of} on a day with a play", one.plays / one.days, "number"),
        its_day_share=(f"share of days with a play of {of}", one.days / volume.active_days, "share"),
        its_led=(f"months in which {of} has the most plays", one.led, "number"),
        its_lost=("other months with music", months - one.led, "number"),
        all_months=("months with music", months, "months"),
        its_first=(f"first play of {of}", one.first_day, "day"),
        its_wait=(f"days of the history before the first play of {of}", one.history_before, "number"),
        its_last=(f"last play of {of}", one.last_day, "day"),
        its_quiet=(f"days since the last play of {of}", (volume.last_day - one.last_day).days, "number"),
        its_busiest=(f"busiest day of {of}", one.busiest_day, "day"),
        its_busiest_plays=(f"most plays on one day of {of}", one.busiest_plays, "plays"),
        its_away=(f"longest absence of {of}", one.away_days, "days"),
        its_left=("last play before that absence", one.left_day, "day"),
        its_returned=("first play after that absence", one.returned_day, "day"),
        its_hour=(f"hour with the most plays of {of} begins", one.peak_hour, "clock"),
        its_hour_plays=(f"plays of {of} in that hour", one.peak_hour_plays, "plays"),
        its_hour_share=(f"share of that hour in the plays of {of}", one.peak_hour_plays / one.plays, "share"),
        its_weekend=(f"plays of {of} on Saturday and Sunday", one.weekend_plays, "plays"),
        its_weekend_share=(f"share of Saturday and Sunday in the plays of {of}", one.weekend_plays / one.plays, "share"),
    )  # fmt: skip


def _to_round(plays: int, of: str) -> Facts:
    """The plays missing to a round number, if they are few."""
    number = -(-plays // ROUND) * ROUND
    if not 0 < number - plays <= NEARLY:
        return {}
    return facts_of(
        its_short=(f"plays of {of} missing to a round number", number - plays, "plays"),
        its_round=("that round number", number, "number"),
    )


def _neighbours(
    chart: Sequence[ChartArtist | ChartTrack],
    names: list[str],
    place: int | None,
    unit: Unit,
    of: str,
) -> Facts:
    """The place among the ten and the neighbours there; if there is none, the fact that
    there is none."""
    if place is None:
        return facts_of(its_absence=("places among the ten", 0, "number"))
    facts = facts_of(its_rank=(f"place by plays of {of}", place + 1, "rank"))
    own, kind = chart[place].plays, "artist" if unit == "artist" else "track"
    if place > 0:
        facts |= facts_of(
            ahead=(f"{kind} one place ahead, with more plays", names[place - 1], unit),
            ahead_gap=("plays between these two", chart[place - 1].plays - own, "plays"),
        )  # fmt: skip
    if place + 1 < len(chart):
        behind = chart[place + 1].plays
        facts |= facts_of(
            behind=(f"next {kind} by plays", names[place + 1], unit),
            behind_plays=(f"plays of the next {kind}", behind, "plays"),
            behind_gap=(f"plays between {of} and the next", own - behind, "plays"),
        )
    return facts


def on_day(one: DayDossier, of: str) -> Facts:
    """The facts of a day's dossier; `of` is what labels call the day."""
    return facts_of(
        on_day=(of, one.day, "day"),
        on_plays=("plays on that day", one.plays, "plays"),
        on_artists=("artists on that day", one.artists, "artists"),
        on_guests=("other artists of that day", one.artists - 1, "number"),
        on_tracks=("tracks on that day", one.tracks, "tracks"),
        on_artist=("most played artist of that day", one.artist, "artist"),
        on_artist_plays=("most plays of one artist on that day", one.artist_plays, "plays"),
        on_artist_share=("share of that artist in the plays of that day", one.artist_plays / one.plays, "share"),
        on_title=("most played track of that day", one.title, "title"),
        on_title_plays=("most plays of one track on that day", one.title_plays, "plays"),
        on_first=("hour of the first play of that day", one.first_hour, "clock"),
        on_last=("hour of the last play of that day", one.last_hour, "clock"),
        on_span=("hours between the first and the last play", one.last_hour - one.first_hour, "number"),
        on_before=("plays on the day before", one.before, "plays"),
        on_after=("plays on the day after", one.after, "plays"),
        on_before_share=("ratio of the day before to that day", one.before / one.plays, "number"),
        on_after_share=("ratio of the day after to that day", one.after / one.plays, "number"),
    )  # fmt: skip
