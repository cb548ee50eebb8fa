"""The floor of an import: inflate, decode, COPY, and one set insert of the same rows.

The table has the columns and the exact key of `listen`, but no dictionaries, foreign
keys, marks or books. The program prints the seconds of each part.
"""

import asyncio
import json
import sys
import time
import zipfile
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import polars as pl

from benchmarks.floor import Row

TABLE = """DROP TABLE IF EXISTS floor_listen;
CREATE TABLE floor_listen (user_id bigint NOT NULL, started_at timestamptz NOT NULL,
    recording_id integer NOT NULL, spelling_id integer NOT NULL, ms_played integer,
    length_ms integer NOT NULL, number integer NOT NULL, end_reason_id integer,
    log smallint NOT NULL, mark smallint NOT NULL, skipped boolean, shuffle boolean,
    UNIQUE NULLS NOT DISTINCT (user_id, started_at, recording_id, log, ms_played))"""

STAGED = """CREATE TEMPORARY TABLE staged (started_at timestamptz, recording_id integer,
    ms_played integer) ON COMMIT DROP"""

INSERT = """INSERT INTO floor_listen SELECT 1, started_at, recording_id, recording_id,
    ms_played, 0, 1, NULL, 1, 0, NULL, NULL FROM staged ON CONFLICT DO NOTHING"""


def decode(export: str) -> pl.DataFrame:
    """The rows of a zip: the time, a number for the recording, the duration."""
    decoder = msgspec.json.Decoder(list[Row])
    numbers: dict[str | None, int] = {}
    frames = []
    with zipfile.ZipFile(export) as archive:
        for name in archive.namelist():
            if not name.endswith(".json"):
                continue
            rows = decoder.decode(archive.read(name))
            uris = [row.spotify_track_uri for row in rows]
            frames.append(
                pl.DataFrame(
                    {
                        "started_at": [row.ts for row in rows],
                        "recording_id": [
                            numbers.setdefault(uri, len(numbers)) for uri in uris
                        ],
                        "ms_played": [row.ms_played for row in rows],
                    }
                )
            )
    return pl.concat(frames)


async def store(dsn: str, rows: pl.DataFrame) -> tuple[float, float]:
    """Seconds of COPY and of the insert with its commit."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    try:
        begun = time.perf_counter()
        async with connection.transaction():
            await connection.execute(STAGED)
            content = rows.write_csv(include_header=False).encode()

            async def pieces() -> AsyncIterator[bytes]:
                yield content

            await connection.copy_to_table("staged", source=pieces(), format="csv")
            copied = time.perf_counter()
            await connection.execute(INSERT)
        return copied - begun, time.perf_counter() - copied
    finally:
        await connection.close()


def main(export: str, dsn: str) -> None:
    """Print the seconds of each part, and the CPU seconds, as JSON."""
    begun = time.perf_counter()
    rows = decode(export)
    decoded = time.perf_counter() - begun
    copied, inserted = asyncio.run(store(dsn, rows))
    parts = {"decode": decoded, "copy": copied, "insert": inserted}
    print(json.dumps(parts | {"cpu": time.process_time()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
