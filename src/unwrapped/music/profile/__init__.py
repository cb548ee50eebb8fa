"""The profile: what the plays of a period measure, as pure functions on frames."""
