"""Checks of the running service: here, and at the address that people use."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2

from unwrapped.cli.checks.findings import Finding, ok, problem, warning
from unwrapped.cli.commands.serve import HOST, HTTP_PORT, HTTPS_PORT, LOOPBACK
from unwrapped.core.config import Settings
from unwrapped.core.tls.certificates import ROOT_FILE

SECONDS = 5.0

type Answer = httpx2.Response | str
"""The response of a service, or why there is none."""


def check_service(settings: Settings) -> Iterator[Finding]:
    """Check whether the service is ready, and how people's requests reach it."""
    trust = _trust(settings.home / "certs" / ROOT_FILE)
    yield _here(settings, trust)
    if settings.backend_url is not None:
        yield _outside(settings, settings.backend_url, trust)


def _here(settings: Settings, trust: ssl.SSLContext) -> Finding:
    tried = []
    for scheme, usual in (("http", HTTP_PORT), ("https", HTTPS_PORT)):
        host = settings.host or HOST
        host = LOOPBACK.get(host, host)
        shown = f"[{host}]" if ":" in host else host
        address = f"{scheme}://{shown}:{settings.port or usual}"
        answer = _ask(f"{address}/readyz", trust)
        if isinstance(answer, str):
            tried.append(address)
            continue
        if answer.status_code == httpx2.codes.OK:
            return ok("service", f"ready at {address}")
        said = f"{address} answers {answer.status_code}: {answer.text[:200]}"
        return problem("service", said, "Its log says what it waits for.")
    return warning(
        "service",
        f"Nothing answers at {' or '.join(tried)}.",
        "Start the service; if it listens elsewhere, set HOST and PORT to its values.",
    )


def _outside(settings: Settings, address: str, trust: ssl.SSLContext) -> Finding:
    answer = _ask(f"{address}/healthz", trust)
    if isinstance(answer, str):
        advice = "Check the proxy, its certificate, and where the name leads."
        return problem("address", f"{address} cannot be reached: {answer}", advice)
    seen = _seen(answer)
    if seen is None:
        said = f"{address} answers {answer.status_code}, not as Unwrapped does."
        return problem("address", said, "Check where BACKEND_URL and the proxy lead; after 421, add the name to ALLOWED_HOSTS.")  # fmt: skip
    came_by, scheme = seen
    if came_by == "unknown_proxy":
        advice = "Add the proxy's address to TRUSTED_PROXIES: until then nobody can create an account through it, and all its clients count as one."
        return problem("address", f"{address} is reached through a proxy that is not trusted.", advice)  # fmt: skip
    if scheme != address.partition(":")[0]:
        said = f"Requests to {address} arrive as {scheme}."
        return problem("address", said, "Let the proxy send X-Forwarded-Proto and X-Forwarded-For, and name it in TRUSTED_PROXIES.")  # fmt: skip
    how = "through a trusted proxy" if came_by == "proxy" else "without a proxy"
    if came_by == "client" and settings.trusted_proxies:
        advice = (
            "Let the proxy send X-Forwarded-For, unless only this machine bypasses it."
        )
        return warning("address", f"{address} is reached {how}.", advice)
    return ok("address", f"{address} is reached {how}")


def _seen(answer: httpx2.Response) -> tuple[str, str] | None:
    try:
        health = answer.json()
        return str(health["came_by"]), str(health["scheme"])
    except (ValueError, KeyError, TypeError):
        return None


def _ask(url: str, trust: ssl.SSLContext) -> Answer:
    try:
        return httpx2.get(url, verify=trust, timeout=SECONDS, trust_env=False)
    except httpx2.HTTPError as error:
        return f"{type(error).__name__}: {error}"


def _trust(ca: Path) -> ssl.SSLContext:
    """The trust store of this machine, and the CA of `unwrapped certs`."""
    context = ssl.create_default_context()
    if ca.exists():
        context.load_verify_locations(cafile=ca)
    return context
