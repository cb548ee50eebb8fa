"""`unwrapped certs`: a certificate for this server, and how to make browsers trust it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from unwrapped.core.tls.certificates import Certificates


@click.command()
@click.argument("names", metavar="[NAMES]...", nargs=-1)
@click.option("--out", "folder", metavar="FOLDER", type=click.Path(path_type=Path),
              help="Folder for the files.  [default: certs in UNWRAPPED_HOME]")  # fmt: skip
def certs(names: tuple[str, ...], folder: Path | None) -> None:
    """Create a certificate for serving over TLS.

    It is valid for localhost, 127.0.0.1, ::1 and NAMES: host names and IP addresses of
    this server, like nas.lan, *.nas.lan or 192.168.1.5. This machine's own CA signs it.
    Browsers that trust this CA also trust a renewed certificate, unless there are new
    NAMES.
    """
    import io
    import sys

    from unwrapped.core.tls.certificates import make_certificates

    if folder is None:
        from unwrapped.cli.configuration import read_core_settings
        from unwrapped.core.files import make_private

        home = read_core_settings().home
        make_private(home)
        folder = home / "certs"
    certificates = make_certificates(folder.absolute(), names)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for line in (*_made(certificates), "", *_how_to_trust(certificates)):
        click.echo(line)


def _made(made: "Certificates") -> list[str]:
    news = (
        f"{made.ca_name} is kept: browsers that trust it need no change."
        if made.ca_made_because is None
        else f"{made.ca_name} is new, since {made.ca_made_because}."
    )
    # home.arpa is on the list of public suffixes that Chromium uses.
    caveats = (
        [
            "Chromium accepts no wildcard directly below home.arpa: give whole names as well."
        ]
        if "*.home.arpa" in made.names
        else []
    )
    return [
        f"A certificate for {', '.join(made.names)}, valid until {made.expires:%Y-%m-%d}.",
        news,
        *caveats,
        "",
        f"  certificate  {_shown(made.certificate)}",
        f"  its key      {_shown(made.key)}",
        f"  CA to trust  {_shown(made.ca_certificate)}",
    ]


def _how_to_trust(made: "Certificates") -> list[str]:
    import shlex

    file, name = shlex.quote(_shown(made.ca_certificate)), made.ca_name
    installed = f"/usr/local/share/ca-certificates/{name.lower().replace(' ', '-')}.crt"
    return [
        "Trust the CA once on every machine that a browser runs on:",
        "  Debian, Ubuntu (curl and similar programs)",
        f"    sudo cp {file} {installed} && sudo update-ca-certificates",
        "  Chromium on Linux (certutil is in libnss3-tools)",
        f'    certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "{name}" -i {file}',
        "  macOS",
        f"    security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {file}",
        "  Windows",
        f'    certutil -user -addstore Root "{_shown(made.ca_certificate)}"',
        "  Firefox",
        "    Settings, Privacy & Security, View Certificates, Authorities, Import",
    ]


def _shown(path: Path) -> str:
    from unwrapped.core.printable import printable

    return printable(click.format_filename(path), 1000)
