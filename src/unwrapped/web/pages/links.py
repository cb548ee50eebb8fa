"""The paths of the screens, and the links of the navigation."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from unwrapped.music.statistics.schemas import Kind

HOME = "/"
PLAYING = "/playing"
WELCOME = "/welcome"
SIGN_IN = "/sign-in"
REGISTER = "/register"
IMPORT = "/import"
PORTRAITS = "/portraits"
TOPS = "/top"
SHARES = "/shares"
HISTORY = "/history"
CHARTS = "/charts"
SEARCH = "/search"
TASKS = "/tasks"
PEOPLE = "/people"
YEARS = "/years"
CORRECTIONS = "/corrections"
ARTISTS, ALBUMS, TRACKS = "/artists", "/albums", "/tracks"
SETTINGS = "/settings"
ACCESS = "/settings/access"
TOKENS = "/settings/tokens"
SYNC = "/settings/sync"
SCROBBLERS = "/scrobblers"
MODEL = "/settings/model"
DATA = "/settings/data"
GRANT = "/api/auth/"
"""The path to which clients of Last.fm send people; their protocol defines it."""

NAVIGATION = (
    (HOME, "Home"),
    (TOPS, "Tops"),
    (HISTORY, "History"),
    (CHARTS, "Charts"),
    (PORTRAITS, "Portraits"),
    (IMPORT, "Import"),
)
"""The links in the header of every screen, as path and title. A phone has space for six."""

MORE = (
    (YEARS, "Years"),
    (CORRECTIONS, "Corrections"),
    (SHARES, "Shares"),
    (TASKS, "Tasks"),
    (SETTINGS, "Settings"),
)
"""The links of the menu “More”, in this order. The link to a new screen is added here."""

FOR_ADMINISTRATORS = ((PEOPLE, "People"),)
"""The links that the menu also has for administrators, at its end."""

SETTINGS_PARTS = (
    (SETTINGS, "Account"),
    (ACCESS, "Signing in"),
    (TOKENS, "Tokens"),
    (SCROBBLERS, "Scrobblers"),
    (SYNC, "Spotify sync"),
    (MODEL, "Critic"),
    (DATA, "Your data"),
)


def import_of(task_id: UUID) -> str:
    """The path of the screen of an import."""
    return f"{IMPORT}/{task_id}"


def portrait_of(analysis_id: UUID) -> str:
    """The path of the screen of a verdict."""
    return f"{PORTRAITS}/{analysis_id}"


def removal_of(task_id: UUID) -> str:
    """The path of the screen of a removal of plays."""
    return f"{HISTORY}/removals/{task_id}"


def person_of(user_id: int) -> str:
    """The path of the screen of an account, for administrators."""
    return f"{PEOPLE}/{user_id}"


def with_next(path: str, next_path: str) -> str:
    """A path with another one as `next`, to which its page redirects; no query for Home."""
    return path if next_path == HOME else f"{path}?{urlencode({'next': next_path})}"


def of_history(kind: Kind, public_id: str, period: str = "") -> str:
    """The address of the screen of an artist, an album or a track.

    With a period, the screen also has the plays of these days.
    """
    return with_query(f"/{kind}/{public_id}", {"period": period})


def year_of(year: int) -> str:
    """The path of the screen of a year."""
    return f"{YEARS}/{year}"


def top_of(kind: Kind, **asked: str) -> str:
    """The address of a ranking with these parameters."""
    return with_query(f"{TOPS}/{kind}", asked)


def plays_of(period: str, **of: str) -> str:
    """The address of the plays of a period, optionally of one artist, album or track."""
    return with_query(HISTORY, {**of, "period": period})


def with_query(path: str, asked: Mapping[str, str]) -> str:
    """A path with a query; parameters that are "" are left out."""
    query = urlencode({name: text for name, text in asked.items() if text})
    return f"{path}?{query}" if query else path
