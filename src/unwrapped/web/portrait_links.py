"""The links in a portrait that its owner sees; a shared portrait has none."""

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
    """Makes the links of a portrait."""

    portrait: Portrait

    def fact(self, fact: Evidence) -> str:
        """The address of the artist, album or track that a fact names, or of the plays of its
        day; "" if the fact is a figure.

        A fact names a title or an album without its artist. If it is not among the most
        played, the address is that of a search.
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
        """The address of the screen of an artist."""
        return of_history(Kind.ARTISTS, artist_id(name))

    def track(self, artist: str, title: str) -> str:
        """The address of the screen of a track."""
        return of_history(Kind.TRACKS, track_id(artist, title))

    def hour(self, hour: int) -> str:
        """The address of the plays of an hour of the day, in the period of the portrait."""
        days = self.portrait.period
        period = str(Period(days.first_day, days.last_day))
        return with_query(HISTORY, {"period": period, "hour": str(hour)})

    def month(self, first: date) -> str:
        """The address of the plays of a month."""
        return plays_of(f"{first:%Y-%m}")


def _search(name: str) -> str:
    return with_query(SEARCH, {"q": name})
