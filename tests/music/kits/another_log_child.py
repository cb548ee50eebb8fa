"""A process in a copy of the tree, where a log was added: says where it finds it.

python -m tests.music.kits.another_log_child DSN HOME
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from pydantic import SecretStr

import unwrapped
from tests.auth.factories import sign_in
from tests.conftest import SECRET, make_resources
from tests.music.factories import imported
from tests.music.kits.kit import Played
from tests.music.kits.kits import KITS
from tools.formats_table import formats_page
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.router import router
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.logs import LogName
from unwrapped.music.store.models import LOG_CODES
from unwrapped.web.wording import source_title


async def found(address: str, home: Path) -> dict[str, object]:
    """What the interfaces say of the last kit's log, and of a listen of it."""
    kit = KITS[-1]
    assert kit.write is not None
    played = Played(ended_at=datetime(2023, 5, 1, 10, tzinfo=UTC), title="Made Up")
    settings = Settings(unwrapped_home=home, secret_key=SecretStr(SECRET))
    database = Database(DatabaseAddress.parse(address))
    resources = make_resources(settings, database)
    user = (await sign_in(resources)).id
    files = {"plays.csv": kit.write([kit.row(played)])}
    await imported(resources, user, files)
    async with database.session() as session:
        wanted = ListenFilter(source=LogName(kit.log), zone=ZoneInfo("UTC"))
        page = await ListenService(session).list_listens(user, wanted, 9, None)
    await resources.close_kept()
    await database.dispose()
    api = FastAPI()
    api.include_router(router)
    return {
        "tree": str(Path(unwrapped.__file__).parents[2]),
        "codes": LOG_CODES,
        "api": api.openapi()["components"]["schemas"]["LogName"]["enum"],
        "title": source_title(kit.log.value),
        "page": formats_page(),
        "listens": [[listen.source, listen.title] for listen in page.items],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(found(sys.argv[1], Path(sys.argv[2])))))
