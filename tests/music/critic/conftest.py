"""Made-up listeners and the verdicts on them, for all tests of the critic."""

from pathlib import Path

import pytest

from tests.music.critic.listeners import judged
from unwrapped.music.critic.verdict import Verdict
from unwrapped.music.profile.taste_profile import TasteProfile


@pytest.fixture(scope="session")
def profiles(run_folder: Path) -> list[TasteProfile]:
    """Profiles that are not small."""
    return [profile for profile, _ in judged(run_folder)]


@pytest.fixture(scope="session")
def verdicts(run_folder: Path) -> list[Verdict]:
    """The house's verdicts on these profiles."""
    return [verdict for _, verdict in judged(run_folder)]
