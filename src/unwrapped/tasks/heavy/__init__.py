"""Heavy tasks: each runs in its own process, which ends with it."""
