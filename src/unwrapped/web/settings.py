"""Settings of the pages."""

from pathlib import Path

from pydantic import Field

from unwrapped.core.environment import Environment


class WebSettings(Environment):
    """Settings of the pictures of shares."""

    card_fonts: Path | None = Field(
        default=None,
        description="A folder of fonts for the pictures of shares, to write names in scripts that the font of the package lacks (Japanese, Korean, Arabic, emoji): /usr/share/fonts. Unset: such names are left out.",
    )
    cards_per_address: int = Field(
        default=30,
        ge=1,
        description="Pictures of shares that are drawn for one address in a minute; stored ones are not counted.",
    )
