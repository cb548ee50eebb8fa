"""The web process of `serve`: its HTTP server, and what happens when it is ready."""

import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal, TypedDict

import click

if TYPE_CHECKING:
    import asyncio

    from fastapi import FastAPI

    from unwrapped.core.config import Configuration, Settings
    from unwrapped.core.tls.certificates import Certificates

STARTUP_FAILURE = 3  # uvicorn's exit code

type OnReady = Callable[["FastAPI"], None]
"""Called with the application, in its event loop, when it takes requests."""


class ServerOptions(TypedDict):
    """Keyword arguments of `uvicorn.Config`."""

    http: "type[asyncio.Protocol]"
    ws: Literal["none"]
    access_log: bool
    log_config: None
    server_header: bool
    proxy_headers: bool
    timeout_graceful_shutdown: int


def server_options(settings: "Settings") -> ServerOptions:
    """Return the HTTP options of the service, whatever address it listens on."""
    from unwrapped.core.http.guards.bounded_protocol import bounded_protocol

    return ServerOptions(
        # httptools refuses a body whose length is given in two ways; h11 accepts it.
        http=bounded_protocol(settings),
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        # Anybody can send the headers of proxies; `ProxyCheck` knows whom to trust.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


def announce(address: str, app: "FastAPI", *, opens: bool) -> None:
    """Print the address of the page, and open it if requested."""
    # Elsewhere, the first line has it.
    docs = f" (API and its docs: {address}/docs)" if sys.stderr.isatty() else ""
    click.echo(f"Ready: open {address}{docs}", err=True)
    if opens:
        open_browser(address)


def open_browser(address: str) -> None:
    """Open a page in the browser of this machine; does nothing without a browser."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def run(
    configuration: "Configuration",
    certificates: "Certificates | None",
    sockets: list[socket.socket],
    on_ready: OnReady,
) -> None:
    """Serve until a signal. Exits with code 2 if the service cannot start."""
    from unwrapped.core.gc_pause import gc_paused

    # uvicorn raises KeyboardInterrupt again after stopping: Ctrl-C is a normal end.
    with suppress(KeyboardInterrupt):
        with gc_paused():
            import uvicorn

            from unwrapped.core.http.guards.connections import raise_open_files
            from unwrapped.core.tls.certificates import server_tls_options
            from unwrapped.main import create_app

            class Server(uvicorn.Server):
                """Calls `on_ready` when it takes requests."""

                async def startup(
                    self, sockets: list[socket.socket] | None = None
                ) -> None:
                    await super().startup(sockets=sockets)
                    if self.started:
                        on_ready(app)

            raise_open_files()
            app = create_app(configuration)
            config = uvicorn.Config(app, **server_options(configuration.core))
            if certificates is not None:
                for name, value in server_tls_options(certificates).items():
                    setattr(config, name, value)
            config.load()
        try:
            Server(config).run(sockets=sockets)
        except SystemExit as end:
            sys.exit(2 if end.code == STARTUP_FAILURE else end.code)


def run_again_and_again(
    configuration: "Configuration",
    certificates: "Certificates | None",
    bound: socket.socket,
    on_ready: OnReady,
) -> None:
    """Serve in a child process, which is replaced when the code changes."""
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    import unwrapped

    watched = uvicorn.Config(
        "unwrapped.main:app",
        reload=True,
        # The folder of the code, independent of the working folder.
        reload_dirs=list(unwrapped.__path__),
        log_config=None,
    )
    target = partial(_run_once, configuration, certificates, on_ready)
    ChangeReload(watched, target=target, sockets=[bound]).run()


def _run_once(
    configuration: "Configuration",
    certificates: "Certificates | None",
    on_ready: OnReady,
    sockets: list[socket.socket],
) -> None:
    """Serve in a child process, which prints its own errors."""
    from unwrapped.cli.error_lines import said_in_a_line

    with said_in_a_line():
        run(configuration, certificates, sockets, on_ready)
