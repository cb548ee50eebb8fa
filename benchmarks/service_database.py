"""A database for benchmarks, with people and exports for them."""

import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from unwrapped.auth.models import SessionKind, User, UserSession
from unwrapped.auth.passwords import hash_password
from unwrapped.auth.schemas import UserCreate
from unwrapped.auth.service import UserService
from unwrapped.core.config import Settings
from unwrapped.core.postgres.embedded import discard_embedded
from unwrapped.core.process_resources import Resources, open_resources
from unwrapped.main import configuration_of

ANY_NUMBER = 1_000_000
"""A limit on a person's active tasks that is never reached."""

SECRET = f"k1:{secrets.token_urlsafe(48)}"


@asynccontextmanager
async def fresh_resources() -> AsyncIterator[Resources]:
    """Open resources with an embedded database in a temporary home."""
    with tempfile.TemporaryDirectory(prefix="unwrapped-bench-") as home:
        settings = Settings(unwrapped_home=Path(home), secret_key=SecretStr(SECRET))
        async with open_resources(configuration_of(settings)) as resources:
            yield resources
        discard_embedded(settings.home)


async def new_user(resources: Resources) -> int:
    """Create a user; return the id."""
    name = secrets.token_hex(8)
    async with resources.database.session() as session:
        user = User(username=name, username_key=name, display_name=name)
        session.add(user)
        await session.flush()
        return user.id or 0


PASSWORD = "correct horse battery"  # noqa: S105 - nobody real has it


async def new_account(resources: Resources, username: str) -> None:
    """Create a user who signs in with `PASSWORD`."""
    new = UserCreate(username=username, password=SecretStr(PASSWORD))
    password_hash = await hash_password(new.password, username)
    async with resources.database.session() as session:
        await UserService(session).create_user(new, password_hash)


async def token_of(resources: Resources, user_id: int) -> str:
    """Create a session of the user; return an access token."""
    async with resources.database.session() as session:
        now = datetime.now(UTC)
        signed_in = UserSession(
            user_id=user_id,
            kind=SessionKind.API,
            last_used_at=now,
            expires_at=now + timedelta(hours=1),
        )
        session.add(signed_in)
        await session.flush()
        return resources.signer.create_access_token(user_id, signed_in.id)


def make_export(folder: Path, rows: int) -> Path:
    """Write a zip with `rows` rows of a made-up listener into `folder`."""
    export = folder / "export.zip"
    program = Path(__file__).parent.parent / "examples" / "make_export.py"
    options = ["--rows", str(rows), "--years", "2012-2025"]
    subprocess.run([sys.executable, str(program), str(export), *options], check=True)
    return export
