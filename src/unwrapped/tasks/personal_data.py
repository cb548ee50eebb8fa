"""What the export of a person tells of their tasks."""

from sqlalchemy import select
from sqlmodel import col

from unwrapped.core.personal_data import OWNER, PersonalData
from unwrapped.tasks.models import BackgroundTask

PERSONAL_DATA = (
    PersonalData(
        name="tasks",
        about="The imports and analyses that you asked for, and what came of them.",
        rows=select(
            col(BackgroundTask.id),
            col(BackgroundTask.kind),
            col(BackgroundTask.key),
            col(BackgroundTask.status),
            col(BackgroundTask.stage),
            col(BackgroundTask.priority),
            col(BackgroundTask.version),
            col(BackgroundTask.progress),
            col(BackgroundTask.attempt),
            col(BackgroundTask.uncounted),
            col(BackgroundTask.next_attempt_at),
            col(BackgroundTask.error_code),
            col(BackgroundTask.error_message),
            col(BackgroundTask.retryable),
            col(BackgroundTask.params),
            col(BackgroundTask.result_data),
            col(BackgroundTask.request_id),
            col(BackgroundTask.created_at),
            col(BackgroundTask.updated_at),
            col(BackgroundTask.started_at),
            col(BackgroundTask.completed_at),
        )
        .where(col(BackgroundTask.user_id) == OWNER)
        .order_by(col(BackgroundTask.created_at)),
        tables=frozenset({"background_task"}),
    ),
)
