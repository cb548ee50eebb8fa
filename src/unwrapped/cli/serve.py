"""`unwrapped serve`: the whole service, by one command."""

import errno
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

import click

if TYPE_CHECKING:
    import asyncio

    import uvicorn

    from unwrapped.core.config import Settings

HTTP_PORT, HTTPS_PORT = 8000, 8443
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - only compared with
LOOPBACK = dict(zip(EVERY_ADDRESS, ("127.0.0.1", "::1"), strict=True))
IN_THE_CLEAR = (
    "Browsers on other machines refuse the cookie of a sign-in over plain HTTP: use"
    " --https, or a proxy with a certificate (then set BACKEND_URL and TRUSTED_PROXIES)."
)
CLOSED = (
    "Registration is closed: whoever comes first makes the only account;"
    " `unwrapped user create` makes others (REGISTRATION=open lets everybody)."
)
OPEN_HERE = (
    "Registration is open to everybody on this machine (REGISTRATION=closed ends that)."
)
OPEN_TO_ALL = (
    "Registration is open to everybody who reaches the service (REGISTRATION=open)."
)
STARTUP_FAILURE = 3  # uvicorn's exit code
# A demonstration is the same wherever it runs: these are not for it.
NOT_IN_DEMO = ("DATABASE_URL", "OBJECT_STORE_URL", "SECRET_KEY", "REGISTRATION")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535),
              help=f"Port to listen on.  [default: {HTTP_PORT}, with --https {HTTPS_PORT}]")  # fmt: skip
@click.option("--https", is_flag=True, help="Serve HTTPS, with a certificate made by `unwrapped certs`.")  # fmt: skip
@click.option("--reload", is_flag=True, help="Start anew when the code changes; for development.")  # fmt: skip
@click.option("--worker/--no-worker", default=True, show_default=True,
              help="Run a worker for background tasks beside the web process.")  # fmt: skip
@click.option("--demo", is_flag=True, help="Show everything with a made-up listener, in a folder of its own.")  # fmt: skip
def serve(
    host: str, port: int | None, *, https: bool, reload: bool, worker: bool, demo: bool
) -> None:
    """Serve the API, with a worker and, unless DATABASE_URL is set, a database."""
    from unwrapped.core.config import load_settings

    if not host:
        raise click.BadParameter("must not be empty.", param_hint="'--host'")
    port = (HTTPS_PORT if https else HTTP_PORT) if port is None else port
    if demo:
        _serve_demo(host, port, https=https)
        return
    if not worker:
        os.environ["WORKER"] = "false"
    is_told = load_settings().backend_url is not None
    bound = _bind(host, port)
    address = _tell_address(bound, host, https=https)
    if host not in EVERY_ADDRESS:
        _allow([host])
        if not is_told:
            # One that is set stays, in `.env` too: people outside a proxy see it.
            os.environ["BACKEND_URL"] = address
    if not https and is_in_the_clear(bound.getsockname()[0], load_settings()):
        click.echo(IN_THE_CLEAR, err=True)
    settle_registration(bound.getsockname()[0])
    _run(bound, https=https, reload=reload, host=host)


def _bind(host: str, port: int) -> socket.socket:
    """The socket to listen on; its port is known from here on."""
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
            f" Give another one with {'--port' if is_port else '--host'}."
        ) from error
    bound.set_inheritable(True)
    return bound


def _tell_address(bound: socket.socket, host: str, *, https: bool) -> str:
    """The address that the service listens on; told to the user."""
    shown = f"[{host}]" if ":" in host else host
    address = f"{'https' if https else 'http'}://{shown}:{bound.getsockname()[1]}"
    click.echo(f"Unwrapped is starting at {address} (API and its docs: {address}/docs)", err=True)  # fmt: skip
    return address


def _allow(names: Iterable[str]) -> None:
    """Let requests be for these names as well."""
    from unwrapped.core.config import load_settings

    allowed = dict.fromkeys((*load_settings().allowed_hosts, *names))
    os.environ["ALLOWED_HOSTS"] = ",".join(allowed)


def is_in_the_clear(address: str, settings: "Settings") -> bool:
    """Whether, without TLS of our own, people on other machines speak plain HTTP."""
    from ipaddress import ip_address

    is_behind_tls = (settings.backend_url or "").startswith("https://")
    is_proxied = is_behind_tls or bool(settings.trusted_proxies)
    return not (ip_address(address).is_loopback or is_proxied)


