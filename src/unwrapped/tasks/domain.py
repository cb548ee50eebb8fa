"""What tasks plug into the application."""

from unwrapped.core.domain import Domain
from unwrapped.tasks.router import router

DOMAIN = Domain(name="tasks", router=router)
