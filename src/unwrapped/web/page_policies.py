"""The security headers of pages: what they may load and run, and which referrer they send."""

from collections.abc import Mapping

from unwrapped.core.http.content_security_policy import content_policy

SCREEN = content_policy(
    script="'self'",
    style="'self'",
    img="'self' data:",
    connect="'self'",
    manifest="'self'",
    form_action="'self'",
    trusted_types="page",
)
"""For screens: only files of this service, nothing inline, and scripts cannot insert text as
HTML or code.
"""

STILL = content_policy(style="'self'", img="'self' data:", manifest="'self'")
"""For pages without scripts and forms: shares and problems."""

SELF_CONTAINED = content_policy(style="'unsafe-inline'", img="data:", is_meta=True)
"""For a page that is a single file."""

SCREEN_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": SCREEN,
    # With `no-referrer` a form is sent with `Origin: null`, which `require_same_origin`
    # refuses in browsers without `Sec-Fetch-Site`.
    "Referrer-Policy": "same-origin",
}
STILL_HEADERS: Mapping[str, str] = {"Content-Security-Policy": STILL}
