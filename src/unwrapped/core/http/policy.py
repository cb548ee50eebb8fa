"""The only builder of policies for what a page may load and run."""


def content_policy(
    *,
    script: str = "",
    style: str = "",
    img: str = "",
    connect: str = "",
    form_action: str = "'none'",
    is_meta: bool = False,
) -> str:
    """A `Content-Security-Policy` that allows these sources and nothing else.

    In a `<meta>` element browsers know no `frame-ancestors`: `is_meta` leaves it out.
    """
    sources = {"script": script, "style": style, "img": img, "connect": connect}
    rules = [
        "default-src 'none'",
        *(f"{kind}-src {allowed}" for kind, allowed in sources.items() if allowed),
        "base-uri 'none'",
        f"form-action {form_action}",
    ]
    if not is_meta:
        rules.append("frame-ancestors 'none'")
    return "; ".join(rules)
