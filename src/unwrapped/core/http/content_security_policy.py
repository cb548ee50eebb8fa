"""The one builder of `Content-Security-Policy`: what a page may load and run."""


def content_policy(
    *,
    script: str = "",
    style: str = "",
    img: str = "",
    connect: str = "",
    manifest: str = "",
    form_action: str = "'none'",
    trusted_types: str = "",
    is_meta: bool = False,
) -> str:
    """A `Content-Security-Policy` that allows these sources and nothing else.

    Browsers ignore `frame-ancestors` in a `<meta>` element: `is_meta` leaves it out.
    `trusted_types` names the only policies with which a script may turn text into
    markup.
    """
    sources = {
        "script": script,
        "style": style,
        "img": img,
        "connect": connect,
        "manifest": manifest,
    }
    rules = [
        "default-src 'none'",
        *(f"{kind}-src {allowed}" for kind, allowed in sources.items() if allowed),
        "base-uri 'none'",
        f"form-action {form_action}",
    ]
    if not is_meta:
        rules.append("frame-ancestors 'none'")
    if trusted_types:
        rules += [
            "require-trusted-types-for 'script'",
            f"trusted-types {trusted_types}",
        ]
    return "; ".join(rules)
