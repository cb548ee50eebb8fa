"""One attempt at a task: claim, work, outcome, and what a stale one cannot do."""

import asyncio
from uuid import UUID

import pytest
from pgqueuer.errors import RetryRequested
from structlog.testing import capture_logs

from tests.tasks.workplace import (
    Work,
    Workplace,
    kind_of,
    leave_trace,
    store,
    trace_begin,
)
from unwrapped.core.exceptions import Conflict, Unavailable
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask, Superseded
from unwrapped.tasks.failures import Failure

KIND = "tests.work"
SECRET = "the listener's secret"  # noqa: S105 - what must not be shown


class Nonsense(Conflict):
    """The parameters of the task make no sense."""

    code = "nonsense"


class Away(Unavailable):
    """Something is away for a while."""

    code = "away"


def raising(error: Exception) -> Work:
    """Work that fails."""

    async def work(task: RunningTask) -> None:
        await trace_begin(task)
        raise error

    return work


async def attempt(workplace: Workplace, task_id: UUID, work: Work) -> None:
    """Make one attempt, as a worker that got the job does."""
    await TaskRunner(workplace.resources).run(kind_of(work), task_id)


async def test_data_and_outcome_are_stored_together(joined: Workplace) -> None:
    task_id = await joined.begin(KIND)
    await attempt(joined, task_id, store)
    row = await joined.row(task_id)
    assert (row.status, row.attempt, row.progress) == ("completed", 1, 1.0)
    assert row.result_data == {"attempt": 1}
    assert (row.stage, row.error_code, row.error_message) == (None, None, None)
    assert row.started_at is not None
    assert row.completed_at is not None
    assert row.created_at <= row.started_at <= row.completed_at
    assert await joined.traces(task_id, "stored") == [1]


async def test_an_error_at_the_end_of_finishing_undoes_the_data(
    joined: Workplace,
) -> None:
    async def work(task: RunningTask) -> None:
        async with task.finishing() as finish:
            await leave_trace(finish.session, task.id, "stored")
            raise Nonsense("Too late.")

    task_id = await joined.begin(KIND)
    await attempt(joined, task_id, work)
    row = await joined.row(task_id)
    assert (row.status, row.error_code, row.result_data) == ("failed", "nonsense", None)
    assert await joined.traces(task_id, "stored") == []


async def test_a_constraint_that_breaks_at_the_commit_undoes_data_and_outcome(
    workplace: Workplace,
) -> None:
    await workplace.execute(
        "ALTER TABLE trace ADD CONSTRAINT once UNIQUE (what)"
        " DEFERRABLE INITIALLY DEFERRED"
    )

    async def work(task: RunningTask) -> None:
        async with task.finishing() as finish:
            for _ in range(2):
                await leave_trace(finish.session, task.id, "stored")

    task_id = await workplace.begin(KIND)
    await attempt(workplace, task_id, work)
    row = await workplace.row(task_id)
    assert (row.status, row.error_code) == ("failed", "internal_error")
    assert await workplace.traces(task_id, "stored") == []


