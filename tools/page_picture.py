"""Take the README's picture of the page: the portrait in the demonstration."""

import base64
import tempfile
from pathlib import Path

from tests.browser.devtools import chromium
from tests.cli.service import Place

ROOT = Path(__file__).parents[1]
WIDTH, HEIGHT = 1280, 1480


def main() -> None:
    """Write docs/page.png."""
    with tempfile.TemporaryDirectory() as base:
        browser = Path(base) / "chromium"
        browser.mkdir()
        with chromium(browser) as page, Place(Path(base)) as place:
            web = place.serve("--demo")
            page.call("Emulation.setScrollbarsHidden", hidden=True)
            page.resize(WIDTH, HEIGHT)
            page.go(web.until_written(r"Ready: open\s+(\S+)"))
            page.arrive("^/$")
            page.click("main .title a")
            page.arrive("^/portraits/.")
            page.wait_for("!!document.querySelector('.cover')")
            shot = page.call("Page.captureScreenshot", format="png")
            (ROOT / "docs" / "page.png").write_bytes(base64.b64decode(shot["data"]))
            web.stop()


if __name__ == "__main__":
    main()
