"""Every log has a kit, and every format is imported through the service."""

from datetime import UTC, datetime

from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import as_json
from tests.music.factories import imported
from tests.music.kits.kit import Played
from tests.music.kits.kits import KITS
from tests.music.sources.formats.test_lastfm_json import api_track
from unwrapped.core.process_resources import Resources
from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.logs import LOGS, LogName
from unwrapped.music.sources.reasons import AsideReason

AT = datetime(2023, 5, 1, 10, tzinfo=UTC)


def test_every_log_has_one_kit() -> None:
    assert sorted(kit.log for kit in KITS) == sorted(LogName), "add it to KITS"
    assert len({kit.member for kit in KITS}) == len(KITS)


def test_a_kit_understands_the_rows_that_it_writes() -> None:
    for kit in KITS:
        played = Played(ended_at=AT, uri="u1", artist="A", title="T")
        truth = kit.truth(kit.row(played))
        assert (truth.logged_at, truth.artist, truth.title) == (AT, "A", "T"), kit.log
        assert {AsideReason.BAD_DATE, AsideReason.NO_TRACK} <= kit.dirt.keys()


async def test_every_format_is_imported_through_the_service(
    common_resources: Resources,
) -> None:
    """Each log with a listen of its own, so that none is shadowed."""
    user = (await sign_in(common_resources)).id
    files, logs = {}, set()
    for kit in KITS:
        if kit.write is not None:
            rows = [kit.row(Played(ended_at=AT, title=kit.log.value))]
            files[f"{kit.log.value}.json"] = kit.write(rows)
            logs.add(kit.log)
    assert logs == {log for form in FORMATS for log in form.logs}
    files["pages.json"] = as_json([{"track": [api_track(LogName.LASTFM.value)]}])
    await imported(common_resources, user, files)
    async with common_resources.database.session() as session:
        found = await session.execute(
            text("SELECT log, title, mark FROM listen JOIN recording"
                 " ON recording.id = recording_id AND recording.user_id = listen.user_id"
                 " JOIN track ON track.id = track_id AND track.user_id = listen.user_id"
                 " WHERE listen.user_id = :user"),
            {"user": user},
        )  # fmt: skip
    assert {tuple(row) for row in found} == {
        (LOGS[log].code, log.value, 0) for log in logs
    }
