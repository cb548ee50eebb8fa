"""Gives the names and end reasons of an upload their numbers in the dictionaries of the
listener.

New entries get their numbers here; the merge stores them with its other changes.
"""

from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.building import PreparedUpload
from unwrapped.music.history.records_by_key import in_order, spelled_rank
from unwrapped.music.store.copying import copy_in
from unwrapped.music.store.listener_sql import run

AT_ONCE = 20_000
"""The number of spellings that one statement looks up."""

_FIND = """SELECT new.code, recording.id, spelling.id, spelling.last_started,
    CASE WHEN spelling.id IS NULL THEN (
        SELECT max(other.id) FROM spelling AS other
        WHERE other.user_id = :user_id AND other.recording_id = recording.id) END
FROM unnest(CAST(:codes AS integer[]), CAST(:identities AS text[]),
    CAST(:artists AS text[]), CAST(:titles AS text[]), CAST(:albums AS text[]))
    AS new (code, identity, artist, title, album)
JOIN recording ON recording.user_id = :user_id
    AND md5(recording.identity) = md5(new.identity)
    AND recording.identity = new.identity
LEFT JOIN spelling ON spelling.user_id = :user_id
    AND spelling.recording_id = recording.id AND spelling.artist = new.artist
    AND spelling.title = new.title AND spelling.album IS NOT DISTINCT FROM new.album"""

_FOUND = pl.Schema(
    {
        "code": pl.UInt32(),
        "recording": pl.Int32(),
        "spelling": pl.Int32(),
        "was_last": pl.Datetime("us", "UTC"),
        "taken": pl.Int32(),
    }
)

_LAST_NUMBER = """SELECT coalesce(max(id), 0) FROM {table} WHERE user_id = :user_id"""

_REASONS = "SELECT reason, id FROM end_reason WHERE user_id = :user_id"

_TEXTS = ["recording", "artist", "title", "album"]


@dataclass(frozen=True, slots=True)
class Coded:
    """An upload with the numbers of its dictionary entries."""

    records: pl.DataFrame
    """`records_by_key.KEY`, the columns in which records of a listen may differ, `file`,
    and `first`: whether it is the first record of its listen in the upload.
    """

    spelled: pl.DataFrame
    """The spellings in use: `recording`, `spelling`, `identity`, `artist`, `title`, `album`,
    their keys, `last_started` in the upload, and `was_last`, the stored one (null for a
    new spelling)."""

    reasons: dict[str, int]
    """The numbers of all words for the end of a listen."""

    new_reasons: dict[str, int]
    """The numbers of the words that are not stored yet."""


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """The dictionaries of one listener; the session must hold the lock of the history."""

    session: AsyncSession
    user_id: int

    async def coded(self, upload: PreparedUpload, *, is_new: bool) -> Coded:
        """Convert an upload to numbers; `is_new` means that nothing is stored yet."""
        found = pl.DataFrame(schema=_FOUND)
        last = 0
        if not is_new:
            found = await self._found(upload.spelled)
            if len(found) < len(upload.spelled):
                last = await self._last_number("recording")
        spelled = _numbered(upload.spelled, found, last)
        reasons, new = await self._reasons(upload, is_new=is_new)
        records = pl.concat(
            [
                upload.listens.with_columns(pl.lit(value=True).alias("first")),
                upload.also_logged.with_columns(pl.lit(value=False).alias("first")),
            ]
        )
        return Coded(
            records=_in_numbers(records, spelled, reasons),
            spelled=_each_once(spelled),
            reasons=reasons,
            new_reasons=new,
        )

    async def _found(self, spelled: pl.DataFrame) -> pl.DataFrame:
        parts = [pl.DataFrame(schema=_FOUND)]
        for start in range(0, len(spelled), AT_ONCE):
            part = spelled.slice(start, AT_ONCE)
            rows = await run(
                self.session,
                self.user_id,
                _FIND,
                codes=part["spelling"].to_list(),
                identities=part["identity"].to_list(),
                artists=part["artist"].to_list(),
                titles=part["title"].to_list(),
                albums=part["album"].to_list(),
            )
            parts.append(pl.DataFrame(map(tuple, rows), schema=_FOUND, orient="row"))
        return pl.concat(parts)

    async def _last_number(self, table: str) -> int:
        rows = await run(self.session, self.user_id, _LAST_NUMBER.format(table=table))
        return int(rows[0][0])

    async def _reasons(
        self, upload: PreparedUpload, *, is_new: bool
    ) -> tuple[dict[str, int], dict[str, int]]:
        words = {
            word
            for frame in (upload.listens, upload.also_logged)
            for word in frame["reason_end"].unique().drop_nulls().cast(pl.String)
        }
        known = {} if is_new else await self.reasons()
        last = max(known.values(), default=0)
        new = {
            word: last + place
            for place, word in enumerate(sorted(words - known.keys()), start=1)
        }
        return known | new, new

    async def reasons(self) -> dict[str, int]:
        """The numbers of all words for the end of a listen."""
        rows = await run(self.session, self.user_id, _REASONS)
        return {row.reason: row.id for row in rows}

    async def add_reasons(self, reasons: dict[str, int]) -> None:
        """Store new words."""
        rows = pl.DataFrame(
            {"id": list(reasons.values()), "reason": list(reasons)},
            schema={"id": pl.Int32, "reason": pl.String},
        )
        owner = pl.lit(self.user_id, pl.Int64).alias("user_id")
        await copy_in(self.session, "end_reason", rows.with_columns(owner))


