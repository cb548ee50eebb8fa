"""What all tests share."""

import hypothesis

hypothesis.settings.register_profile(
    "repo", derandomize=True, deadline=None, max_examples=100
)
hypothesis.settings.load_profile("repo")
