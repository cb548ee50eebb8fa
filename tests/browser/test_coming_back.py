"""Somebody closes the tab, everything is killed, and they come back to a work that goes on."""

import signal
from pathlib import Path

import pytest

from tests.browser.devtools import chromium
from tests.browser.history import LISTENS, write_history
from tests.cli.service import SECRET, Place, Web
from unwrapped.core.postgres.addresses import DatabaseAddress

PASSWORD = "tr0ub4dor and three"  # noqa: S105 - of nobody


def show(page_of: Web, path: str) -> str:
    """The address of a page; cookies know no ports."""
    return f"{page_of.address}{path}"


@pytest.mark.long
def test_an_import_survives_all_of_it(tmp_path: Path, clone: DatabaseAddress) -> None:
    folder = tmp_path / "chromium"
    folder.mkdir()
    env = {"DATABASE_URL": clone.for_asyncpg(), "SECRET_KEY": SECRET}
    with chromium(folder) as page, Place(tmp_path) as place:
        first = place.serve("--no-worker", **env)
        first.ready()
        page.go(show(first, "/"))
        page.fill(username="ada", password=PASSWORD)
        page.click("form button")
        page.wait_for("!!document.querySelector('.drop')")
        page.choose("#choose-files", write_history(tmp_path))
        page.arrive("^/import/.")
        page.wait_for("!!document.querySelector('[data-task]')")
        page.go("about:blank#closed")
        first.stop(signal.SIGKILL)

        second = place.serve("--no-worker", **env)
        second.ready()
        page.go(show(second, "/"))
        page.click("main .list a")
        page.arrive("^/import/.")
        page.wait_for("document.body.innerText.includes('Waiting for a free worker')")
        # The page follows live: nobody loads it again.
        worker = place.worker(**env)
        page.wait_for("!!document.querySelector('.sum')")
        assert f"{LISTENS} new plays" in page.evaluate("document.body.innerText")
        page.click("main .opening form button")
        page.wait_for("!!document.querySelector('.cover')")
        assert page.noted == []
        worker.stop()
        second.stop()
