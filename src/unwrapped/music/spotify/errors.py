"""Why plays are not synced."""

from unwrapped.core.exceptions import Conflict, Forbidden, NotFound


class SyncNotConfigured(NotFound):
    """This server has no app at Spotify."""

    code = "sync_not_configured"

    def __init__(self) -> None:
        super().__init__(
            "This server has no app at Spotify: whoever runs it sets OAUTH_CLIENT_ID."
        )


class AccessNeeded(Conflict):
    """The listener has not let this service read their last plays, or not lately."""

    code = "access_needed"

    def __init__(self) -> None:
        super().__init__(
            "Let this service read your last plays first: link your Spotify account"
            ' with “access” (POST /api/v1/auth/spotify/link, {"access": true}).'
        )


class SyncNotEnabled(Conflict):
    """The listener has not turned the sync on, or has turned it off again."""

    code = "sync_not_enabled"

    def __init__(self) -> None:
        super().__init__("The sync from Spotify is not turned on.")


class SpotifyForbids(Forbidden):
    """Spotify does not let this app read the plays of this listener."""

    code = "spotify_forbids"

    def __init__(self) -> None:
        super().__init__(
            "Spotify does not let this app read your plays: the owner of the app has to"
            " name you among its users in Spotify's dashboard. If that is so, give access"
            " anew."
        )
