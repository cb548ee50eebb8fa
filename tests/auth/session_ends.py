"""Changes of the database that end a session."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from unwrapped.auth.models import User, UserSession

SESSION_ENDS = [
    pytest.param(
        update(UserSession).values(expires_at=datetime.now(UTC)), id="expired"
    ),
    pytest.param(
        update(UserSession).values(
            last_used_at=datetime.now(UTC) - timedelta(days=30, seconds=1)
        ),
        id="idle",
    ),
    pytest.param(update(User).values(disabled_at=datetime.now(UTC)), id="disabled"),
    pytest.param(delete(UserSession), id="session-deleted"),
    pytest.param(delete(User), id="user-deleted"),
]
