"""`unwrapped serve`: the whole service, by one command."""

import errno
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from unwrapped.core.config import Configuration, Settings
    from unwrapped.core.tls.certificates import Certificates

HOST, HTTP_PORT, HTTPS_PORT = "127.0.0.1", 8000, 8443
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - only compared with
LOOPBACK = dict(zip(EVERY_ADDRESS, ("127.0.0.1", "::1"), strict=True))
IN_THE_CLEAR = (
    "Browsers on other machines refuse the cookie of a sign-in over plain HTTP: use"
    " --https, or a proxy with a certificate (then set BACKEND_URL and TRUSTED_PROXIES)."
)
CLOSED = (
    "Registration is closed: anybody can create the first account, administrators and"
    " `unwrapped user create` create the others (REGISTRATION=open opens it)."
)
CLOSED_BY_DEFAULT = CLOSED.replace(
    "closed:", "closed, unless an administrator opened it:"
)
OPEN_HERE = (
    "Registration is open to everybody on this machine, unless an administrator closed"
    " it (REGISTRATION=closed closes it)."
)
OPEN_TO_ALL = (
    "Registration is open to everybody who reaches the service (REGISTRATION=open)."
)


@click.command()
@click.option("--host", help=f"Address to listen on.  [default: HOST, {HOST}]")
@click.option("--port", type=click.IntRange(0, 65535),
              help=f"Port to listen on.  [default: PORT, {HTTP_PORT}, with --https {HTTPS_PORT}]")  # fmt: skip
@click.option("--https", is_flag=True, help="Serve HTTPS, with a certificate made by `unwrapped certs`.")  # fmt: skip
@click.option("--reload", is_flag=True, help="Restart when the code changes; for development.")  # fmt: skip
@click.option("--worker/--no-worker", default=True, show_default=True,
              help="Run a worker for background tasks beside the web process.")  # fmt: skip
@click.option("--demo", is_flag=True, help="Show the service with a made-up listener, in a temporary folder.")  # fmt: skip
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser of this machine, once the service is ready.")  # fmt: skip
def serve(
    host: str | None,
    port: int | None,
    *,
    https: bool,
    reload: bool,
    worker: bool,
    demo: bool,
    opens: bool,
) -> None:
    """Serve the page and the API.

    A worker runs as well and, unless DATABASE_URL is set, a database server.
    """
    from unwrapped.cli.configuration import read_configuration

    if host == "":
        raise click.BadParameter("must not be empty.", param_hint="'--host'")
    if opens and reload:
        raise click.BadParameter("opens nothing with --reload.", param_hint="'--open'")
    configuration = read_configuration()
    host, port = listened_at(configuration.core, host, port, https=https)
    if demo:
        _serve_demo(configuration, host, port, https=https, opens=opens)
        return
    if not worker:
        from unwrapped.tasks.settings import TaskSettings

        configuration = configuration.replace(TaskSettings, worker=False)
    with _bind(host, port) as bound:
        _serve(configuration, bound, host, https=https, reload=reload, opens=opens)


def _serve(
    configuration: "Configuration",
    bound: socket.socket,
    host: str,
    *,
    https: bool,
    reload: bool,
    opens: bool,
) -> None:
    from unwrapped.cli.web_server import announce, run, run_again_and_again

    address = _print_address(bound, host, https=https)
    if host not in EVERY_ADDRESS:
        configuration = _named(configuration, host, address)
    if not https and is_in_the_clear(bound.getsockname()[0], configuration.core):
        click.echo(IN_THE_CLEAR, err=True)
    configuration = settle_registration(configuration, bound.getsockname()[0])
    certificates = None
    if https:
        configuration, certificates = _certified(configuration, host)
    here = address.replace(host, LOOPBACK.get(host, host), 1)
    ready = partial(announce, configuration.core.backend_url or here, opens=opens)
    if reload:
        run_again_and_again(configuration, certificates, bound, ready)
    else:
        run(configuration, certificates, [bound], ready)


def listened_at(
    settings: "Settings", host: str | None, port: int | None, *, https: bool
) -> tuple[str, int]:
    """Return where to listen: by the flags, else the settings, else the defaults."""
    usual = HTTPS_PORT if https else HTTP_PORT
    ports = (port, settings.port, usual)
    return host or settings.host or HOST, next(one for one in ports if one is not None)


