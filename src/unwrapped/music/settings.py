"""Settings of music."""

from pydantic import Field

from unwrapped.core.settings_sources import EnvironmentSettings

MIB = 1024 * 1024
SHARES_PER_USER = 500


class MusicSettings(EnvironmentSettings):
    """Limits of uploads, imports, shares, corrections and statistics; how often plays sync."""

    upload_max_bytes: int = Field(
        default=1024 * MIB,
        ge=MIB,
        description="Bytes of one uploaded file, before it is unpacked.",
    )
    unpacked_max_bytes: int = Field(
        default=4096 * MIB,
        ge=MIB,
        description="Bytes of the zips of one import, after unpacking.",
    )
    zip_max_entries: int = Field(
        default=10_000, ge=1, description="Files in the zips of one import."
    )
    zip_directory_max_bytes: int = Field(
        default=16 * MIB,
        ge=64 * 1024,
        description="Bytes of the list of files in a zip (its central directory).",
    )
    import_max_rows: int = Field(
        default=5_000_000, ge=1, description="Rows in the files of one import."
    )
    import_max_name_characters: int = Field(
        default=96 * MIB,
        ge=1_000_000,
        description=(
            "Characters of all distinct names and URIs of one import; the"
            " characters of a name that is not ASCII count twice."
        ),
    )
    uploads_per_user: int = Field(
        default=50,
        ge=1,
        description="Uploads of one listener that wait for an import.",
    )
    upload_quota_bytes: int = Field(
        default=4096 * MIB,
        ge=MIB,
        description="Bytes of all uploads of one listener that wait for an import.",
    )
    uploads_kept_hours: int = Field(
        default=24,
        ge=1,
        le=24 * 365,
        description="Hours after which an upload without an import is deleted.",
    )
    shares_per_user: int = Field(
        default=SHARES_PER_USER, ge=1, description="Shares of one listener."
    )
    corrections_per_user: int = Field(
        default=1_000,
        ge=1,
        description="Corrections of one listener (docs/corrections.md).",
    )
    correction_max_targets: int = Field(
        default=20, ge=2, description="Artists that one artist can be split into."
    )
    spotify_sync_minutes: int = Field(
        default=30,
        ge=10,
        le=24 * 60,
        description=(
            "Minutes between syncs of the last plays from Spotify; it returns only"
            " the last fifty."
        ),
    )
    statistics_memory_bytes: int = Field(
        default=256 * MIB,
        ge=16 * MIB,
        description=(
            "Bytes of memory in which a web process keeps the histories of the"
            " listeners who asked for statistics last (24 to 45 MiB for a million"
            " listens); one history is kept in any case."
        ),
    )