def ordered_records(
    records: pl.DataFrame, spelled: pl.DataFrame, reasons: dict[str, int]
) -> pl.DataFrame:
    """Sort stored records as `records_by_key.in_order` does.

    `spelled` has all spellings of their recordings, `reasons` all words for the end.
    """
    words = {number: word for word, number in reasons.items()}
    reason = pl.col("end_reason").replace_strict(
        words, default=None, return_dtype=pl.String
    )
    ranked = spelled.select(
        "recording", "spelling", spelled_rank(spelled).alias("spelled")
    )
    return in_order(
        records.join(ranked, on=["recording", "spelling"], how="left").with_columns(
            reason.alias("reason_end")
        )
    ).drop("spelled", "reason_end")


def _numbered(
    spelled: pl.DataFrame, found: pl.DataFrame, last_recording: int
) -> pl.DataFrame:
    """The spellings of an upload with `code`, and their stored numbers."""
    rows = (
        spelled.drop("recording", "nameless")
        .rename({"spelling": "code"})
        .join(found, on="code", how="left", maintain_order="left")
    )
    fresh = pl.when(pl.col("recording").is_null()).then(pl.col("identity"))
    given = (fresh.rank("dense") + last_recording).cast(pl.Int32)
    rows = rows.with_columns(pl.coalesce("recording", given).alias("recording"))
    is_new = pl.col("spelling").is_null()
    news = (
        rows.filter(is_new)
        .unique(_TEXTS, keep="first", maintain_order=True)
        .select(
            *_TEXTS,
            (
                pl.col("taken").fill_null(0)
                + pl.int_range(1, pl.len() + 1).over("recording")
            )
            .cast(pl.Int32)
            .alias("new_spelling"),
        )
    )
    return rows.join(
        news, on=_TEXTS, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.coalesce("spelling", "new_spelling").alias("spelling"))


def _each_once(spelled: pl.DataFrame) -> pl.DataFrame:
    """Drop repeats: two codes may be the same spelling once their texts are made safe."""
    last = pl.col("last_started").max().over("recording", "spelling")
    return (
        spelled.with_columns(last)
        .unique(["recording", "spelling"], keep="first", maintain_order=True)
        .drop("code", "taken", "new_spelling")
    )


def _in_numbers(
    records: pl.DataFrame, spelled: pl.DataFrame, reasons: dict[str, int]
) -> pl.DataFrame:
    # A row for every code up to the largest, so that a code is an index.
    size = pl.col("code").max().fill_null(0).cast(pl.Int64) + 1
    every = spelled.select(pl.int_range(size, dtype=pl.UInt32).alias("code"))
    places = every.join(
        spelled.select("code", "recording", "spelling"),
        on="code",
        how="left",
        maintain_order="left",
    )
    code = records["spelling"]
    return records.select(
        "started_at",
        "log",
        places["recording"].gather(code),
        "ms_played",
        places["spelling"].gather(code),
        "length_ms",
        pl.col("reason_end")
        .cast(pl.String)
        .replace_strict(reasons, default=None, return_dtype=pl.Int32)
        .alias("end_reason"),
        "skipped",
        "shuffle",
        "file",
        "first",
    )
