"""Where names and figures of one's own portrait lead; a shared one leads nowhere."""

from dataclasses import dataclass
from datetime import date

from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.corrections.correction import album_id, artist_id, track_id
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.history.period import Period
from unwrapped.music.statistics.schemas import Kind
from unwrapped.web.pages.links import HISTORY, SEARCH, of_history, plays_of, with_query


@dataclass(frozen=True, slots=True)
class PortraitLinks:
    """The addresses of what a portrait is about."""

    portrait: Portrait

    def fact(self, fact: Evidence) -> str:
        """What a fact names, or the plays of its day; "" where it is a figure.

        Evidence names a title without its artist: that of a title which is not among
        those most played is searched.
        """
        name, favourites = fact.value, self.portrait.profile.favourites
        if not isinstance(name, str):
            return ""
        match fact.unit:
            case "day":
                return plays_of(name)
            case "artist":
                return self.artist(name)
            case "title":
                by = (one.artist for one in favourites.tracks if one.title == name)
                return next((self.track(one, name) for one in by), _search(name))
            case "album":
                by = (one.artist for one in favourites.albums if one.album == name)
                ids = (album_id(one, name) for one in by)
                return next((of_history(Kind.ALBUMS, one) for one in ids), _search(name))  # fmt: skip
            case _:
                return ""

    def artist(self, name: str) -> str:
        """The screen of an artist."""
        return of_history(Kind.ARTISTS, artist_id(name))

    def track(self, artist: str, title: str) -> str:
        """The screen of a track."""
        return of_history(Kind.TRACKS, track_id(artist, title))

    def hour(self, hour: int) -> str:
        """The plays of an hour of the day in the period."""
        days = self.portrait.period
        period = str(Period(days.first_day, days.last_day))
        return with_query(HISTORY, {"period": period, "hour": str(hour)})

    def month(self, first: date) -> str:
        """The plays of a month."""
        return plays_of(f"{first:%Y-%m}")


def _search(name: str) -> str:
    return with_query(SEARCH, {"q": name})
