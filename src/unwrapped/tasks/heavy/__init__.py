"""Heavy tasks: each runs in a process of its own, which ends with it."""