def _bind(host: str, port: int) -> socket.socket:
    """Return the socket to listen on, bound to its port."""
    from unwrapped.core.exceptions import Unavailable

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        is_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        raise Unavailable(
            f"{host} port {port} cannot be listened on: {error.strerror}."
            f" Give another one with {'--port or PORT' if is_port else '--host or HOST'}."
        ) from error
    bound.set_inheritable(True)
    return bound


def _print_address(bound: socket.socket, host: str, *, https: bool) -> str:
    """Print the address that the service listens on, and return it."""
    shown = f"[{host}]" if ":" in host else host
    address = f"{'https' if https else 'http'}://{shown}:{bound.getsockname()[1]}"
    click.echo(starting_line(address, in_terminal=sys.stderr.isatty()), err=True)
    return address


def starting_line(address: str, *, in_terminal: bool) -> str:
    """The first line of output. For people it has no address, which answers only later."""
    if in_terminal:
        return "Unwrapped is starting, and says here when the page can be opened."
    return f"Unwrapped is starting at {address} (API and its docs: {address}/docs)"


def _named(configuration: "Configuration", host: str, address: str) -> "Configuration":
    """Return the configuration, with the host that it listens on as its name."""
    from unwrapped.core.config import Settings

    if configuration.core.backend_url is None:
        # A BACKEND_URL that is set, also in `.env`, is the address in front of a proxy.
        configuration = configuration.replace(Settings, backend_url=address)
    return _allowing(configuration, [host])


def _allowing(configuration: "Configuration", names: Iterable[str]) -> "Configuration":
    """Return the configuration, with these names allowed in requests as well."""
    from unwrapped.core.config import Settings

    allowed = dict.fromkeys((*configuration.core.allowed_hosts, *names))
    return configuration.replace(Settings, allowed_hosts=tuple(allowed))


def _certified(
    configuration: "Configuration", host: str
) -> "tuple[Configuration, Certificates]":
    """Return the configuration with the certificates' names allowed, and these."""
    from unwrapped.core.files import make_private
    from unwrapped.core.tls.certificates import ensure_certificates

    home = configuration.core.home
    make_private(home)
    names = [] if host in EVERY_ADDRESS else [host]
    certificates = ensure_certificates(home / "certs", names)
    return _allowing(configuration, certificates.names), certificates


def is_in_the_clear(address: str, settings: "Settings") -> bool:
    """Whether people on other machines use plain HTTP, without TLS of the service."""
    from ipaddress import ip_address

    is_behind_tls = (settings.backend_url or "").startswith("https://")
    is_proxied = is_behind_tls or bool(settings.trusted_proxies)
    return not (ip_address(address).is_loopback or is_proxied)


def settle_registration(
    configuration: "Configuration", address: str
) -> "Configuration":
    """By default, open registration only to this machine; print who may register."""
    from ipaddress import ip_address

    from unwrapped.auth.registration import is_open
    from unwrapped.auth.settings import AuthSettings

    settings = configuration.of(AuthSettings)
    if not is_open(settings, configuration.core.backend_url):
        is_set = settings.registration is not None
        click.echo(CLOSED if is_set else CLOSED_BY_DEFAULT, err=True)
    elif settings.registration is not None:
        click.echo(OPEN_TO_ALL, err=True)
    elif ip_address(address).is_loopback:
        click.echo(OPEN_HERE, err=True)
    else:
        # BACKEND_URL names this machine, but other machines can connect.
        click.echo(CLOSED, err=True)
        return configuration.replace(AuthSettings, registration="closed")
    return configuration


def _serve_demo(
    configuration: "Configuration", host: str, port: int, *, https: bool, opens: bool
) -> None:
    from unwrapped.cli.demo import as_in_demo, begin_demo
    from unwrapped.cli.web_server import run
    from unwrapped.core.postgres.embedded import discard_embedded

    # uvicorn raises SIGTERM again when it has stopped: delete the folder even then.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with (
        tempfile.TemporaryDirectory(
            prefix="unwrapped-demo-", ignore_cleanup_errors=True
        ) as home,
        _bind(host, port) as bound,
    ):
        address = _print_address(bound, LOOPBACK.get(host, host), https=https)
        configuration = as_in_demo(configuration, Path(home), address)
        configuration = settle_registration(configuration, bound.getsockname()[0])
        certificates = None
        if https:
            configuration, certificates = _certified(configuration, host)
        authority = certificates.ca_certificate if certificates else None
        try:
            run(
                configuration,
                certificates,
                [bound],
                partial(begin_demo, address, authority, opens=opens),
            )
        finally:
            discard_embedded(Path(home))
