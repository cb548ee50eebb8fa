"""Take the README's picture: the verdict on the example export, as a terminal shows it."""

import io
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from unwrapped.cli.display.portrait import draw_portrait
from unwrapped.music.analysis.portrait import paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.building import build_history
from unwrapped.music.history.period import Period
from unwrapped.music.sources.upload_reading import read_upload

ROOT = Path(__file__).parents[1]
WEB_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def main() -> None:
    """Write docs/terminal.svg."""
    history = build_history(read_upload([ROOT / "examples" / "my_spotify_data.zip"]))
    zone = ZoneInfo("Europe/Berlin")
    portrait = paint_portrait(history, Period(), zone, HouseCritic())
    console = Console(record=True, width=100, file=io.StringIO(), highlight=False,
                      markup=False, emoji=False)  # fmt: skip
    draw_portrait(console, portrait, with_books=False)
    title = "unwrapped analyze examples/my_spotify_data.zip"
    svg = WEB_FONTS.sub("", console.export_svg(title=title, unique_id="terminal"))
    (ROOT / "docs" / "terminal.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
