"""Settings of scrobbling."""

from pydantic import Field

from unwrapped.core.settings_sources import EnvironmentSettings

TOKENS_PER_USER = 50


class ScrobbleSettings(EnvironmentSettings):
    """Limits of what players may report, and of how often they may read."""

    scrobbling_tokens_per_user: int = Field(
        default=TOKENS_PER_USER,
        ge=1,
        description="Scrobbling tokens of one listener; each is for one client.",
    )
    scrobbling_sessions_per_token: int = Field(
        default=20,
        ge=1,
        description="Audioscrobbler sessions of one token; a further one ends the oldest.",
    )
    scrobbles_waiting_per_user: int = Field(
        default=100_000,
        ge=1_000,
        description=(
            "Scrobbles of one listener that wait to be merged into the history;"
            " above that, clients get 503 and keep theirs."
        ),
    )
    scrobble_reads_per_minute: int = Field(
        default=600,
        ge=1,
        description=(
            "Requests per minute that read with one scrobbling token; submissions"
            " are not counted."
        ),
    )
    track_feedback_per_user: int = Field(
        default=100_000,
        ge=1,
        description="Tracks that one listener can love or hate.",
    )
    scrobble_body_max_bytes: int = Field(
        default=10_240_000,
        ge=64 * 1024,
        description="Bytes of one submission of a player.",
    )
