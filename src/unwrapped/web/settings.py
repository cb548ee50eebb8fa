"""Settings of the pictures of shares: their fonts, and how many are drawn a minute for each
address."""

from pathlib import Path

from pydantic import Field

from unwrapped.core.settings_sources import EnvironmentSettings


class WebSettings(EnvironmentSettings):
    """Settings of the pictures of shares."""

    card_fonts: Path | None = Field(
        default=None,
        description=(
            "A folder of fonts for the pictures of shares, such as"
            " /usr/share/fonts. It is needed for names in scripts that the font of"
            " the package lacks (Japanese, Korean, Arabic, emoji). Unset: such names"
            " are omitted."
        ),
    )
    cards_per_address: int = Field(
        default=30,
        ge=1,
        description=(
            "Pictures of shares that are drawn per minute for one address of"
            " clients; stored pictures are not counted."
        ),
    )
