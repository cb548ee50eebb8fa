"""The tasks in a person's export."""

from unwrapped.core.personal_data import PersonalData
from unwrapped.tasks.models import BackgroundTask

PERSONAL_DATA = (
    PersonalData.of(
        BackgroundTask,
        name="tasks",
        about="The imports and analyses that you asked for, and their outcome.",
    ),
)
