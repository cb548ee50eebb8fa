"""The rules of a listening history: pure functions on frames."""
