"""The cast: facts that every line may use, whatever its subject."""

from collections.abc import Sequence

from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.critic.evidence import fact, written
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.profile.most_played.top_ten import ChartArtist, ChartTrack
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.times.leaders_by_time import Daypart

CHART = 10

ORDINALS = {"rival": "second", "third": "third", "tenth": "tenth"}


def cast_of(profile: TasteProfile) -> Facts:
    """The charts, the artists of each time of day, a record day, artists played once,
    artists whose listens are broken off, and the totals."""
    return {
        **_artists(profile.charts.artists),
        **_tracks(profile.charts.tracks),
        **_times(profile),
        **_visitors(profile),
        **_endings(profile),
        **_totals(profile),
    }


def leaders_of(profile: TasteProfile) -> frozenset[str]:
    """The names in the charts, in the form in which texts contain them."""
    charts = profile.charts
    artists = (written(one.artist, "artist") for one in charts.artists)
    titles = (written(one.title, "title") for one in charts.tracks)
    return frozenset((*artists, *titles))


def _artists(artists: Sequence[ChartArtist]) -> Facts:
    facts: Facts = {}
    for place, one in zip(("king", "rival", "third"), artists, strict=False):
        facts |= _artist(place, one)
    if len(artists) == CHART:
        facts |= _artist("tenth", artists[-1])
        by_day = sorted(artists, key=lambda one: (one.first_day, one.artist))
        for name, one, word in (
            ("oldest", by_day[0], "earliest"),
            ("newest", by_day[-1], "latest"),
        ):
            label = f"artist of the ten with the {word} first play"
            facts[name] = fact(label, one.artist, "artist")
            facts[f"{name}_day"] = fact("day of that play", one.first_day, "day")
    return facts


def _artist(place: str, one: ChartArtist) -> Facts:
    which = "most played" if place == "king" else ORDINALS[place]
    by_plays = "" if place == "king" else " by plays"
    which += " artist"
    facts = {
        place: fact(which + by_plays, one.artist, "artist"),
        f"{place}_share": fact(f"share of the {which}", one.share, "share"),
        f"{place}_plays": fact(f"plays of the {which}", one.plays, "plays"),
        f"{place}_best": fact(
            f"most played track of the {which}", one.best_title, "title"
        ),
        f"{place}_best_plays": fact("plays of that track", one.best_plays, "plays"),
    }
    if one.second_title:
        label = f"next track of the {which}"
        facts[f"{place}_second"] = fact(label, one.second_title, "title")
    return facts


def _tracks(tracks: Sequence[ChartTrack]) -> Facts:
    facts: Facts = {}
    places = {
        "anthem": ("most played track", "most played track"),
        "second": ("second track by plays", "second track"),
        "bronze": ("third track by plays", "third track"),
    }
    for (place, (label, which)), one in zip(places.items(), tracks, strict=False):
        facts |= {
            place: fact(label, one.title, "title"),
            f"{place}_artist": fact(f"artist of the {which}", one.artist, "artist"),
            f"{place}_plays": fact(f"plays of the {which}", one.plays, "plays"),
            f"{place}_days": fact(f"days with a play of the {which}", one.days, "days"),
        }
    return facts


def _times(profile: TasteProfile) -> Facts:
    hours, days, parts = profile.clock.hours, profile.days, profile.dayparts
    quiet = hours.index(min(hours))
    facts = {
        "peak_hour": fact(
            "hour with the most plays begins", profile.clock.peak_hour, "clock"
        ),
        "peak_plays": fact("plays in that hour", max(hours), "plays"),
        "quiet_hour": fact("hour with the fewest plays begins", quiet, "clock"),
        "quiet_plays": fact("plays in that hour", hours[quiet], "plays"),
        "record_day": fact("day with the most plays", days.busiest_day, "day"),
        "record_plays": fact("plays on that day", days.busiest_plays, "plays"),
    }
    for name, part, when in (
        ("night", parts.night, "from midnight to 5:00"),
        ("morning", parts.morning, "from 5:00 to 9:00"),
        ("office", parts.office, "from 9:00 to 17:00, Monday to Friday"),
        ("evening", parts.evening, "from 18:00 to midnight"),
        ("weekend", parts.weekend, "on Saturday and Sunday"),
    ):
        if part is not None:
            facts |= _daypart(name, part, when)
    return facts


def _daypart(name: str, part: Daypart, when: str) -> Facts:
    facts: Facts = {}
    if part.artist_plays > 1:
        facts[f"{name}_king"] = fact(
            f"most played artist {when}", part.artist, "artist"
        )
        facts[f"{name}_king_plays"] = fact(
            "plays of that artist at that time", part.artist_plays, "plays"
        )
    if part.track_plays > 1:
        facts[f"{name}_title"] = fact(f"most played track {when}", part.title, "title")
        facts[f"{name}_title_plays"] = fact(
            "plays of that track at that time", part.track_plays, "plays"
        )
    return facts


def _visitors(profile: TasteProfile) -> Facts:
    """Artists with one play: the first, the last, and their number."""
    facts: Facts = {}
    met, artists = profile.encounters, profile.artists
    for name, which, once in (
        ("victim", "first", met.one_play),
        ("late", "last", met.last_play),
    ):
        if once is not None:
            label = f"{which} artist with one play"
            facts |= {
                name: fact(label, once.artist, "artist"),
                f"{name}_title": fact("track of that play", once.title, "title"),
                f"{name}_day": fact("day of that play", once.day, "day"),
            }
    count = round(artists.once_share * artists.richness)
    return facts | {"once_all": fact("artists with one play", count, "artists")}


def _endings(profile: TasteProfile) -> Facts:
    """The artists whose listens are broken off most and least often, and the longest
    play."""
    facts: Facts = {}
    endings, lengths = profile.endings, profile.lengths
    if endings is not None and endings.most_broken_off and endings.least_broken_off:
        for name, which, one in (
            ("cut", "most", endings.most_broken_off),
            ("kept", "least", endings.least_broken_off),
        ):
            label = f"artist whose listens are broken off {which} often"
            facts |= {
                name: fact(label, one.artist, "artist"),
                f"{name}_listens": fact(
                    "listens of that artist", one.listens, "listens"
                ),
                f"{name}_share": fact(
                    "share of these broken off early",
                    one.broken_off / one.listens,
                    "share",
                ),
                f"{name}_early": fact(
                    "number of these broken off early", one.broken_off, "number"
                ),
            }
    if lengths is not None and lengths.long_are_tracks:
        facts |= {
            "long_title": fact("longest play", lengths.longest_play_title, "title"),
            "long_artist": fact(
                "artist of the longest play", lengths.longest_play_artist, "artist"
            ),
            "long_minutes": fact(
                "minutes of the longest play", lengths.longest_play_minutes, "minutes"
            ),
        }
    return facts


def _totals(profile: TasteProfile) -> Facts:
    volume = profile.volume
    facts = {
        "total": fact("plays", volume.plays, "plays"),
        "artists_all": fact("artists with a play", volume.artists, "artists"),
        "tracks_all": fact("tracks with a play", volume.tracks, "tracks"),
        "days_all": fact("days with a play", volume.active_days, "days"),
    }
    if volume.hours is not None and shows_hours([volume]):
        facts["hours_all"] = fact("hours of listening", volume.hours, "hours")
    return facts