def settle_registration(address: str) -> None:
    """Open registration by default to this machine alone, and say who may register."""
    from ipaddress import ip_address

    from unwrapped.auth.registration import is_open
    from unwrapped.auth.settings import AuthSettings
    from unwrapped.core.config import load_settings

    setting = AuthSettings.load().registration
    if not is_open(AuthSettings.load(), load_settings().backend_url):
        click.echo(CLOSED, err=True)
    elif setting is not None:
        click.echo(OPEN_TO_ALL, err=True)
    elif ip_address(address).is_loopback:
        click.echo(OPEN_HERE, err=True)
    else:
        # BACKEND_URL names this machine, and others can come all the same.
        os.environ["REGISTRATION"] = "closed"
        click.echo(CLOSED, err=True)


class ServerOptions(TypedDict):
    """What `uvicorn.Config` needs to know."""

    http: "type[asyncio.Protocol]"
    ws: Literal["none"]
    access_log: bool
    log_config: None
    server_header: bool
    proxy_headers: bool
    timeout_graceful_shutdown: int


def server_options(settings: "Settings") -> ServerOptions:
    """How the service speaks HTTP, wherever it listens."""
    from unwrapped.core.http.wire import bounded_protocol

    return ServerOptions(
        # By httptools: it refuses a body whose length is given in two ways; h11 takes it.
        http=bounded_protocol(settings),
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        # Anybody can send these headers; `ProxyCheck` knows whom to believe.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


def _config(*, https: bool, host: str, reload: bool = False) -> "uvicorn.Config":
    import uvicorn

    import unwrapped
    from unwrapped.core.config import load_settings
    from unwrapped.core.http.connections import raise_open_files

    settings = load_settings()
    raise_open_files()
    config = uvicorn.Config(
        "unwrapped.main:app",
        reload=reload,
        # The code is here, wherever we are started from.
        reload_dirs=list(unwrapped.__path__) if reload else None,
        **server_options(settings),
    )
    if https:
        from unwrapped.core.files import make_private
        from unwrapped.core.tls.certificates import (
            ensure_certificates,
            server_tls_options,
        )

        make_private(settings.home)
        names = [] if host in EVERY_ADDRESS else [host]
        certificates = ensure_certificates(settings.home / "certs", names)
        # What the certificate is for is ours.
        _allow(certificates.names)
        for name, value in server_tls_options(certificates).items():
            setattr(config, name, value)
    return config


def _run(bound: socket.socket, *, https: bool, reload: bool, host: str) -> None:
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    config = _config(https=https, host=host, reload=reload)
    server = uvicorn.Server(config)
    if reload:
        ChangeReload(config, target=server.run, sockets=[bound]).run()
        return
    _run_server(server, bound)


def _run_server(server: "uvicorn.Server", bound: socket.socket) -> None:
    """Serve until a signal; exit code 2 when it could not start."""
    from unwrapped.core.loading import loading

    # uvicorn raises it again when it has stopped: to us, Ctrl-C is how a server ends.
    with suppress(KeyboardInterrupt):
        try:
            with loading():
                server.config.load()
            server.run(sockets=[bound])
        except SystemExit as end:
            sys.exit(2 if end.code == STARTUP_FAILURE else end.code)


def _serve_demo(host: str, port: int, *, https: bool) -> None:
    from unwrapped.core.postgres.embedded import discard_embedded

    # uvicorn passes SIGTERM on when it has stopped: the folder must go even then.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(
        prefix="unwrapped-demo-", ignore_cleanup_errors=True
    ) as home:
        os.environ["UNWRAPPED_HOME"] = home
        os.environ |= dict.fromkeys(NOT_IN_DEMO, "")
        os.environ |= {"WORKER": "true", "LOG_LEVEL": "WARNING"}
        bound = _bind(host, port)
        address = _tell_address(bound, LOOPBACK.get(host, host), https=https)
        os.environ["BACKEND_URL"] = address
        settle_registration(bound.getsockname()[0])
        try:
            _run_demo(_config(https=https, host=host), bound, address, Path(home))
        finally:
            discard_embedded(Path(home))


def _run_demo(
    config: "uvicorn.Config", bound: socket.socket, address: str, home: Path
) -> None:
    import threading

    import uvicorn

    from unwrapped.cli.demo import show_demo

    server = uvicorn.Server(config)
    ca = home / "certs" / "ca.crt"
    showing = threading.Thread(
        target=show_demo, args=(address, ca if config.is_ssl else None), daemon=True
    )
    showing.start()
    _run_server(server, bound)
