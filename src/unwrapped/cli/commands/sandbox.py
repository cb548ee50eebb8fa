"""`unwrapped sandbox`: a stand-in for Spotify, for tests and demonstrations."""

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from unwrapped.sandbox.config import SandboxConfig

PORT = 8124


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Loopback address to listen on.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True,
              help="Port to listen on.")  # fmt: skip
@click.option("--redirect-uri", "redirect_uris", metavar="URI", multiple=True,
              help="A redirect URI for sign-ins; may be given more than once."
              "  [default: the callbacks of `unwrapped serve`]")  # fmt: skip
@click.option("--expires-in", type=click.IntRange(1, 3600), default=3600, metavar="SECONDS",
              show_default=True, help="How long an access token is valid.")  # fmt: skip
def sandbox(
    host: str, port: int, redirect_uris: tuple[str, ...], *, expires_in: int
) -> None:
    """Imitate Spotify on this machine: sign-in, tokens, and the API for listeners.

    All its listeners are made up and need no password. Nothing is kept when it ends.
    Its front page lists the client ids, and what goes wrong with each.
    """
    from unwrapped.sandbox.config import REDIRECT_URIS, SandboxConfig

    config = SandboxConfig(
        redirect_uris=redirect_uris or REDIRECT_URIS, access_seconds=expires_in
    )
    bound = _listen(host, port)
    _print_settings(config.redirect_uris[0], _address_of(bound))
    _serve(config, bound)


def _serve(config: "SandboxConfig", bound: socket.socket) -> None:
    """Serve until a signal."""
    import uvicorn

    from unwrapped.sandbox.app import create_sandbox

    server = uvicorn.Server(
        uvicorn.Config(
            create_sandbox(config),
            lifespan="off",
            ws="none",
            # uvicorn would report connections that are cut off on purpose.
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
    )
    # uvicorn raises KeyboardInterrupt again after stopping: Ctrl-C is a normal end.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[bound])


def _listen(host: str, port: int) -> socket.socket:
    """The socket to listen on; other machines cannot reach it."""
    from ipaddress import ip_address

    from unwrapped.core.exceptions import Unavailable

    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise click.BadParameter(
            "must be 127.0.0.1 or ::1: anybody can sign in as anybody here.",
            param_hint="'--host'",
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Unavailable(
            f"{host} port {port} cannot be listened on: {error.strerror}."
            " Give another one with --port."
        ) from error


def _address_of(bound: socket.socket) -> str:
    host, port, *_ = bound.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _print_settings(redirect_uri: str, address: str) -> None:
    """Print settings to paste on stdout, information on stderr."""
    from unwrapped.sandbox.config import CLIENT_SECRET

    click.echo(f"The sandbox is starting at {address} (Ctrl-C ends it).", err=True)
    click.echo("Settings for a client, for example in `.env`:", err=True)
    click.echo("OAUTH_CLIENT_ID=sandbox")
    click.echo(f"OAUTH_CLIENT_SECRET={CLIENT_SECRET}")
    click.echo(f"OAUTH_REDIRECT_URI={redirect_uri}")
    click.echo(f"OAUTH_BASE_URL={address}")
