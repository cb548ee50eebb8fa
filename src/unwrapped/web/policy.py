"""What pages may load and run: the policies of all pages, and who is sent their address."""

from collections.abc import Mapping

from unwrapped.core.http.policy import content_policy

SCREEN = content_policy(
    script="'self'",
    style="'self'",
    img="'self' data:",
    connect="'self'",
    manifest="'self'",
    form_action="'self'",
    trusted_types="page",
)
"""Of a screen: files of this service alone, nothing inline, no text that becomes a script."""

STILL = content_policy(style="'self'", img="'self' data:", manifest="'self'")
"""Of a page without script and without forms: a share, a problem."""

SELF_CONTAINED = content_policy(style="'unsafe-inline'", img="data:", is_meta=True)
"""Of a page that is a file by itself."""

SCREEN_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": SCREEN,
    # Under `no-referrer` a form is sent with `Origin: null`, which browsers without
    # `Sec-Fetch-Site` have nothing to set against: `require_same_origin` needs our own.
    "Referrer-Policy": "same-origin",
}
STILL_HEADERS: Mapping[str, str] = {"Content-Security-Policy": STILL}
