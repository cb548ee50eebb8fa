"""Made-up listeners and the verdicts on them, for all tests of the critic."""

from pathlib import Path

import pytest

from tests.music.critic.listeners import profiles_of_all
from unwrapped.music.critic.house import HouseCritic
from unwrapped.music.critic.small_history import is_small
from unwrapped.music.critic.verdict import Verdict
from unwrapped.music.profile.taste import TasteProfile


@pytest.fixture(scope="session")
def profiles(run_folder: Path) -> list[TasteProfile]:
    """Profiles that are not small."""
    return [one for one in profiles_of_all(run_folder) if not is_small(one)]


@pytest.fixture(scope="session")
def verdicts(profiles: list[TasteProfile]) -> list[Verdict]:
    """The house's verdicts on them."""
    return [HouseCritic().judge(profile) for profile in profiles]
