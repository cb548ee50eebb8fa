"""The checks of CI in one command."""

from tools.check import failed_steps


def test_all_steps_run_and_the_failed_ones_are_named() -> None:
    steps = ("python -c exit(3)", "python -c pass", "python -c exit(1)")
    assert failed_steps(steps) == [f"uv run {steps[0]}", f"uv run {steps[2]}"]
