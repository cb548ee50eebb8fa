"""Where screens are, and which of them are in the navigation."""

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
ARTISTS, ALBUMS, TRACKS = "/artists", "/albums", "/tracks"
SETTINGS = "/settings"
ACCESS = "/settings/access"
TOKENS = "/settings/tokens"
SYNC = "/settings/sync"
SCROBBLERS = "/scrobblers"
GRANT = "/api/auth/"
"""Where apps of Last.fm's kind send people; laid down by others."""

DATA = "/settings/data"

NAVIGATION = (
    (HOME, "Home"),
    (IMPORT, "Import"),
    (PORTRAITS, "Portraits"),
    (TOPS, "Tops"),
    (HISTORY, "History"),
    (SHARES, "Shares"),
    (SETTINGS, "Settings"),
)
"""In the head of every screen: path and title. A screen is added here."""

SETTINGS_PARTS = (
    (SETTINGS, "Account"),
    (ACCESS, "Signing in"),
    (TOKENS, "Tokens"),
    (SCROBBLERS, "Scrobblers"),
    (SYNC, "Spotify sync"),
    (DATA, "Your data"),
)


def import_of(task_id: UUID) -> str:
    """The screen of one import."""
    return f"{IMPORT}/{task_id}"


def portrait_of(analysis_id: UUID) -> str:
    """The screen of one verdict."""
    return f"{PORTRAITS}/{analysis_id}"


def removal_of(task_id: UUID) -> str:
    """The screen of one removal of plays."""
    return f"{HISTORY}/removals/{task_id}"


def with_next(path: str, next_path: str) -> str:
    """A path that leads on to another one."""
    return path if next_path == HOME else f"{path}?{urlencode({'next': next_path})}"


def of_history(kind: Kind, public_id: str) -> str:
    """The screen of an artist, an album or a track."""
    return f"/{kind}/{public_id}"


def top_of(kind: Kind, **asked: str) -> str:
    """A ranking."""
    return with_query(f"{TOPS}/{kind}", asked)


def with_query(path: str, asked: Mapping[str, str]) -> str:
    """A path with what selects; "" selects nothing."""
    query = urlencode({name: text for name, text in asked.items() if text})
    return f"{path}?{query}" if query else path
