"""Checks of the home of an installation: folder, disk, secret and certificate."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import disk_usage

from cryptography import x509

from unwrapped.cli.checks.findings import Finding, ok, problem, warning
from unwrapped.core.backup.home_secret import is_in_home
from unwrapped.core.config import Settings
from unwrapped.core.exceptions import AppException
from unwrapped.core.files import CLUSTERS
from unwrapped.core.postgres.embedded import disk_of, has_cluster
from unwrapped.core.secrets.key_file import NoKeyFile
from unwrapped.core.secrets.key_ring import KeyRing, kept_ring
from unwrapped.core.tls.certificates import CHAIN_FILE

GIB = 1024**3
CERTIFICATE_WARNING = timedelta(days=14)
"""`serve --https` renews a certificate in its last 30 days, when it starts."""


def check_home(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check the folder and its content."""
    home = settings.home
    if not home.is_dir():
        advice = (
            "`unwrapped serve` creates it; or set UNWRAPPED_HOME to another folder."
        )
        yield warning("home", f"{home} does not exist yet.", advice)
        return
    yield _folder(home)
    yield _disk(settings)
    yield _secret(settings)
    if (home / "certs" / CHAIN_FILE).exists():
        yield _certificate(home / "certs" / CHAIN_FILE, now)


def _folder(home: Path) -> Finding:
    found = home.stat()
    mode = stat.S_IMODE(found.st_mode)
    if os.geteuid() not in {0, found.st_uid}:
        return problem(
            "home",
            f"{home} belongs to user {found.st_uid}, not to user {os.geteuid()}.",
            "Run this command and the service as the owner of the home.",
        )
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        advice = f"chmod 700 {home}, as its owner."
        return problem("home", f"{home} cannot be written (mode {mode:o}).", advice)
    # The server of root, which runs as another user, passes through to its folder.
    others = 0o007 if (home / CLUSTERS).exists() else 0o077
    if mode & others:
        advice = f"chmod 700 {home}: it holds listening histories and the secret."
        return problem("home", f"{home} is open to others (mode {mode:o}).", advice)
    return ok("home", f"{home}, mode {mode:o}")


def _disk(settings: Settings) -> Finding:
    places = [settings.home]
    if settings.is_embedded and has_cluster(settings.home):
        places.append(disk_of(settings.home))
    free = min(disk_usage(place).free for place in places)
    least = settings.free_space_min_bytes
    said = f"{free / GIB:.1f} GiB free"
    advice = f"Make room: uploads are refused below {least / GIB:.1f} GiB (FREE_SPACE_MIN_BYTES)."
    if free < least:
        return problem("disk", said, advice)
    if free < 2 * least:
        return warning("disk", said, advice)
    return ok("disk", said)


def _secret(settings: Settings) -> Finding:
    try:
        if is_in_home(settings):
            ring = kept_ring(settings)
            return ok("secret", f"in the home; keys: {len(ring.keys)}")
        if settings.secret_key is None:
            advice = "Set the same random value for all processes: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            return problem("secret", "DATABASE_URL is set, but not SECRET_KEY.", advice)
        ring = KeyRing.parse(settings.secret_key.get_secret_value(), settings.algorithm)
    except NoKeyFile as error:
        return warning("secret", error.message, "Start the service once.")
    except AppException as error:
        return problem("secret", error.message, "Correct SECRET_KEY, or its file.")
    return ok("secret", f"SECRET_KEY; keys: {len(ring.keys)}")


def _certificate(file: Path, now: datetime) -> Finding:
    renew = "Restart `unwrapped serve --https`, which renews it."
    try:
        first, *_ = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        return problem("certificate", f"{file} cannot be read: {error}.", renew)
    left = first.not_valid_after_utc - now.astimezone(UTC)
    until = f"{first.not_valid_after_utc:%Y-%m-%d}"
    if left < timedelta():
        return problem("certificate", f"of --https, expired on {until}", renew)
    said = f"of --https, valid until {until}"
    return warning("certificate", said, renew) if left < CERTIFICATE_WARNING else ok("certificate", said)  # fmt: skip
