"""Which statements a merge sends to the database."""

from sqlalchemy import event

from tests.auth.factories import sign_in
from tests.exports import track
from tests.music.factories import import_all
from unwrapped.core.process_resources import Resources


async def test_a_later_listen_under_the_shown_names_reads_no_other_names(
    common_resources: Resources,
) -> None:
    """The cost of merging one listen does not depend on the size of the history."""
    database = common_resources.database
    user = (await sign_in(common_resources)).id
    first, later = (
        track("Abba", "Arrival", "u1", ts=f"2023-05-0{day}T10:00:00Z") for day in (1, 2)
    )
    await import_all(database, user, [[[first]]])
    statements: list[str] = []

    def note(*said: object) -> None:
        statements.append(str(said[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await import_all(database, user, [[[later]]])
    assert not [one for one in statements if "public_id" in one]
    assert len(statements) <= 9  # and three COPY: a dozen in total
