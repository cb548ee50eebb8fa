"""What holds for every page, looked at with a real browser."""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.devtools import Page
from tests.npm import installed

DESK, HALF, PHONE = 1280, 640, 360
"""Widths in pixels; half of a desk's is what a zoom of 200 % leaves of it."""

MOST_BYTES = 100 * 1024

AXE = """
axe.run(document, {runOnly: %s, resultTypes: ['violations']}).then(found =>
  found.violations.map(one => [one.id, one.nodes.map(node => node.html + ': ' +
    node.failureSummary)]))
"""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast"]}


def axe_script() -> str:
    """The text of axe-core."""
    folder = installed("browser", Path(__file__).with_name("package.json"))
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    return script.read_text(encoding="utf-8")


@dataclass
class Inspector:
    """Looks at pages of one service."""

    page: Page
    origin: str
    axe: str = field(default_factory=axe_script, repr=False)

    def look(self, *expected: str) -> None:
        """Fails for what no page may do; `expected` are parts of what it may have said."""
        page = self.page
        here = page.evaluate("location.pathname")
        self.require_quiet(*expected)
        markup = page.evaluate("document.documentElement.outerHTML").encode()
        assert len(gzip.compress(markup)) < MOST_BYTES, here
        page.evaluate(self.axe)
        for width in (PHONE, HALF, DESK):
            page.resize(width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{here} is {wide} wide on a screen of {width}"
        self._require_accessible(STANDARDS, here)
        page.prefer(prefers_color_scheme="dark")
        self._require_accessible(COLOURS, f"{here}, dark")
        page.prefer(prefers_color_scheme="light")
        self.require_quiet(*expected)

    def require_quiet(self, *expected: str) -> None:
        """Nothing on the console, no report of the policy, nothing asked of others."""
        noted = [
            one for one in self.page.noted if not any(part in one for part in expected)
        ]
        assert not noted, noted
        self.page.noted.clear()
        foreign = [
            url
            for url in self.page.requested
            if not url.startswith((f"{self.origin}/", "data:"))
        ]
        assert not foreign, foreign

    def _require_accessible(self, rules: object, where: str) -> None:
        found = self.page.evaluate(AXE % json.dumps(rules))
        assert not found, (where, found)
