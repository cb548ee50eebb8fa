"""Somebody signs in with the sandbox in a real browser, and the page knows who they are."""

import signal
from pathlib import Path

import pytest

from tests.browser.devtools import chromium
from tests.cli.service import SECRET, Place
from tests.sandbox.running import Clock, running
from unwrapped.auth.oauth.cookie import COOKIE as STATE_COOKIE
from unwrapped.auth.sessions.cookie import COOKIE as SESSION_COOKIE
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.sandbox.config import CLIENT_SECRET, SandboxConfig

CALLBACK = "http://127.0.0.1/api/v1/auth/spotify/callback"
ME = "fetch('/api/v1/auth/me').then(answer => answer.json())"


@pytest.mark.long
def test_somebody_signs_in_with_the_sandbox(
    tmp_path: Path, clone: DatabaseAddress
) -> None:
    config = SandboxConfig(redirect_uris=(CALLBACK,))
    folder = tmp_path / "chromium"
    folder.mkdir()
    with (
        chromium(folder) as page,
        running(config, Clock()) as sandbox,
        Place(tmp_path) as place,
    ):
        web = place.serve(
            "--no-worker",
            DATABASE_URL=clone.for_asyncpg(),
            SECRET_KEY=SECRET,
            OAUTH_CLIENT_ID="sandbox",
            OAUTH_CLIENT_SECRET=CLIENT_SECRET,
            # By another name it is another site, as Spotify is.
            OAUTH_BASE_URL=sandbox.address.replace("127.0.0.1", "localhost"),
        )
        web.ready()
        login = f"{web.address}/api/v1/auth/spotify/login?next=/docs"
        page.call("Page.navigate", url=login)
        page.wait_for("document.querySelector('button[value=agree]')?.name")
        assert page.evaluate("location.hostname") == "localhost"
        assert page.cookies()[STATE_COOKIE]["sameSite"] == "Lax"
        page.evaluate("document.querySelector('button[value=agree]').click()")
        page.wait_for("location.pathname === '/docs'")
        assert page.evaluate("location.origin") == web.address
        me = page.evaluate(ME)
        assert me["username"] == "GretaQuayloom", me
        session = page.cookies()[SESSION_COOKIE]
        assert (session["secure"], session["httpOnly"]) == (True, True)
        assert (session["sameSite"], session["path"]) == ("Lax", "/")
        assert page.evaluate("document.cookie") == ""
        assert web.stop() == -signal.SIGTERM
        place.assert_nothing_left()