async def test_an_app_exception_is_shown_with_its_code_and_message(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    with capture_logs() as logs:
        await attempt(joined, task_id, raising(Nonsense("That makes no sense.")))
    row = await joined.row(task_id)
    assert (row.status, row.attempt) == ("failed", 1)
    assert (row.error_code, row.error_message) == ("nonsense", "That makes no sense.")
    assert row.completed_at is not None
    assert row.stage is None
    assert "task.crashed" not in {line["event"] for line in logs}


async def test_an_unexpected_error_is_shown_to_the_log_alone(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    with capture_logs() as logs:
        await attempt(joined, task_id, raising(ValueError(SECRET)))
    row = await joined.row(task_id)
    assert (row.status, row.attempt) == ("failed", 1)
    assert row.error_code == "internal_error"
    assert SECRET not in repr(row)
    assert "ValueError" not in repr(row)
    [crash] = [line for line in logs if line["event"] == "task.crashed"]
    assert crash["exc_info"]
    assert crash["task_id"] == str(task_id)


async def test_parameters_that_do_not_fit_are_an_internal_error(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    await joined.execute("""UPDATE background_task SET params = '{"old": 1}'""")
    await attempt(joined, task_id, store)
    row = await joined.row(task_id)
    assert (row.status, row.error_code) == ("failed", "internal_error")


async def test_each_attempt_is_one_line_in_the_log(joined: Workplace) -> None:
    task_id = await joined.begin(KIND)
    with capture_logs() as logs:
        await attempt(joined, task_id, store)
    [line] = [line for line in logs if line["event"] == "task.attempt"]
    assert line["ms"] >= 0
    del line["ms"]
    assert line == {
        "event": "task.attempt",
        "log_level": "info",
        "kind": KIND,
        "task_id": str(task_id),
        "user_id": joined.user_id,
        "attempt": 1,
        "outcome": "completed",
    }


async def test_the_request_that_began_a_task_is_in_the_log(
    joined: Workplace,
) -> None:
    from structlog.contextvars import bound_contextvars, get_contextvars

    seen: list[object] = []

    async def work(task: RunningTask) -> None:
        seen.append(get_contextvars().get("request_id"))
        await store(task)

    with bound_contextvars(request_id="request-7"):
        task_id = await joined.begin(KIND)
    await attempt(joined, task_id, work)
    assert seen == ["request-7"]


@pytest.mark.parametrize(
    "error",
    [Away("The store is away."), ConnectionRefusedError("no database")],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_that_may_pass_is_tried_three_times(
    joined: Workplace, error: Exception
) -> None:
    task_id = await joined.begin(KIND)
    delays = []
    for number in (1, 2):
        with pytest.raises(RetryRequested) as retry:
            await attempt(joined, task_id, raising(error))
        delays.append(retry.value.delay.total_seconds())
        row = await joined.row(task_id)
        assert (row.status, row.attempt, row.stage) == ("pending", number, None)
        assert (row.error_code, row.completed_at) == (None, None)
        # Until then it is not run, whatever the queue returns.
        assert row.next_attempt_at is not None
        with pytest.raises(RetryRequested) as early:
            await attempt(joined, task_id, raising(error))
        assert early.value.delay <= retry.value.delay
        assert (await joined.row(task_id)).attempt == number
        await joined.execute("UPDATE background_task SET next_attempt_at = now()")
    assert 0 < delays[0] < delays[1]
    assert await joined.traces(task_id, "tidied") == []
    await attempt(joined, task_id, raising(error))
    row = await joined.row(task_id)
    assert (row.status, row.attempt) == ("failed", 3)
    assert row.error_code == ("away" if isinstance(error, Away) else "unavailable")
    assert await joined.traces(task_id, "begun") == [1, 2, 3]
    # It may be retried: what it needs stays.
    assert row.retryable
    assert await joined.traces(task_id, "tidied") == []


async def test_a_task_that_succeeds_at_its_second_attempt(joined: Workplace) -> None:
    task_id = await joined.begin(KIND)
    with pytest.raises(RetryRequested):
        await attempt(joined, task_id, raising(Away("The store is away.")))
    began = (await joined.row(task_id)).started_at
    await joined.let_time_pass()
    await joined.execute("UPDATE background_task SET next_attempt_at = now()")
    await attempt(joined, task_id, store)
    row = await joined.row(task_id)
    assert (row.status, row.attempt) == ("completed", 2)
    assert row.started_at == began


async def test_a_claim_begins_the_progress_again(joined: Workplace) -> None:
    task_id = await joined.begin(KIND)
    await joined.execute(
        "UPDATE background_task SET status = 'processing', attempt = 1,"
        " progress = 0.7, stage = 'storing'"
    )
    seen: list[tuple[object, ...]] = []

    async def work(task: RunningTask) -> None:
        row = await joined.row(task_id)
        seen.append((row.status, row.attempt, row.progress, row.stage))
        await store(task)

    await attempt(joined, task_id, work)
    assert seen == [("processing", 2, 0.0, None)]


async def test_a_task_fails_after_three_attempts_without_a_fourth(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    await joined.execute(
        "UPDATE background_task SET status = 'processing', attempt = 3, stage = 'x'"
    )
    await attempt(joined, task_id, trace_begin)
    row = await joined.row(task_id)
    assert (row.status, row.attempt) == ("failed", 3)
    assert row.error_code == "attempts_exhausted"
    assert row.completed_at is not None
    assert row.stage is None
    assert row.retryable
    assert await joined.traces(task_id, "begun") == []
    assert await joined.traces(task_id, "tidied") == []


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_an_ended_task_is_tidied_again_and_left_as_it_is(
    joined: Workplace, status: str
) -> None:
    """The worker before died between the outcome and the hook."""
    task_id = await joined.begin(KIND)
    await joined.execute(
        "UPDATE background_task SET status = :status, attempt = 1", status=status
    )
    before = await joined.row(task_id)
    await attempt(joined, task_id, trace_begin)
    assert await joined.row(task_id) == before
    assert await joined.traces(task_id, "begun") == []
    assert len(await joined.traces(task_id, "tidied")) == 1


async def test_a_task_whose_row_is_gone_is_nothing_to_be_done(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    await joined.execute("DELETE FROM background_task")
    await attempt(joined, task_id, trace_begin)
    assert await joined.count("trace") == 0


async def finish(task: RunningTask) -> None:
    await store(task)


async def fail(task: RunningTask) -> None:
    await task.fail(Failure("late", "Too late."))


async def give_back(task: RunningTask) -> None:
    await task.give_back()


async def go_wrong(task: RunningTask) -> None:
    raise ValueError(SECRET)


async def be_away(task: RunningTask) -> None:
    raise Away("The store is away.")


async def report(task: RunningTask) -> None:
    task.report(0.9, "stale")
    await asyncio.sleep(0.6)


STALE = "attempt = attempt + 1"


@pytest.mark.parametrize(
    ("late", "taken"),
    [
        *((late, STALE) for late in (finish, fail, give_back, go_wrong, be_away)),
        (report, STALE),
        (report, "status = 'cancelled'"),
        (finish, "status = 'cancelled'"),
        (finish, "status = 'completed'"),
        (give_back, "status = 'pending'"),
    ],
)
async def test_a_stale_attempt_changes_nothing(
    joined: Workplace, late: Work, taken: str
) -> None:
    async def work(task: RunningTask) -> None:
        await joined.execute(f"UPDATE background_task SET {taken}")  # noqa: S608 - of the list below
        await late(task)

    task_id = await joined.begin(KIND)
    with capture_logs() as logs:
        await attempt(joined, task_id, work)
    row = await joined.row(task_id)
    assert row.attempt == (2 if taken == STALE else 1)
    assert row.status == ("processing" if taken == STALE else taken.split("'")[1])
    assert (row.progress, row.stage, row.result_data) == (0.0, None, None)
    assert (row.error_code, row.error_message, row.completed_at) == (None, None, None)
    assert await joined.traces(task_id, "stored") == []
    if late is not report:
        [line] = [line for line in logs if line["event"] == "task.attempt"]
        cancelled = taken == "status = 'cancelled'"
        assert line["outcome"] == ("cancelled" if cancelled else "superseded")


async def test_a_stale_attempt_learns_it_before_its_data_is_committed(
    joined: Workplace,
) -> None:
    refused = []

    async def work(task: RunningTask) -> None:
        await joined.execute("UPDATE background_task SET attempt = 2")
        try:
            await store(task)
        except Superseded as error:
            refused.append(error)
            raise

    task_id = await joined.begin(KIND)
    await attempt(joined, task_id, work)
    assert len(refused) == 1
    assert await joined.traces(task_id, "stored") == []


async def test_two_workers_at_one_task_end_it_once(workplace: Workplace) -> None:
    """Both attempts run to the end, as after SIGSTOP and SIGCONT; the later claim counts."""
    both = asyncio.Barrier(2)

    async def work(task: RunningTask) -> None:
        await both.wait()
        await store(task)

    task_id = await workplace.begin(KIND)
    await asyncio.gather(*(attempt(workplace, task_id, work) for _ in range(2)))
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("completed", 2)
    assert await workplace.traces(task_id, "stored") == [2]


async def commit_then(task: RunningTask) -> None:
    await store(task)
    raise ValueError(SECRET)


async def test_an_error_after_finishing_changes_nothing(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    await attempt(joined, task_id, commit_then)
    row = await joined.row(task_id)
    assert (row.status, row.error_code) == ("completed", None)
    assert await joined.traces(task_id, "stored") == [1]


async def test_a_handler_that_stores_no_outcome_does_not_leave_its_task_active(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    await attempt(joined, task_id, trace_begin)
    row = await joined.row(task_id)
    assert (row.status, row.error_code) == ("failed", "internal_error")
